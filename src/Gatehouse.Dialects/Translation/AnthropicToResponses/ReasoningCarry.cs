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

    /// <summary>The first byte of state that holds an item of the provider's own tools: code that it ran, calls of MCP servers.</summary>
    public const byte HostedMark = (byte)'h';

    /// <summary>The first byte of state that holds the listing of an MCP server's tools: without it the provider would ask the server again.</summary>
    public const byte ListingMark = (byte)'l';

    /// <summary>The state of a block whose item can't be given back: it had no encrypted content.</summary>
    public static ReadOnlySpan<byte> Nothing => "n"u8;

    /// <summary>Whether an item can be given back to an upstream that stores nothing.</summary>
    public static bool CanReturn(JsonView item) => item["encrypted_content"u8] is { IsString: true, IsEmpty: false } || !item["content"u8].IsEmpty;

    /// <summary>Writes the item that a block carries, as a value, and says by its mark what it was; 0 when it carries none.</summary>
    /// <param name="json">Where to write.</param>
    /// <param name="carrier">The block's signature, or a redacted block's data.</param>
    /// <param name="request">The attempt; told of state that is not ours.</param>
    public static byte Write(JsonWriter json, JsonView carrier, MessagesEdgeRequest request)
    {
        var state = request.State;
        state.Clear();
        if (carrier.IsString && request.Context.Seal.TryOpen(carrier.Escaped, state)) return WriteItem(json, state.Written) ? state.Written[0] : (byte)0;
        request.Lose(MessagesLosses.Signature);
        return 0;
    }

    /// <summary>Writes the item that was remembered under a call, as a value; false when there is none.</summary>
    public static bool Recall(JsonWriter json, JsonView callId, MessagesEdgeRequest request)
    {
        request.State.Clear();
        return request.Context.Memory.TryRecall(request.Plain(callId), request.State) && WriteItem(json, request.State.Written);
    }

    private static bool WriteItem(JsonWriter json, ReadOnlySpan<byte> state)
    {
        if (state.IsEmpty || state[0] is not (ItemMark or HostedMark or ListingMark)) return false;
        json.Raw(state[1..]);
        return true;
    }
}
