using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Translation.ChatToResponses;

/// <summary>
/// What a Responses model thought in a turn that calls tools, on its way into the memory: the reasoning items as they were issued, those of the provider's own
/// tools, and between them where the message and the calls stood, for each must come back in front of what it led to. Kept as <c>R[item, 0, item, 1, …]</c>: 0 is the message, 1
/// the next call. Not thread-safe.
/// </summary>
internal sealed class TurnState : IDisposable
{
    private readonly PooledBuffer _state = new();

    /// <summary>Whether there was a reasoning item that can be given back.</summary>
    public bool HasItems { get; private set; }

    /// <summary>Whether the provider's own tools did something.</summary>
    public bool HasHosted { get; private set; }

    /// <summary>The items and places of a remembered state; no value when it is of another dialect: those begin otherwise.</summary>
    public static JsonView Read(ReadOnlySpan<byte> state) =>
        !state.IsEmpty && state[0] == 'R' && JsonView.TryParse(state[1..], out var items) && items.IsArray ? items : default;

    /// <summary>A reasoning item is complete. Without its encrypted content it is known to the provider's own store alone, which is not used.</summary>
    public void Add(JsonView item)
    {
        if (!item["encrypted_content"u8].IsString) return;
        HasItems = true;
        Append(item.Raw);
    }

    /// <summary>An item of the provider's own tools is complete: a search, code that it ran.</summary>
    public void AddHosted(JsonView item)
    {
        HasHosted = true;
        Append(item.Raw);
    }

    /// <summary>The message stands here.</summary>
    public void AddMessage() => Append("0"u8);

    /// <summary>A call stands here.</summary>
    public void AddCall() => Append("1"u8);

    /// <summary>The state of the whole turn, once. That of a turn without thinking says that nothing is missing.</summary>
    public ReadOnlySpan<byte> Take()
    {
        if (_state.Length == 0) _state.Append("R["u8);
        _state.Append((byte)']');
        return _state.Written;
    }

    /// <inheritdoc/>
    public void Dispose() => _state.Dispose();

    private void Append(ReadOnlySpan<byte> value)
    {
        if (_state.Length == 0) _state.Append("R["u8);
        else _state.Append((byte)',');
        _state.Append(value);
    }
}
