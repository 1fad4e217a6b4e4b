using Gatehouse.Gateway.Server;

namespace Gatehouse.ClaudeCli;

/// <summary>Lets a gateway's providers be the <c>claude</c> program.</summary>
public static class ClaudePrograms
{
    /// <summary>Adds the upstream that runs it to the parts of a gateway.</summary>
    public static GatewayParts WithClaudePrograms(this GatewayParts parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        parts.Programs = static made => new ClaudeCliUpstream(made.Environment, made.Time);
        return parts;
    }
}
