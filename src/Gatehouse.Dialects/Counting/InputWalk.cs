using System.Buffers.Text;
using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Counting;

/// <summary>
/// Walks a request for <see cref="InputMeasure"/>. It knows the fields that hold no text for the model (ids, types, signatures, sealed state) and counts
/// everything else, so that fields of tomorrow are not forgotten. It goes by the index without making views: every translated call is measured.
/// </summary>
internal ref struct InputWalk
{
    private readonly JsonTree _tree;
    private InputSize _size;

    private InputWalk(JsonTree tree) => _tree = tree;

    /// <summary>Measures a body by its whole index. Zero for one that is no object.</summary>
    public static InputSize Measure(ReadOnlySpan<byte> body, ReadOnlySpan<JsonIndex.Entry> entries)
    {
        var walk = new InputWalk(new JsonTree(body, entries));
        if (walk._tree.First(0) == '{') walk.Request();
        return walk._size;
    }

    private void Request()
    {
        for (var (at, behind) = (1, _tree.Behind(0)); at < behind; at = _tree.Behind(at + 1))
        {
            var name = _tree.Inside(at);
            if (JsonText.Is(name, "system"u8) || JsonText.Is(name, "messages"u8) || JsonText.Is(name, "input"u8) || JsonText.Is(name, "instructions"u8))
                Content(at + 1);
            else if (JsonText.Is(name, "tools"u8) || JsonText.Is(name, "functions"u8)) Tools(at + 1);
            else if (JsonText.Is(name, "response_format"u8) || JsonText.Is(name, "text"u8) || JsonText.Is(name, "output_config"u8) || JsonText.Is(name, "output_format"u8))
                TextMeasure.Add(_tree.Raw(at + 1), ref _size);
            else if (JsonText.Is(name, "max_tokens"u8) || JsonText.Is(name, "max_completion_tokens"u8) || JsonText.Is(name, "max_output_tokens"u8))
                _size.MaxOutput = WholeNumber(at + 1);
        }
    }

    private readonly long? WholeNumber(int at) =>
        Utf8Parser.TryParse(_tree.Raw(at), out long number, out var length) && length == _tree.Raw(at).Length ? number : null;

    private void Tools(int tools)
    {
        if (_tree.First(tools) != '[') return;
        for (var (at, behind) = (tools + 1, _tree.Behind(tools)); at < behind; at = _tree.Behind(at))
        {
            _size.Parts++;
            TextMeasure.Add(_tree.Raw(at), ref _size);
        }
    }

    private void Content(int value)
    {
        switch (_tree.First(value))
        {
            case (byte)'"':
                TextMeasure.Add(_tree.Inside(value), ref _size);
                break;
            case (byte)'[':
                for (var (at, behind) = (value + 1, _tree.Behind(value)); at < behind; at = _tree.Behind(at))
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
            _size.ImageTokens += ImageSize.Tokens(_tree.View(block));
            return;
        }

        if (JsonText.Is(type, "document"u8) || JsonText.Is(type, "file"u8) || JsonText.Is(type, "input_file"u8))
        {
            _size.DocumentBytes += _tree.Raw(block).Length * 3L / 4;
            return;
        }

        for (var (at, behind) = (block + 1, _tree.Behind(block)); at < behind; at = _tree.Behind(at + 1))
        {
            var name = _tree.Inside(at);
            if (IsNoText(name)) continue;
            if ((JsonText.Is(name, "input"u8) && _tree.First(at + 1) == '{') || JsonText.Is(name, "function"u8) || JsonText.Is(name, "action"u8))
                TextMeasure.Add(_tree.Raw(at + 1), ref _size);
            else Content(at + 1);
        }
    }

    private readonly ReadOnlySpan<byte> TypeOf(int block)
    {
        for (var (at, behind) = (block + 1, _tree.Behind(block)); at < behind; at = _tree.Behind(at + 1))
        {
            if (JsonText.Is(_tree.Inside(at), "type"u8)) return _tree.First(at + 1) == '"' ? _tree.Inside(at + 1) : default;
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
