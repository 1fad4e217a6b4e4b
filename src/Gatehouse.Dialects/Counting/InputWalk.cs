using System.Buffers.Text;
using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Counting;

/// <summary>
/// Walks a request for <see cref="InputMeasure"/>. It knows the fields that hold no text for the model (ids, types, signatures, sealed state) and counts
/// everything else, so that fields of tomorrow are not forgotten. It goes by the index without making views: every translated call is measured.
/// </summary>
internal ref struct InputWalk
{
    private readonly ReadOnlySpan<byte> _body;
    private readonly ReadOnlySpan<JsonIndex.Entry> _entries;
    private InputSize _size;

    private InputWalk(ReadOnlySpan<byte> body, ReadOnlySpan<JsonIndex.Entry> entries)
    {
        _body = body;
        _entries = entries;
    }

    /// <summary>Measures a body by its whole index. Zero for one that is no object.</summary>
    public static InputSize Measure(ReadOnlySpan<byte> body, ReadOnlySpan<JsonIndex.Entry> entries)
    {
        var walk = new InputWalk(body, entries);
        if (walk.First(0) == '{') walk.Request();
        return walk._size;
    }

    private readonly byte First(int at) => _body[_entries[at].Start];

    private readonly int Length(int at) => _entries[at].End - _entries[at].Start;

    private readonly ReadOnlySpan<byte> Raw(int at) => _body[_entries[at].Start.._entries[at].End];

    /// <summary>What stands between a string's quotes.</summary>
    private readonly ReadOnlySpan<byte> Escaped(int at) => _body[(_entries[at].Start + 1)..(_entries[at].End - 1)];

    private void Request()
    {
        for (var at = 1; at < _entries.Length; at += 1 + _entries[at + 1].Size)
        {
            var name = Escaped(at);
            if (JsonText.Is(name, "system"u8) || JsonText.Is(name, "messages"u8) || JsonText.Is(name, "input"u8) || JsonText.Is(name, "instructions"u8))
                Content(at + 1);
            else if (JsonText.Is(name, "tools"u8) || JsonText.Is(name, "functions"u8)) Tools(at + 1);
            else if (JsonText.Is(name, "response_format"u8) || JsonText.Is(name, "text"u8) || JsonText.Is(name, "output_config"u8) || JsonText.Is(name, "output_format"u8))
                TextMeasure.Add(Raw(at + 1), ref _size);
            else if (JsonText.Is(name, "max_tokens"u8) || JsonText.Is(name, "max_completion_tokens"u8) || JsonText.Is(name, "max_output_tokens"u8))
                _size.MaxOutput = WholeNumber(at + 1);
        }
    }

    private readonly long? WholeNumber(int at) =>
        Utf8Parser.TryParse(Raw(at), out long number, out var length) && length == Length(at) ? number : null;

    private void Tools(int tools)
    {
        if (First(tools) != '[') return;
        for (var at = tools + 1; at < tools + _entries[tools].Size; at += _entries[at].Size)
        {
            _size.Parts++;
            TextMeasure.Add(Raw(at), ref _size);
        }
    }

    private void Content(int value)
    {
        switch (First(value))
        {
            case (byte)'"':
                TextMeasure.Add(Escaped(value), ref _size);
                break;
            case (byte)'[':
                for (var at = value + 1; at < value + _entries[value].Size; at += _entries[at].Size)
                {
                    _size.Parts++;
                    Content(at);
                }

                break;
            case (byte)'{':
                Block(value);
                break;
        }
    }

    private void Block(int block)
    {
        var type = TypeOf(block);
        if (JsonText.Is(type, "image"u8) || JsonText.Is(type, "image_url"u8) || JsonText.Is(type, "input_image"u8))
        {
            _size.ImageTokens += ImageSize.Tokens(new JsonView(Raw(block), _entries.Slice(block, _entries[block].Size)));
            return;
        }

        if (JsonText.Is(type, "document"u8) || JsonText.Is(type, "file"u8) || JsonText.Is(type, "input_file"u8))
        {
            _size.DocumentBytes += Length(block) * 3L / 4;
            return;
        }

        for (var at = block + 1; at < block + _entries[block].Size; at += 1 + _entries[at + 1].Size)
        {
            var name = Escaped(at);
            if (IsNoText(name)) continue;
            if ((JsonText.Is(name, "input"u8) && First(at + 1) == '{') || JsonText.Is(name, "function"u8) || JsonText.Is(name, "action"u8))
                TextMeasure.Add(Raw(at + 1), ref _size);
            else Content(at + 1);
        }
    }

    private readonly ReadOnlySpan<byte> TypeOf(int block)
    {
        for (var at = block + 1; at < block + _entries[block].Size; at += 1 + _entries[at + 1].Size)
        {
            if (JsonText.Is(Escaped(at), "type"u8)) return First(at + 1) == '"' ? Escaped(at + 1) : default;
        }

        return default;
    }

    /// <summary>What is there for the protocol alone. A name with escapes is as good as none: it is counted, whatever it means.</summary>
    private static bool IsNoText(ReadOnlySpan<byte> name) => name.Length switch
    {
        2 => name.SequenceEqual("id"u8),
        4 => name.SequenceEqual("type"u8) || name.SequenceEqual("role"u8) || name.SequenceEqual("data"u8),
        6 => name.SequenceEqual("status"u8),
        7 => name.SequenceEqual("call_id"u8),
        9 => name.SequenceEqual("signature"u8),
        11 => name.SequenceEqual("tool_use_id"u8),
        12 => name.SequenceEqual("tool_call_id"u8),
        13 => name.SequenceEqual("cache_control"u8),
        17 => name.SequenceEqual("encrypted_content"u8),
        _ => false,
    };
}
