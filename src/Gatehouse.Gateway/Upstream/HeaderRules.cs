using System.Collections.Frozen;
using Microsoft.Extensions.Primitives;

namespace Gatehouse.Gateway.Upstream;

/// <summary>
/// Which headers stay behind. Both lists are open: agents and providers add headers with every version, and a gateway that passed only
/// the names that it knew would break the next one. Stateless and thread-safe.
/// </summary>
internal static class HeaderRules
{
    // RFC 9110 §7.6.1, with the older names that are still seen.
    private static readonly string[] HopByHop =
        ["connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade", "http2-settings"];

    /// <summary>The names that stay from upstream; prefixes are apart.</summary>
    public static FrozenSet<string> RequestNames { get; } = FrozenSet.ToFrozenSet(
    [
        .. HopByHop,

        // Set by the connection itself. The server names a content-length x-content-length when the body came in chunks all the same.
        "host", "content-length", "x-content-length", "expect", "accept-encoding",

        // Where the caller is and what leads to it.
        "via", "forwarded", "x-real-ip", "origin", "referer",

        // The caller's trace belongs to the caller's operator.
        "traceparent", "tracestate", "baggage", "b3", "uber-trace-id", "x-cloud-trace-context", "x-amzn-trace-id", "sentry-trace",

        // Everything that may hold a credential: the caller's is ours to check, never the provider's to see.
        "cookie", "cookie2", "authorization", "x-api-key", "api-key", "x-goog-api-key", "openai-organization", "openai-project",
    ],
    StringComparer.OrdinalIgnoreCase);

    /// <summary>The names that stay from the caller; prefixes are apart.</summary>
    public static FrozenSet<string> ResponseNames { get; } = FrozenSet.ToFrozenSet(
    [
        .. HopByHop,
        "proxy-authenticate", "proxy-authentication-info", "proxy-connection",

        // Would bind the client to an account or to another address of the provider's.
        "set-cookie", "set-cookie2", "alt-svc",
    ],
    StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether a caller's header never goes upstream.</summary>
    public static bool StaysFromUpstream(string name) =>
        name.Length == 0 || HasKeptPrefix(name) || RequestNames.Contains(name);

    /// <summary>Whether an upstream's header never goes to the caller.</summary>
    public static bool StaysFromClient(string name) =>
        name.Length == 0
        || (name[0] | 0x20) switch
        {
            'x' => StartsWith(name, "x-gatehouse-"),

            // Who may read answers in a browser is the gateway's own decision: a provider's "*" would open it to every page.
            'a' => StartsWith(name, "access-control-"),
            _ => false,
        }
        || ResponseNames.Contains(name);

    /// <summary>Reads the names that a <c>Connection</c> header nominates; null when it names none but the usual words.</summary>
    public static HashSet<string>? Nominated(StringValues connection)
    {
        HashSet<string>? names = null;
        foreach (var line in connection)
        {
            if (line is null || line.Equals("keep-alive", StringComparison.OrdinalIgnoreCase)
                || line.Equals("close", StringComparison.OrdinalIgnoreCase)) continue;
            foreach (var part in line.AsSpan().Split(','))
            {
                var name = line.AsSpan(part).Trim();
                if (name.Length > 0) (names ??= new(StringComparer.OrdinalIgnoreCase)).Add(name.ToString());
            }
        }

        return names;
    }

    private static bool HasKeptPrefix(string name) => (name[0] | 0x20) switch
    {
        // HTTP/2 pseudo-headers.
        ':' => true,
        'c' => StartsWith(name, "cf-aig-"),
        'p' => StartsWith(name, "proxy-"),
        's' => StartsWith(name, "sec-"),
        'x' => StartsWith(name, "x-forwarded-") || StartsWith(name, "x-gatehouse-") || StartsWith(name, "x-b3-")
            || StartsWith(name, "x-datadog-"),
        _ => false,
    };

    private static bool StartsWith(string name, string prefix) => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase);
}
