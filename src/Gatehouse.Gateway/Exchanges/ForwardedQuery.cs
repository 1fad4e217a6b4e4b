using System.Collections.Frozen;
using Gatehouse.Gateway.Access;
using Gatehouse.Gateway.Tenancy;

namespace Gatehouse.Gateway.Exchanges;

/// <summary>
/// The query string as it goes upstream: the caller's, byte for byte, but for parameters that hold a token of ours. Some clients put their
/// key there too; what opens the gateway is nothing that a provider, or its access log, may see. A workspace sends no credential that
/// counts, so from its query every parameter that is one by name stays behind.
/// </summary>
internal static class ForwardedQuery
{
    private static readonly FrozenSet<string> s_keys = FrozenSet.ToFrozenSet(
        ["key", "api_key", "api-key", "apikey", "token", "access_token", "auth", "authorization", "x-api-key"], StringComparer.OrdinalIgnoreCase);

    /// <summary>The query to send of a call of this caller's, with its question mark; empty or null when there is none.</summary>
    public static string? Of(string? query, AccessToken caller)
    {
        var isWorkspace = WorkspaceDoor.Serves(caller);
        if (string.IsNullOrEmpty(query) || (!isWorkspace && !TokenText.OccursIn(query))) return query;
        var kept = query[1..].Split('&').Where(parameter => !TokenText.OccursIn(parameter) && !(isWorkspace && IsKey(parameter)));
        var text = string.Join('&', kept);
        return text.Length == 0 ? "" : "?" + text;
    }

    private static bool IsKey(string parameter)
    {
        var end = parameter.IndexOf('=', StringComparison.Ordinal);
        return s_keys.Contains(Uri.UnescapeDataString(end < 0 ? parameter : parameter[..end]));
    }
}
