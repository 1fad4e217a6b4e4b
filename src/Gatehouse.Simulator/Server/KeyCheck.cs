using Gatehouse.Simulator.Wire;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Simulator.Server;

/// <summary>Finds the caller's key where the vendor looks for it, and decides whether it is good.</summary>
internal static class KeyCheck
{
    private const string LoginPrefix = "sk-ant-oat";
    private const string LoginBeta = "oauth-2025-04-20";

    /// <summary>The key, or empty. Anthropic takes <c>x-api-key</c> or a bearer token, OpenAI a bearer token only.</summary>
    public static string Find(HttpRequest request, Vendor vendor)
    {
        if (vendor == Vendor.Anthropic && request.Headers["x-api-key"].ToString() is { Length: > 0 } key) return key;
        var authorization = request.Headers.Authorization.ToString();
        return authorization.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? authorization[7..].Trim() : "";
    }

    /// <summary>The vendor's 401, or null when the key passes.</summary>
    public static ApiError? Refuse(HttpRequest request, string key, Vendor vendor, SimulatorOptions options)
    {
        if (!options.RequireKey) return null;
        if (vendor == Vendor.Anthropic && key.StartsWith(LoginPrefix, StringComparison.Ordinal) && RefuseLogin(request, key, options) is { } refused) return refused;
        var missing = key.Length == 0;
        if (!missing && !key.Contains("bad", StringComparison.Ordinal) && !options.RefusedKeys.Contains(key)) return null;
        return (vendor, missing) switch
        {
            (Vendor.Anthropic, true) => new ApiError(401, "authentication_error", "x-api-key header is required"),
            (Vendor.Anthropic, false) => new ApiError(401, "authentication_error", "invalid x-api-key"),
            (_, true) => new ApiError(401, "invalid_request_error",
                "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY)."),
            _ => new ApiError(401, "invalid_request_error",
                $"Incorrect API key provided: {Mask(key)}. You can find your API key at https://platform.openai.com/account/api-keys.",
                    null, "invalid_api_key"),
        };
    }

    /// <summary>A subscription's token counts as a bearer token only, and only with the flag that asks for it.</summary>
    private static ApiError? RefuseLogin(HttpRequest request, string key, SimulatorOptions options)
    {
        if (request.Headers.ContainsKey("x-api-key")) return new ApiError(401, "authentication_error", "invalid x-api-key");
        var betas = request.Headers["anthropic-beta"].ToString().Split(',', StringSplitOptions.TrimEntries);
        if (!betas.Contains(LoginBeta)) return new ApiError(401, "authentication_error", "OAuth authentication is currently not supported.");
        return key.Contains("bad", StringComparison.Ordinal) || options.RefusedKeys.Contains(key) ? new ApiError(401, "authentication_error", "Invalid bearer token") : null;
    }

    // The real service shows the ends of the key.
    private static string Mask(string key) =>
        key.Length <= 12 ? new string('*', key.Length) : $"{key[..8]}{new string('*', key.Length - 12)}{key[^4..]}";
}
