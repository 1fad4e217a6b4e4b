namespace Gatehouse.Gateway.Configuration;

/// <summary>Keys under which people put a provider's key into the file, and headers that would carry one. Both are refused.</summary>
internal static class SecretKeys
{
    private static readonly HashSet<string> _names = new(StringComparer.OrdinalIgnoreCase)
    {
        "apiKey", "api_key", "api-key", "key", "secret", "token", "accessToken", "authToken", "password", "credential", "credentials",
    };

    private static readonly HashSet<string> _headers = new(StringComparer.OrdinalIgnoreCase)
    {
        "authorization", "x-api-key", "api-key", "x-goog-api-key", "cookie", "set-cookie", "proxy-authorization", "proxy-authenticate",
    };

    private static readonly HashSet<string> _framing = new(StringComparer.OrdinalIgnoreCase)
    {
        "host", "connection", "keep-alive", "content-length", "content-type", "content-encoding", "transfer-encoding", "te", "trailer",
        "upgrade", "expect", "accept-encoding", "via", "forwarded", "traceparent", "tracestate", "baggage",
    };

    /// <summary>What is wrong with such a key and what to do instead; null for other keys.</summary>
    public static (string What, string Fix)? Refusal(string key) => _names.Contains(key)
        ? ("must not stand here: a secret does not belong in this file",
            "Put it into an environment variable and name that variable in apiKeyEnv, or store it sealed with 'gatehouse credential add'")
        : null;

    /// <summary>Why a header can't be configured; null when it can.</summary>
    public static (string What, string Fix)? HeaderRefusal(string name)
    {
        if (_headers.Contains(name) || name.StartsWith("cf-aig-", StringComparison.OrdinalIgnoreCase))
            return ("would carry a secret, which does not belong in this file", "Take it out; the provider's key is presented by its auth style");
        return _framing.Contains(name) || name.StartsWith("x-forwarded-", StringComparison.OrdinalIgnoreCase)
            ? ("is a header that Gatehouse sets or withholds itself", "Take it out")
            : null;
    }
}
