using System.Collections.Frozen;

namespace Gatehouse.Gateway.Upstream;

/// <summary>
/// The part that a caller's header plays for the gateway itself. Of several headers that tell the same, the one whose part has the lowest number counts.
/// </summary>
internal enum HeaderPart : byte
{
    /// <summary>None.</summary>
    None,

    /// <summary><c>connection</c>, which may name headers that go no further.</summary>
    Connection,

    /// <summary><c>user-agent</c>.</summary>
    Program,

    /// <summary>The session's name, where Claude Code puts it.</summary>
    ClaudeSession,

    /// <summary>The session's name, where OpenCode puts it.</summary>
    OpenCodeSession,

    /// <summary><c>session-id</c>.</summary>
    Session,

    /// <summary><c>session_id</c>.</summary>
    OldSession,

    /// <summary><c>x-session-id</c>.</summary>
    XSession,

    /// <summary><c>thread-id</c>.</summary>
    Thread,

    /// <summary><c>x-session-affinity</c>.</summary>
    Affinity,

    /// <summary><c>x-litellm-session-id</c>.</summary>
    ProxySession,

    /// <summary>The agent's name, where Claude Code puts it.</summary>
    ClaudeAgent,

    /// <summary><c>x-agent-id</c>.</summary>
    Agent,

    /// <summary>The name of the agent that started this one.</summary>
    ParentAgent,

    /// <summary><c>x-request-id</c>.</summary>
    RequestId,

    /// <summary><c>x-client-request-id</c>.</summary>
    ClientRequestId,
}

/// <summary>The names behind the parts. Stateless.</summary>
internal static class HeaderParts
{
    private static readonly FrozenDictionary<string, HeaderPart> s_parts = new Dictionary<string, HeaderPart>
    {
        ["connection"] = HeaderPart.Connection,
        ["user-agent"] = HeaderPart.Program,
        ["x-claude-code-session-id"] = HeaderPart.ClaudeSession,
        ["x-opencode-session"] = HeaderPart.OpenCodeSession,
        ["session-id"] = HeaderPart.Session,
        ["session_id"] = HeaderPart.OldSession,
        ["x-session-id"] = HeaderPart.XSession,
        ["thread-id"] = HeaderPart.Thread,
        ["x-session-affinity"] = HeaderPart.Affinity,
        ["x-litellm-session-id"] = HeaderPart.ProxySession,
        ["x-claude-code-agent-id"] = HeaderPart.ClaudeAgent,
        ["x-agent-id"] = HeaderPart.Agent,
        ["x-claude-code-parent-agent-id"] = HeaderPart.ParentAgent,
        ["x-request-id"] = HeaderPart.RequestId,
        ["x-client-request-id"] = HeaderPart.ClientRequestId,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>The part of a name.</summary>
    public static HeaderPart Of(string name) => s_parts.GetValueOrDefault(name);
}
