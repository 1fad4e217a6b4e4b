using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Translation.Anthropic;

/// <summary>What of an assistant's block is text, and what of it is lost where there is a place for text and function calls only.</summary>
internal static class AssistantText
{
    /// <summary>The text of a block; nothing for a call or thinking, whose places are elsewhere, and for what is lost.</summary>
    /// <param name="block">The block.</param>
    /// <param name="type">Its type.</param>
    /// <param name="request">The attempt.</param>
    /// <param name="keepsServerTools">Whether the edge looks after calls and results of the provider's own tools itself.</param>
    public static JsonView Of(JsonView block, JsonView type, MessagesEdgeRequest request, bool keepsServerTools = false)
    {
        if (type.Is("tool_use"u8)) return default;
        if (type.Is("text"u8))
        {
            if (block["citations"u8] is { IsArray: true, IsEmpty: false }) request.Lose(MessagesLosses.Citations);
            return block["text"u8];
        }

        if (type.Is("compaction"u8))
        {
            request.Lose(MessagesLosses.Compaction);
            return block["content"u8] is { IsString: true } summary ? summary : default;
        }

        if (keepsServerTools && (ServerBlocks.IsCall(type) || ServerBlocks.IsResult(type))) return default;
        if (!type.Is("thinking"u8) && !type.Is("redacted_thinking"u8)) request.Lose(LossOf(type));
        return default;
    }

    private static Loss LossOf(JsonView type) =>
        type.Is("server_tool_use"u8) || type.Is("mcp_tool_use"u8) || type.Is("mcp_tool_listing"u8) || type.Text()?.EndsWith("tool_result", StringComparison.Ordinal) == true
            ? MessagesLosses.ServerTools
        : type.Is("fallback"u8) ? MessagesLosses.Fallback
        : type.Is("container_upload"u8) ? MessagesLosses.ContainerUpload
        : MessagesLosses.UnknownBlock;
}
