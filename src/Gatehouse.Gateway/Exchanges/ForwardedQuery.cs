using Gatehouse.Gateway.Access;

namespace Gatehouse.Gateway.Exchanges;

/// <summary>
/// The query string as it goes upstream: the caller's, byte for byte, but for parameters that hold a token of ours. Some clients put their
/// key there too; what opens the gateway is nothing that a provider, or its access log, may see.
/// </summary>
internal static class ForwardedQuery
{
    /// <summary>The query to send, with its question mark; empty or null when there is none.</summary>
    public static string? Of(string? query)
    {
        if (query is null || !TokenText.OccursIn(query)) return query;
        var kept = query[1..].Split('&').Where(parameter => !TokenText.OccursIn(parameter));
        var text = string.Join('&', kept);
        return text.Length == 0 ? "" : "?" + text;
    }
}
