using System.Buffers.Text;
using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation.Chat;

namespace Gatehouse.Dialects.Translation.ChatToAnthropic;

/// <summary>
/// The thinking blocks of one turn as Anthropic issued them, on their way into the memory: signatures and redacted thinking must come back
/// byte for byte, at their place among the texts, before the turn's calls; so must what the provider's own tools did. Kept as
/// <c>A[block, {"type":"text","length":characters}, …]</c>, with <c>B</c> for a turn in which the model was not asked to think. Not thread-safe.
/// </summary>
internal sealed class ThinkingState : IDisposable
{
    private readonly PooledBuffer _state = new();
    private readonly PooledBuffer _thinking = new();
    private readonly PooledBuffer _signature = new();
    private long _text;
    private bool _isOpen;

    /// <summary>Whether there is thinking to remember.</summary>
    public bool HasThinking { get; private set; }

    /// <summary>Whether there is anything to remember.</summary>
    public bool HasBlocks => _isOpen || _state.Length > 0;

    /// <summary>The blocks and text marks of a remembered state; no value when it is of another dialect: those begin otherwise.</summary>
    public static JsonView Read(ReadOnlySpan<byte> state) =>
        !state.IsEmpty && state[0] is (byte)'A' or (byte)'B' && JsonView.TryParse(state[1..], out var blocks) && blocks.IsArray ? blocks : default;

    /// <summary>Whether nothing of the turn's thinking is missing in a remembered state.</summary>
    public static bool IsOfThinking(ReadOnlySpan<byte> state) => !state.IsEmpty && state[0] == 'A';

    /// <summary>Whether a block is thinking, which a model that is not asked to think is not shown.</summary>
    public static bool IsThinking(JsonView block) => block["type"u8].Is("thinking"u8) || block["type"u8].Is("redacted_thinking"u8);

    /// <summary>A thinking block begins; what its start holds of it already is taken over.</summary>
    public void Begin(JsonView block)
    {
        Close();
        _isOpen = true;
        HasThinking = true;
        _thinking.Append(block["thinking"u8].Escaped);
        _signature.Append(block["signature"u8].Escaped);
    }

    /// <summary>Thinking goes on.</summary>
    public void Think(ReadOnlySpan<byte> escaped) => _thinking.Append(escaped);

    /// <summary>The signature goes on.</summary>
    public void Sign(ReadOnlySpan<byte> escaped) => _signature.Append(escaped);

    /// <summary>A block of thinking that only Anthropic can read.</summary>
    public void Redacted(JsonView block)
    {
        Close();
        HasThinking = true;
        Separate();
        _state.Append("{\"type\":\"redacted_thinking\",\"data\":\""u8);
        _state.Append(block["data"u8].Escaped);
        _state.Append("\"}"u8);
    }

    /// <summary>Blocks of the provider's own tools, separated by commas.</summary>
    public void Server(ReadOnlySpan<byte> blocks)
    {
        Close();
        Separate();
        _state.Append(blocks);
    }

    /// <summary>The client was sent this much text.</summary>
    public void Text(ReadOnlySpan<byte> escaped) => _text += ChatText.Characters(escaped);

    /// <summary>The block at hand is over.</summary>
    public void Close()
    {
        if (!_isOpen) return;
        _isOpen = false;
        Separate();
        _state.Append("{\"type\":\"thinking\",\"thinking\":\""u8);
        _state.Append(_thinking.Written);
        _state.Append("\",\"signature\":\""u8);
        _state.Append(_signature.Written);
        _state.Append("\"}"u8);
        _thinking.Clear();
        _signature.Clear();
    }

    /// <summary>The state of the whole turn, once. That of a turn without thinking says that nothing is missing.</summary>
    /// <param name="wasAsked">Whether the model was asked to think.</param>
    public ReadOnlySpan<byte> Take(bool wasAsked)
    {
        Close();
        if (_state.Length == 0) _state.Append("A["u8);
        _state.Append((byte)']');
        if (wasAsked || HasThinking) return _state.Written;
        _thinking.Clear();
        _thinking.Append((byte)'B');
        _thinking.Append(_state.Written[1..]);
        return _thinking.Written;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _state.Dispose();
        _thinking.Dispose();
        _signature.Dispose();
    }

    private void Separate()
    {
        if (_state.Length == 0) _state.Append("A["u8);
        else _state.Append((byte)',');
        if (_text == 0) return;
        _state.Append("{\"type\":\"text\",\"length\":"u8);
        Span<byte> digits = stackalloc byte[20];
        _ = Utf8Formatter.TryFormat(_text, digits, out var written);
        _state.Append(digits[..written]);
        _state.Append("},"u8);
        _text = 0;
    }
}
