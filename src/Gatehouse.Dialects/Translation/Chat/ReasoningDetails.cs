using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Translation.Chat;

/// <summary>
/// The <c>reasoning_details</c> of a chat upstream's answer, put together from its deltas: OpenRouter's form for what the model behind it wants back on the
/// next turn (signatures, encrypted reasoning), in its own words. Kept as <c>d{"details":[…],"text":"…"}</c>, where the text, escaped, is thinking for
/// <c>reasoning_content</c> that stands nowhere else. Not thread-safe.
/// </summary>
internal sealed class ReasoningDetails : IDisposable
{
    /// <summary>The first byte of a state that holds details.</summary>
    public const byte Mark = (byte)'d';

    private MergedJson _details = new();

    /// <summary>Whether there are any.</summary>
    public bool Any { get; private set; }

    /// <summary>Takes what a delta says of them.</summary>
    public void Take(JsonView details)
    {
        if (!details.IsArray || details.IsEmpty) return;
        Any = true;
        _details.Take("reasoning_details"u8, details);
    }

    /// <summary>Appends the state of all that was taken, and forgets it.</summary>
    /// <param name="text">Escaped thinking text to keep beside it; empty for none.</param>
    /// <param name="state">Where to.</param>
    public void MoveTo(ReadOnlySpan<byte> text, PooledBuffer state)
    {
        state.Append(Mark);
        var json = new JsonWriter(state);
        json.BeginObject();
        json.Name("details"u8);
        _details.Write(json);
        if (!text.IsEmpty) json.EscapedString("text"u8, text);
        json.EndObject();
        _details.Dispose();
        (_details, Any) = (new MergedJson(), false);
    }

    /// <summary>What a state holds; no value when it is of another kind.</summary>
    public static JsonView Read(ReadOnlySpan<byte> state) =>
        !state.IsEmpty && state[0] == Mark && JsonView.TryParse(state[1..], out var kept) && kept.IsObject ? kept : default;

    /// <summary>Writes the details that a state holds, byte for byte, as elements of the array at hand. False when it holds none.</summary>
    public static bool TryWrite(JsonWriter json, ReadOnlySpan<byte> state)
    {
        var details = Read(state)["details"u8];
        foreach (var detail in details.Items) json.Raw(detail);
        return details is { IsArray: true, IsEmpty: false };
    }

    /// <inheritdoc/>
    public void Dispose() => _details.Dispose();
}
