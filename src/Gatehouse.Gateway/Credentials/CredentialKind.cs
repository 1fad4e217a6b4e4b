namespace Gatehouse.Gateway.Credentials;

/// <summary>What a user's credential is. The names are stored and bound into seals: never rename.</summary>
public enum CredentialKind : byte
{
    /// <summary>A provider's API key.</summary>
    ApiKey,

    /// <summary>A subscription's token, which only the vendor's own program may use: delivered to it, never sent by the proxy.</summary>
    OAuthToken,

    /// <summary>A key with the address of a host that speaks an OpenAI dialect.</summary>
    OpenAiCompatible,

    /// <summary>A key with the address of a host that speaks Anthropic Messages.</summary>
    AnthropicCompatible,

    /// <summary>A vendor's login file as it is, which only the vendor's own program may use: delivered to it, never sent by the proxy.</summary>
    AuthJson,
}

/// <summary>The kinds' names, and what follows from a kind.</summary>
public static class CredentialKinds
{
    /// <summary>Every kind.</summary>
    public static IReadOnlyList<CredentialKind> All { get; } = Enum.GetValues<CredentialKind>();

    /// <summary>
    /// The stored and shown name: <c>api-key</c>, <c>oauth-token</c>, <c>openai-compatible</c>, <c>anthropic-compatible</c>, <c>auth-json</c>.
    /// </summary>
    public static string Name(this CredentialKind kind) => kind switch
    {
        CredentialKind.ApiKey => "api-key",
        CredentialKind.OAuthToken => "oauth-token",
        CredentialKind.OpenAiCompatible => "openai-compatible",
        CredentialKind.AnthropicCompatible => "anthropic-compatible",
        CredentialKind.AuthJson => "auth-json",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    /// <summary>Reads a kind's name; null when there is no such kind.</summary>
    public static CredentialKind? Parse(string? name)
    {
        foreach (var kind in All)
        {
            if (kind.Name() == name)
            {
                return kind;
            }
        }
        return null;
    }

    /// <summary>Whether it stays the vendor's own: delivered to its program and never sent upstream by the proxy.</summary>
    public static bool IsNative(this CredentialKind kind) => kind is CredentialKind.OAuthToken or CredentialKind.AuthJson;

    /// <summary>Whether it names the host that it is for.</summary>
    public static bool NeedsBaseUrl(this CredentialKind kind) =>
        kind is CredentialKind.OpenAiCompatible or CredentialKind.AnthropicCompatible;
}
