using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation.Responses;

namespace Gatehouse.Dialects.Translation.Chat;

/// <summary>
/// The tool calls of an answer under the client's names and ids: functions, free-form tools, whose text is taken out of its argument, and the tool that
/// stands in for an output format, whose input is the answer's text. Not thread-safe.
/// </summary>
internal sealed class ChatAnswerCalls(ChatEdgeRequest request, ChatStream chat) : IDisposable
{
    private readonly PooledBuffer _ids = new();
    private readonly PooledBuffer _piece = new();
    private readonly PooledBuffer _text = new();
    private readonly List<(int Start, int Length)> _calls = [];
    private readonly List<ChatAnswerCall> _freeForm = [];

    /// <summary>Whether the answer came in the format asked for.</summary>
    public bool HasFormat { get; private set; }

    /// <summary>A call begins; null when the client can't be told of it.</summary>
    /// <param name="id">The upstream's id of it.</param>
    /// <param name="name">The tool's name as the upstream knows it.</param>
    /// <param name="isText">Whether the upstream too knows it as a free-form tool, and gives its text as it is.</param>
    public ChatAnswerCall? Begin(JsonView id, JsonView name, bool isText)
    {
        var plain = request.Plain(name);
        var tool = request.Names.Find(plain);
        if (tool?.Kind == ToolKind.OutputFormat) return BeginFormat();
        if (request.LegacyFunctions && chat.Tools > 0)
        {
            request.Lose(ChatLosses.SecondCall);
            return null;
        }

        var clientName = tool is null ? plain.ToArray() : tool.Name;
        var start = _ids.Length;
        ToolIds.ToClient(request.Plain(id), _ids);
        _calls.Add((start, _ids.Length - start));
        var kind = isText ? ToolKind.Custom : tool?.Kind ?? ToolKind.Function;
        var index = chat.BeginTool(_ids.Written[start..], clientName, kind);
        var call = new ChatAnswerCall(kind, index, kind == ToolKind.Custom && !isText ? new StringArgument() : null);
        if (call.Text is not null) _freeForm.Add(call);
        return call;
    }

    /// <summary>A call's input goes on.</summary>
    public void Add(ChatAnswerCall call, JsonView partial)
    {
        if (partial.IsEmpty) return;
        call.HasInput = true;
        if (call.Text is null)
        {
            Write(call, partial.Escaped);
            return;
        }

        _piece.Clear();
        _text.Clear();
        if (partial.TryAppendPlain(_piece)) call.Text.Add(_piece.Written, _text);
        Write(call, _text.Written);
    }

    /// <summary>A call is complete. One without arguments gets an empty object: clients parse the string.</summary>
    public void End(ChatAnswerCall call)
    {
        if (call.Text is not null)
        {
            _text.Clear();
            call.Text.End(_text);
            Write(call, _text.Written);
        }
        else if (!call.HasInput && call.Kind != ToolKind.Custom)
            Write(call, "{}"u8);
    }

    /// <summary>Remembers what was thought before the calls, under each of them.</summary>
    public void Remember(ReadOnlySpan<byte> state)
    {
        foreach (var (start, length) in _calls) request.Context.Memory.Remember(_ids.Written.Slice(start, length), state);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _ids.Dispose();
        _piece.Dispose();
        _text.Dispose();
        foreach (var call in _freeForm) call.Text!.Dispose();
    }

    /// <summary>A call's whole input, an object.</summary>
    public void AddWhole(ChatAnswerCall call, JsonView input)
    {
        if (input is not { IsObject: true, IsEmpty: false }) return;
        call.HasInput = true;
        _piece.Clear();
        if (call.Text is not null) call.Text.Add(input.Raw, _piece);
        else JsonText.WriteEscaped(_piece, input.Raw);
        Write(call, _piece.Written);
    }

    /// <summary>The answer in its format is the message's text; another one in the same answer is not told.</summary>
    private ChatAnswerCall? BeginFormat()
    {
        if (HasFormat)
        {
            request.Lose(ChatLosses.FormatText);
            return null;
        }

        HasFormat = true;
        return new ChatAnswerCall(ToolKind.OutputFormat, 0, null);
    }

    private void Write(ChatAnswerCall call, ReadOnlySpan<byte> escaped)
    {
        if (call.Kind == ToolKind.OutputFormat) chat.Content(escaped);
        else chat.ToolInput(call.Index, call.Kind, escaped);
    }
}

/// <summary>One call of an answer.</summary>
internal sealed class ChatAnswerCall(ToolKind kind, int index, StringArgument? text)
{
    /// <summary>What the client's tool is.</summary>
    public ToolKind Kind { get; } = kind;

    /// <summary>The call's index in the message.</summary>
    public int Index { get; } = index;

    /// <summary>Takes a free-form tool's text out of its argument.</summary>
    public StringArgument? Text { get; } = text;

    /// <summary>Whether there was any input.</summary>
    public bool HasInput { get; set; }
}
