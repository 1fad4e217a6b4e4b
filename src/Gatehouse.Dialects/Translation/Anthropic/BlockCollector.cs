using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Translation.Anthropic;

/// <summary>Puts one content block together from its start and its deltas. Used again for each block; not thread-safe.</summary>
internal sealed class BlockCollector : IDisposable
{
    private readonly PooledBuffer _start = new();
    private readonly PooledBuffer _text = new();
    private readonly PooledBuffer _signature = new();
    private readonly PooledBuffer _citations = new();
    private readonly PooledBuffer _other = new();

    /// <summary>Whether a block is open.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>Begins a block.</summary>
    public void Begin(JsonView block)
    {
        foreach (var buffer in (ReadOnlySpan<PooledBuffer>)[_start, _text, _signature, _citations, _other]) buffer.Clear();
        _start.Append(block.Raw);
        IsOpen = true;
    }

    /// <summary>Takes a delta. One of a kind that nobody knows replaces members of the block.</summary>
    public void Read(JsonView delta)
    {
        var type = delta["type"u8];
        if (type.Is("text_delta"u8)) _text.Append(delta["text"u8].Escaped);
        else if (type.Is("thinking_delta"u8)) _text.Append(delta["thinking"u8].Escaped);
        else if (type.Is("input_json_delta"u8)) _text.Append(delta["partial_json"u8].Escaped);
        else if (type.Is("signature_delta"u8)) _signature.Append(delta["signature"u8].Escaped);
        else if (type.Is("citations_delta"u8))
        {
            if (!delta["citation"u8].Exists) return;
            if (_citations.Length > 0) _citations.Append((byte)',');
            _citations.Append(delta["citation"u8].Raw);
        }
        else
        {
            _other.Clear();
            _other.Append(delta.Raw);
        }
    }

    /// <summary>Ends the block and writes it as a value.</summary>
    public void End(JsonWriter json)
    {
        if (!IsOpen) return;
        IsOpen = false;
        var block = JsonView.Trusted(_start.Written);
        var other = JsonView.Trusted(_other.Written);
        var kind = MessageBlock.KindOf(block);
        var hasCitations = false;
        json.BeginObject();
        foreach (var member in block.Members)
        {
            json.EscapedName(member.EscapedName);
            if (kind == StreamedBlock.Text && member.Is("citations"u8))
            {
                hasCitations = true;
                WriteCitations(json, member.Value);
            }
            else if (MessageBlock.IsStreamed(kind, member)) WriteStreamed(json, kind, member);
            else json.Raw(Replacement(other, member) is { Exists: true } replaced ? replaced : member.Value);
        }

        if (!hasCitations && _citations.Length > 0)
        {
            json.Name("citations"u8);
            WriteCitations(json, default);
        }

        json.EndObject();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _start.Dispose();
        _text.Dispose();
        _signature.Dispose();
        _citations.Dispose();
        _other.Dispose();
    }

    private static JsonView Replacement(JsonView other, JsonMember member)
    {
        foreach (var given in other.Members)
        {
            if (!given.Is("type"u8) && given.EscapedName.SequenceEqual(member.EscapedName)) return given.Value;
        }

        return default;
    }

    private void WriteStreamed(JsonWriter json, StreamedBlock kind, JsonMember member)
    {
        if (kind == StreamedBlock.Tool) WriteInput(json, member.Value);
        else
        {
            json.BeginString();
            json.AppendEscaped(member.Value.Escaped);
            json.AppendEscaped(member.Is("signature"u8) ? _signature.Written : _text.Written);
            json.EndString();
        }
    }

    private void WriteInput(JsonWriter json, JsonView start)
    {
        using var plain = new PooledBuffer();
        if (JsonText.TryUnescape(_text.Written, plain.GetSpan(_text.Length), out var written)) plain.Advance(written);
        else plain.Append(_text.Written);
        if (_text.Length == 0 && start.IsObject) json.Raw(start);
        else ToolInput.WriteObject(json, plain.Written);
    }

    private void WriteCitations(JsonWriter json, JsonView start)
    {
        if (_citations.Length == 0)
        {
            json.Raw(start);
            return;
        }

        json.BeginArray();
        foreach (var citation in start.Items) json.Raw(citation);
        json.Raw(_citations.Written);
        json.EndArray();
    }
}
