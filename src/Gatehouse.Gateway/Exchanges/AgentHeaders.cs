using Gatehouse.Gateway.Metering;
using Gatehouse.Gateway.Upstream;
using Microsoft.Extensions.Primitives;

namespace Gatehouse.Gateway.Exchanges;

/// <summary>Reads which agent and session a request belongs to off the headers that agents send; all of them optional, none of them proof.</summary>
internal static class AgentHeaders
{
    private const int LongestValue = 128;

    /// <summary>Fills the client, session and agent fields of a record.</summary>
    public static void Read(CallerHeaders headers, ExchangeRecord record)
    {
        var (session, agent, request) = (byte.MaxValue, byte.MaxValue, byte.MaxValue);
        foreach (ref readonly var line in headers.Lines)
        {
            switch (line.Name.Part)
            {
                case HeaderPart.None or HeaderPart.Connection:
                    break;
                case HeaderPart.Program:
                    record.Client = Family(line.Values.ToString());
                    break;
                case >= HeaderPart.ClaudeSession and <= HeaderPart.ProxySession and var part:
                    if (Precedes(part, line.Values, ref session)) record.SessionId = Bounded(line.Values);
                    break;
                case HeaderPart.ClaudeAgent or HeaderPart.Agent:
                    if (Precedes(line.Name.Part, line.Values, ref agent)) record.AgentId = Bounded(line.Values);
                    break;
                case HeaderPart.ParentAgent:
                    record.ParentAgentId = Bounded(line.Values);
                    break;
                default:
                    if (Precedes(line.Name.Part, line.Values, ref request)) record.ClientRequestId = Bounded(line.Values);
                    break;
            }
        }
    }

    /// <summary>The program's name in a user-agent: what stands before its version. Lower case, at most 40 characters.</summary>
    internal static string? Family(string userAgent)
    {
        var end = userAgent.AsSpan().IndexOfAny("/ (;");
        var name = (end < 0 ? userAgent : userAgent[..end]).Trim();
        if (name.Length == 0) return null;
        return name.Length > 40 ? name[..40].ToLowerInvariant() : name.ToLowerInvariant();
    }

    /// <summary>Whether a header says something, and none that counts for more did; then it is the one.</summary>
    private static bool Precedes(HeaderPart part, StringValues values, ref byte best)
    {
        if ((byte)part >= best || Bounded(values) is null) return false;
        best = (byte)part;
        return true;
    }

    private static string? Bounded(StringValues values)
    {
        if (values.Count == 0 || string.IsNullOrWhiteSpace(values[0])) return null;
        var value = values[0]!;
        return value.Length > LongestValue ? value[..LongestValue] : value;
    }
}
