using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Translation.Anthropic;

/// <summary>What of an assistant's block is text, and what of it is lost where there is a place for text and function calls only.</summary>
internal static class AssistantText
{
    /// <summary>The text of a block, escaped; nothing for a call or thinking, whose places are elsewhere, and for what is lost.</summary>
    /// <param name="tree">The body.</param>
    /// <param name="block">The block.</param>
    /// <param name="request">The attempt.</param>
    /// <param name="keepsServerTools">Whether the edge looks after calls and results of the provider's own tools itself.</param>
    public static ReadOnlySpan<byte> Of(scoped in JsonTree tree, in TurnBlock block, MessagesEdgeRequest request, bool keepsServerTools = false)
    {
        switch (block.Kind)
        {
            case TurnBlockKind.Call or TurnBlockKind.Thinking:
                return default;
            case TurnBlockKind.Content or TurnBlockKind.Text:
                if (block.IsCited) request.Lose(MessagesLosses.Citations);
                return tree.Escaped(block.Text);
            default:
                return Of(tree.View(block.Whole), request, keepsServerTools).Escaped;
        }
    }

    private static JsonView Of(JsonView block, MessagesEdgeRequest request, bool keepsServerTools)
    {
        var type = block["type"u8];
        if (type.Is("compaction"u8))
        {
            request.Lose(MessagesLosses.Compaction);
            return block["content"u8] is { IsString: true } summary ? summary : default;
        }

        if (keepsServerTools && (ServerBlocks.IsCall(type) || ServerBlocks.IsResult(type))) return default;
        request.Lose(LossOf(type));
        return default;
    }

    private static Loss LossOf(JsonView type) =>
        type.Is("server_tool_use"u8) || type.Is("mcp_tool_use"u8) || type.Is("mcp_tool_listing"u8) || type.Text()?.EndsWith("tool_result", StringComparison.Ordinal) == true
            ? MessagesLosses.ServerTools
        : type.Is("fallback"u8) ? MessagesLosses.Fallback
        : type.Is("container_upload"u8) ? MessagesLosses.ContainerUpload
        : MessagesLosses.UnknownBlock;
}
