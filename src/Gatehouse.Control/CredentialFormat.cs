using Gatehouse.Catalog;
using Gatehouse.Dialects;
using Gatehouse.Gateway.Credentials;
using Gatehouse.Secrets;

namespace Gatehouse.Control;

/// <summary>What checking a credential came to.</summary>
/// <param name="Content">What is to be sealed; null when there is a fault.</param>
/// <param name="Fault">What is wrong and what helps, without repeating what was given.</param>
/// <param name="Warnings">What works but may not for long.</param>
internal sealed record CheckedCredential(CredentialContent? Content, string? Fault, IReadOnlyList<string> Warnings);

/// <summary>
/// The rules for what people give as credentials, per kind. They catch what is surely wrong before it is stored, such as a subscription's
/// token given as an API key; whether a provider takes a key, only the provider knows.
/// </summary>
internal static class CredentialFormat
{
    private const int LongestKey = 8192;
    private const string Anthropic = "anthropic";
    private const string KeyPrefix = "sk-ant-api";

    /// <summary>What a Claude subscription's token begins with.</summary>
    public const string TokenPrefix = "sk-ant-oat";

    private const int ShortestAnthropicKey = 20;

    /// <summary>Checks a credential; blanks and line ends around a key are dropped.</summary>
    public static CheckedCredential Check(NewCredential given, IReadOnlyCollection<string> privateHosts, DateTimeOffset now) => given.Kind switch
    {
        CredentialKind.AuthJson => OfAuthJson(given, now),
        CredentialKind.OAuthToken => OfToken(given),
        CredentialKind.ApiKey => OfKey(given),
        _ => OfCompatible(given, privateHosts),
    };

    private static CheckedCredential OfAuthJson(NewCredential given, DateTimeOffset now)
    {
        if (HostFault(given) is { } fault) return Refuse(fault);
        var (wrong, warnings) = AuthJsonCheck.Of(given.Secret, now);
        return wrong is not null ? Refuse(wrong) : new CheckedCredential(new CredentialContent { Secret = given.Secret }, null, warnings);
    }

    private static CheckedCredential OfToken(NewCredential given)
    {
        var token = given.Secret.Reveal().Trim();
        if ((HostFault(given) ?? KeyFault(token)) is { } fault) return Refuse(fault);
        if (token.StartsWith(KeyPrefix, StringComparison.Ordinal))
            return Refuse("This is an API key, not a subscription's token. Add it with the kind api-key.");
        if (!token.StartsWith(TokenPrefix, StringComparison.Ordinal))
            return Refuse($"A subscription's token begins with {TokenPrefix}. 'claude setup-token' makes one.");
        return token.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '_' or '-')
            ? Accept(token)
            : Refuse("A subscription's token holds letters, digits, dots, underscores and hyphens only. Copy it again.");
    }

    private static CheckedCredential OfKey(NewCredential given)
    {
        var key = given.Secret.Reveal().Trim();
        if ((HostFault(given) ?? KeyFault(key)) is { } fault) return Refuse(fault);
        if (key.StartsWith(TokenPrefix, StringComparison.Ordinal))
            return Refuse("This is a subscription's token, which only Claude Code itself may use. Add it with the kind oauth-token.");
        var provider = given.Provider?.ToLowerInvariant() ?? (key.StartsWith(KeyPrefix, StringComparison.Ordinal) ? Anthropic : null);
        if (provider is not null && (ProviderCatalog.Embedded.FindPreset(provider) is not { } preset || preset.Endpoints.Length == 0))
            return Refuse($"There is no provider preset '{provider}' with an address. 'gatehouse presets' lists them.");
        return KeyFaultOf(provider, key) is { } wrong ? Refuse(wrong) : Accept(key, provider: provider);
    }

    private static CheckedCredential OfCompatible(NewCredential given, IReadOnlyCollection<string> privateHosts)
    {
        var key = given.Secret.Reveal().Trim();
        if (KeyFault(key) is { } fault) return Refuse(fault);
        if (given.Provider is not null) return Refuse("A credential with a base URL of its own names no provider.");
        if (given.BaseUrl is not { Length: > 0 } text) return Refuse("A base URL is needed, such as https://api.example.com/v1.");
        var dialect = given.Dialect ?? (given.Kind == CredentialKind.AnthropicCompatible ? Dialect.Anthropic : Dialect.OpenAiChat);
        if ((given.Kind == CredentialKind.AnthropicCompatible) != (dialect == Dialect.Anthropic))
            return Refuse($"A credential of kind {given.Kind.Name()} can't have the dialect {dialect.Name()}.");
        var (address, wrong) = TenantAddress.Read(text, dialect, privateHosts);
        return wrong is not null ? Refuse(wrong) : Accept(key, address, dialect);
    }

    /// <summary>What is wrong with an API key for a provider; null when nothing is known to be.</summary>
    public static string? KeyFaultOf(string? provider, string key) =>
        provider == Anthropic && (!key.StartsWith(KeyPrefix, StringComparison.Ordinal) || key.Length < ShortestAnthropicKey)
            ? $"An Anthropic API key begins with {KeyPrefix}. Copy it again, whole."
            : null;

    private static string? HostFault(NewCredential given) => given.BaseUrl is null && given.Dialect is null
        ? null
        : $"A credential of kind {given.Kind.Name()} has no base URL and no dialect. Use openai-compatible or anthropic-compatible.";

    // It will travel in a header: anything else would be refused there, or could smuggle in another header.
    private static string? KeyFault(string key) => key switch
    {
        "" => "The secret is empty.",
        { Length: > LongestKey } => $"The secret is longer than {LongestKey} characters.",
        _ when key.Any(letter => letter is < '!' or > '~') =>
            "The secret holds blanks, line breaks or characters that can't stand in a header. Copy it again.",
        _ => null,
    };

    private static CheckedCredential Accept(string key, Uri? baseUrl = null, Dialect? dialect = null, string? provider = null) => new(
        new CredentialContent { Secret = Secret.From(key), BaseUrl = baseUrl, Dialect = dialect, Provider = provider }, null, []);

    private static CheckedCredential Refuse(string fault) => new(null, fault, []);
}
