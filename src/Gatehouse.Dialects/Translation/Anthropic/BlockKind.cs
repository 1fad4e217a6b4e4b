namespace Gatehouse.Dialects.Translation.Anthropic;

/// <summary>The kinds of content blocks that a Messages stream is written with.</summary>
internal enum BlockKind : byte
{
    /// <summary>No block is open.</summary>
    None,

    /// <summary><c>text</c>.</summary>
    Text,

    /// <summary><c>thinking</c>.</summary>
    Thinking,

    /// <summary><c>tool_use</c>, <c>server_tool_use</c> or <c>mcp_tool_use</c>.</summary>
    Tool,
}
