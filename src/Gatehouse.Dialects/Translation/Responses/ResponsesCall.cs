using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Translation.Responses;

/// <summary>
/// One tool call of an answer, told as the kind of item that the client's tool has: a function's arguments and a free-form tool's input as they
/// come, others when they are whole, and a format's stand-in as the text of a message. Not thread-safe.
/// </summary>
internal sealed class ResponsesCall : IDisposable
{
    private readonly ResponsesStream _stream;
    private readonly ToolKind _kind;
    private readonly byte[] _callId;
    private readonly ResponsesItem? _item;
    private readonly StringArgument? _argument;
    private readonly PooledBuffer _plain = new();
    private readonly PooledBuffer _text = new();
    private bool _isDone;
    private bool _isText;

    /// <summary>Begins a call.</summary>
    /// <param name="stream">The client's stream.</param>
    /// <param name="tool">The tool; null when the client has none of this name.</param>
    /// <param name="name">The name that the upstream gave, plain.</param>
    /// <param name="callId">The upstream's id of the call, plain.</param>
    public ResponsesCall(ResponsesStream stream, ToolName? tool, ReadOnlySpan<byte> name, ReadOnlySpan<byte> callId)
    {
        _stream = stream;
        _kind = tool?.Kind ?? ToolKind.Function;
        ToolIds.ToClient(callId, _text);
        _callId = _text.Written.ToArray();
        var (ownName, toolNamespace) = (Escaped(tool is null ? name : tool.Name), tool?.Namespace is { } own ? Escaped(own) : null);
        switch (_kind)
        {
            case ToolKind.Function:
                _item = stream.OpenFunction(_callId, ownName, toolNamespace);
                break;
            case ToolKind.Custom:
                _item = stream.OpenCustom(_callId, ownName, toolNamespace);
                _argument = new StringArgument();
                break;
            case ToolKind.OutputFormat:
                _item = stream.OpenMessage();
                stream.OpenPart(_item, PartShape.Text);
                break;
        }
    }

    /// <summary>Whether any argument came.</summary>
    public bool HasArguments { get; private set; }

    /// <summary>Takes a piece of the arguments: content of a JSON string, still escaped.</summary>
    public void Add(ReadOnlySpan<byte> escaped)
    {
        if (_isDone || escaped.IsEmpty) return;
        HasArguments = true;
        switch (_kind)
        {
            case ToolKind.Function:
                _stream.Input(_item!, escaped);
                break;
            case ToolKind.OutputFormat:
                _stream.Text(_item!, escaped);
                break;
            case ToolKind.Custom:
                _plain.Clear();
                Unescape(escaped);
                _text.Clear();
                _argument!.Add(_plain.Written, _text);
                _stream.Input(_item!, _text.Written);
                break;
            default:
                Unescape(escaped);
                break;
        }
    }

    /// <summary>Takes a piece of a free-form tool's input, still escaped, from an upstream that knows such tools.</summary>
    public void AddText(ReadOnlySpan<byte> escaped)
    {
        if (_isDone || escaped.IsEmpty) return;
        if (_kind != ToolKind.Custom)
        {
            Add(escaped);
            return;
        }

        HasArguments = _isText = true;
        _stream.Input(_item!, escaped);
    }

    /// <summary>Takes the whole arguments as JSON, where an upstream gives them in one piece.</summary>
    public void AddWhole(ReadOnlySpan<byte> arguments)
    {
        _text.Clear();
        JsonText.WriteEscaped(_text, arguments);
        var escaped = _text.Written.ToArray();
        Add(escaped);
    }

    /// <summary>Ends the call.</summary>
    public void End()
    {
        if (_isDone) return;
        _isDone = true;
        if (_argument is not null && !_isText)
        {
            _text.Clear();
            _argument.End(_text);
            _stream.Input(_item!, _text.Written);
        }
        else if (_kind == ToolKind.Function && !HasArguments)
            _stream.Input(_item!, "{}"u8);

        if (_item is not null)
        {
            _stream.Close(_item, "completed"u8);
            return;
        }

        _text.Clear();
        CallItems.WriteItem(new JsonWriter(_text), _kind, _callId, _plain.Written);
        _stream.AddWhole(CallItems.Prefix(_kind), _text.Written);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _argument?.Dispose();
        _plain.Dispose();
        _text.Dispose();
    }

    private void Unescape(ReadOnlySpan<byte> escaped)
    {
        // Half a surrogate pair is no character: the piece stays as it is.
        if (JsonText.TryUnescape(escaped, _plain.GetSpan(escaped.Length), out var written)) _plain.Advance(written);
        else _plain.Append(escaped);
    }

    private static byte[] Escaped(ReadOnlySpan<byte> plain)
    {
        using var text = new PooledBuffer();
        JsonText.WriteEscaped(text, plain);
        return text.Written.ToArray();
    }
}
