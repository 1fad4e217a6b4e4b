using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation.Anthropic;

namespace Gatehouse.Dialects.Translation.AnthropicToChat;

/// <summary>
/// The thinking text of chat upstreams that want it back on tool turns (DeepSeek's <c>reasoning_content</c>, without which they refuse the
/// request). It comes to the client as a thinking block; where the client wants to see none, sealed in the block's signature, or, without a block, into the
/// memory under the turn's tool calls.
/// </summary>
internal static class ReasoningEcho
{
    /// <summary>The state of a block whose text stands in it.</summary>
    public static ReadOnlySpan<byte> InBlock => "t"u8;

    /// <summary>The first byte of state that holds the text itself, escaped.</summary>
    public const byte TextMark = (byte)'r';

    /// <summary>Writes the thinking of an assistant's turn; an empty one when nothing is known of it.</summary>
    public static void Write(JsonWriter json, JsonItems turn, int count, MessagesEdgeRequest request)
    {
        json.Name("reasoning_content"u8);
        json.BeginString();
        var start = json.Output.Length;
        for (; count > 0; count--, turn.MoveNext())
        {
            foreach (var block in turn.Current["content"u8].Items) Append(json, block, json.Output.Length == start, request);
        }

        json.EndString();
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
    }
}
