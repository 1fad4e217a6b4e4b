using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation.Anthropic;

namespace Gatehouse.Dialects.Translation.AnthropicToResponses;

/// <summary>
/// Reasoning items on their way through a Messages client: whole and sealed in the signature of a thinking block, and back byte for byte in front
/// of what they led to. Where the client wants no thinking, they are remembered under the call that follows them.
/// </summary>
internal static class ReasoningCarry
{
    /// <summary>The first byte of state that holds an item.</summary>
    public const byte ItemMark = (byte)'i';

    /// <summary>The state of a block whose item can't be given back: it had no encrypted content.</summary>
    public static ReadOnlySpan<byte> Nothing => "n"u8;

    /// <summary>Whether an item can be given back to an upstream that stores nothing.</summary>
    public static bool CanReturn(JsonView item) => item["encrypted_content"u8] is { IsString: true, IsEmpty: false } || !item["content"u8].IsEmpty;

    /// <summary>Writes the item that a block carries, as a value; false when it carries none.</summary>
    /// <param name="json">Where to write.</param>
    /// <param name="carrier">The block's signature, or a redacted block's data.</param>
    /// <param name="request">The attempt; told of state that is not ours.</param>
    public static bool Write(JsonWriter json, JsonView carrier, MessagesEdgeRequest request)
    {
        var state = request.State;
        state.Clear();
        if (!carrier.IsString || !request.Context.Seal.TryOpen(carrier.Escaped, state))
        {
            request.Lose(MessagesLosses.Signature);
            return false;
        }

        return WriteItem(json, state.Written);
    }

    /// <summary>Writes the item that was remembered under a call, as a value; false when there is none.</summary>
    public static bool Recall(JsonWriter json, JsonView callId, MessagesEdgeRequest request)
    {
        request.State.Clear();
        return request.Context.Memory.TryRecall(request.Plain(callId), request.State) && WriteItem(json, request.State.Written);
    }

    private static bool WriteItem(JsonWriter json, ReadOnlySpan<byte> state)
    {
        if (state.IsEmpty || state[0] != ItemMark) return false;
        json.Raw(state[1..]);
        return true;
    }
}
