using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Translation.Anthropic;

/// <summary>Which members of a content block come in pieces when it is streamed.</summary>
internal enum StreamedBlock : byte
{
    /// <summary>None: the block comes whole.</summary>
    Whole,

    /// <summary>A text block: <c>text</c>, and its citations one by one.</summary>
    Text,

    /// <summary>A thinking block: <c>thinking</c> and <c>signature</c>.</summary>
    Thinking,

    /// <summary>A call: <c>input</c>.</summary>
    Tool,
}

/// <summary>What both ways between a message and its stream know of content blocks.</summary>
internal static class MessageBlock
{
    /// <summary>How a block is streamed.</summary>
    public static StreamedBlock KindOf(JsonView block)
    {
        var type = block["type"u8];
        return type.Is("text"u8) ? StreamedBlock.Text
            : type.Is("thinking"u8) ? StreamedBlock.Thinking
            : type.Is("tool_use"u8) || type.Is("server_tool_use"u8) || type.Is("mcp_tool_use"u8) ? StreamedBlock.Tool
            : StreamedBlock.Whole;
    }

    /// <summary>Whether a member comes in pieces.</summary>
    public static bool IsStreamed(StreamedBlock kind, JsonMember member) => kind switch
    {
        StreamedBlock.Text => member.Is("text"u8),
        StreamedBlock.Thinking => member.Is("thinking"u8) || member.Is("signature"u8),
        StreamedBlock.Tool => member.Is("input"u8),
        _ => false,
    };
}
