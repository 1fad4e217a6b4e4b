using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using Gatehouse.Gateway.Credentials;
using Gatehouse.Secrets;

namespace Gatehouse.Control;

/// <summary>
/// Looks at a Codex login file before it is stored and when its status is shown: whether it is one, and what in it will soon stop working.
/// Signatures are not checked: the vendor does that.
/// </summary>
internal static class AuthJsonCheck
{
    /// <summary>The largest file that is taken, bytes.</summary>
    public const int Largest = 64 * 1024;

    /// <summary>What is wrong with a file, or what a person should know about one that is stored nevertheless.</summary>
    public static (string? Fault, IReadOnlyList<string> Warnings) Of(Secret file, DateTimeOffset now)
    {
        if (file.Utf8.Length > Largest) return ($"The login file is larger than {Largest / 1024} KiB.", []);
        if (!AuthJson.IsOne(file))
            return ("This is not a Codex login file: a JSON object with tokens.access_token is needed. 'codex login' writes one to ~/.codex/auth.json.", []);
        var reader = new Utf8JsonReader(file.Utf8);
        using var document = JsonDocument.ParseValue(ref reader);
        var tokens = document.RootElement.GetProperty("tokens"u8);
        var warnings = new List<string>();
        if (Text(tokens, "refresh_token") is null) warnings.Add("The login file has no refresh token: it stops working when its access token expires.");
        if (Text(tokens, "id_token") is null) warnings.Add("The login file has no id token: Codex may ask to log in again.");
        if (Expiry(Text(tokens, "access_token")!) is { } end && end <= now)
            warnings.Add($"The access token expired on {end.UtcDateTime:yyyy-MM-dd HH:mm} UTC: Codex refreshes it at its next start, if its refresh token is still good.");
        return (null, warnings);
    }

    private static string? Text(JsonElement tokens, string name) =>
        tokens.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text
            ? text
            : null;

    // RFC 7519: three base64url parts, the second a JSON object with "exp" in seconds. What is no such token has no expiry to tell.
    private static DateTimeOffset? Expiry(string jwt)
    {
        if (jwt.Split('.') is not [_, var claims, _]) return null;
        try
        {
            using var document = JsonDocument.Parse(Base64Url.DecodeFromUtf8(Encoding.UTF8.GetBytes(claims)));
            return document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("exp"u8, out var exp)
                && exp.ValueKind == JsonValueKind.Number
                && exp.TryGetInt64(out var seconds)
                && seconds is >= 0 and < 253_402_300_800
                ? DateTimeOffset.FromUnixTimeSeconds(seconds)
                : null;
        }
        catch (Exception unreadable) when (unreadable is FormatException or JsonException)
        {
            return null;
        }
    }
}
