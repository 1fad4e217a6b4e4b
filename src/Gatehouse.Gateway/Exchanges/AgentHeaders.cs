using Gatehouse.Gateway.Metering;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Gateway.Exchanges;

/// <summary>Reads which agent and session a request belongs to off the headers that agents send; all of them optional, none of them proof.</summary>
internal static class AgentHeaders
{
    private static readonly string[] SessionNames =
        ["x-claude-code-session-id", "x-opencode-session", "session-id", "session_id", "x-session-id", "thread-id", "x-session-affinity", "x-litellm-session-id"];

    /// <summary>Fills the client, session and agent fields of a record.</summary>
    public static void Read(IHeaderDictionary headers, ExchangeRecord record)
    {
        record.Client = Family(headers.UserAgent.ToString());
        foreach (var name in SessionNames)
        {
            record.SessionId = Bounded(headers, name);
            if (record.SessionId is not null) break;
        }

        record.AgentId = Bounded(headers, "x-claude-code-agent-id") ?? Bounded(headers, "x-agent-id");
        record.ParentAgentId = Bounded(headers, "x-claude-code-parent-agent-id");
        record.ClientRequestId = Bounded(headers, "x-request-id") ?? Bounded(headers, "x-client-request-id");
    }

    /// <summary>The program's name in a user-agent: what stands before its version. Lower case, at most 40 characters.</summary>
    internal static string? Family(string userAgent)
    {
        var end = userAgent.AsSpan().IndexOfAny("/ (;");
        var name = (end < 0 ? userAgent : userAgent[..end]).Trim();
        if (name.Length == 0) return null;
        return name.Length > 40 ? name[..40].ToLowerInvariant() : name.ToLowerInvariant();
    }

    private static string? Bounded(IHeaderDictionary headers, string name)
    {
        if (!headers.TryGetValue(name, out var values) || values.Count == 0) return null;
        var value = values[0];
        if (string.IsNullOrWhiteSpace(value)) return null;
        return value.Length > 128 ? value[..128] : value;
    }
}
