using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation.Anthropic;
using Gatehouse.Dialects.Translation.Chat;

namespace Gatehouse.Dialects.Translation.AnthropicToChat;

/// <summary>
/// The thinking of chat upstreams that want it back: its text on tool turns (DeepSeek's <c>reasoning_content</c>, without which they refuse the
/// request), its state on every turn (OpenRouter's <c>reasoning_details</c>). The text comes to the client as a thinking block; where the client wants to see
/// none, sealed in the block's signature, or, without a block, into the memory under the turn's tool calls. So does the state, sealed always.
/// </summary>
internal static class ReasoningEcho
{
    /// <summary>The state of a block whose text stands in it.</summary>
    public static ReadOnlySpan<byte> InBlock => "t"u8;

    /// <summary>The first byte of state that holds the text itself, escaped.</summary>
    public const byte TextMark = (byte)'r';

    /// <summary>Writes the thinking of an assistant's turn; an empty one when nothing is known of it.</summary>
    public static void Write(JsonWriter json, scoped in JsonTree tree, ReadOnlySpan<TurnBlock> turn, MessagesEdgeRequest request)
    {
        json.Name("reasoning_content"u8);
        json.BeginString();
        var start = json.Output.Length;
        foreach (ref readonly var block in turn) Append(json, tree.View(block.Whole), json.Output.Length == start, request);

        json.EndString();
    }

    /// <summary>Writes the upstream's own state of an assistant's turn, where it wants it; tells of thinking that does not go back.</summary>
    /// <param name="json">Where to write.</param>
    /// <param name="tree">The body.</param>
    /// <param name="turn">The turn's blocks.</param>
    /// <param name="request">The attempt.</param>
    /// <param name="isTextBack">Whether the turn's thinking goes back as text.</param>
    public static void WriteDetails(JsonWriter json, scoped in JsonTree tree, ReadOnlySpan<TurnBlock> turn, MessagesEdgeRequest request, bool isTextBack)
    {
        var start = json.Here;
        var (any, calls) = (false, 0);
        json.BeginArray("reasoning_details"u8);
        foreach (ref readonly var block in turn) any |= TryWriteDetails(json, tree.View(block.Whole), ref calls, isTextBack, request);

        if (any) json.EndArray();
        else json.TakeBack(start);
    }

    private static bool TryWriteDetails(JsonWriter json, JsonView block, ref int calls, bool isTextBack, MessagesEdgeRequest request)
    {
        var type = block["type"u8];
        var (traits, isThinking, isRedacted) = (request.Context.Traits, type.Is("thinking"u8), type.Is("redacted_thinking"u8));
        if (traits.ReasoningDetails)
        {
            request.State.Clear();
            var sealedText = isThinking ? block["signature"u8] : isRedacted ? block["data"u8] : default;
            var isOpen = sealedText is { IsString: true, IsEmpty: false }
                ? request.Context.Seal.TryOpen(sealedText.Escaped, request.State)
                : type.Is("tool_use"u8) && calls++ == 0 && request.Context.Memory.TryRecall(request.Plain(block["id"u8]), request.State);
            if (isOpen && ReasoningDetails.TryWrite(json, request.State.Written)) return true;
        }

        if (isRedacted) request.Lose(MessagesLosses.Redacted);
        else if (isThinking && !isTextBack) request.Lose(AnthropicToChatLosses.ThinkingHistory);
        return false;
    }

    private static void Append(JsonWriter json, JsonView block, bool isFirst, MessagesEdgeRequest request)
    {
        var type = block["type"u8];
        if (type.Is("thinking"u8))
        {
            if (block["thinking"u8] is { IsString: true, IsEmpty: false } text) json.AppendEscaped(text.Escaped);
            else AppendState(json, block["signature"u8], request);
        }
        else if (type.Is("tool_use"u8) && isFirst)
        {
            request.State.Clear();
            if (request.Context.Memory.TryRecall(request.Plain(block["id"u8]), request.State)) AppendText(json, request.State.Written);
        }
    }

    private static void AppendState(JsonWriter json, JsonView signature, MessagesEdgeRequest request)
    {
        request.State.Clear();
        if (signature.IsEmpty) return;
        if (request.Context.Seal.TryOpen(signature.Escaped, request.State)) AppendText(json, request.State.Written);
        else request.Lose(MessagesLosses.Signature);
    }

    private static void AppendText(JsonWriter json, ReadOnlySpan<byte> state)
    {
        if (!state.IsEmpty && state[0] == TextMark) json.AppendEscaped(state[1..]);
        else json.AppendEscaped(ReasoningDetails.Read(state)["text"u8].Escaped);
    }
}
