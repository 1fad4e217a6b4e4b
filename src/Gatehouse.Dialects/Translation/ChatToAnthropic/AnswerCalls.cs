using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation.Chat;
using Gatehouse.Dialects.Translation.Responses;

namespace Gatehouse.Dialects.Translation.ChatToAnthropic;

/// <summary>
/// The tool calls of an answer under the client's names and ids: functions, free-form tools, whose text is taken out of its argument, and the tool that
/// stands in for an output format, whose input is the answer's text. Not thread-safe.
/// </summary>
internal sealed class AnswerCalls(ChatToAnthropicRequest request, ChatStream chat) : IDisposable
{
    private readonly PooledBuffer _ids = new();
    private readonly PooledBuffer _piece = new();
    private readonly PooledBuffer _text = new();
    private readonly List<(int Start, int Length)> _calls = [];
    private readonly List<AnswerCall> _freeForm = [];

    /// <summary>Whether the answer came in the format asked for.</summary>
    public bool HasFormat { get; private set; }

    /// <summary>A call begins; null when the client can't be told of it.</summary>
    public AnswerCall? Begin(JsonView block)
    {
        var name = request.Plain(block["name"u8]);
        var tool = request.Names.Find(name);
        if (tool?.Kind == ToolKind.OutputFormat) return BeginFormat(block);
        if (request.LegacyFunctions && chat.Tools > 0)
        {
            request.Lose(ChatToAnthropicLosses.SecondCall);
            return null;
        }

        var clientName = tool is null ? name.ToArray() : tool.Name;
        var start = _ids.Length;
        ToolIds.ToClient(request.Plain(block["id"u8]), _ids);
        _calls.Add((start, _ids.Length - start));
        var kind = tool?.Kind ?? ToolKind.Function;
        var call = new AnswerCall(kind, chat.BeginTool(_ids.Written[start..], clientName, kind), kind == ToolKind.Custom ? new StringArgument() : null);
        if (call.Text is not null) _freeForm.Add(call);
        AddWhole(call, block["input"u8]);
        return call;
    }

    /// <summary>A call's input goes on.</summary>
    public void Add(AnswerCall call, JsonView partial)
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
    public void End(AnswerCall call)
    {
        if (call.Text is not null)
        {
            _text.Clear();
            call.Text.End(_text);
            Write(call, _text.Written);
        }
        else if (!call.HasInput)
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

    /// <summary>The answer in its format is the message's text; another one in the same answer is not told.</summary>
    private AnswerCall? BeginFormat(JsonView block)
    {
        if (HasFormat)
        {
            request.Lose(ChatToAnthropicLosses.FormatText);
            return null;
        }

        HasFormat = true;
        var call = new AnswerCall(ToolKind.OutputFormat, 0, null);
        AddWhole(call, block["input"u8]);
        return call;
    }

    /// <summary>Hosts that imitate the dialect give the whole input at the start.</summary>
    private void AddWhole(AnswerCall call, JsonView input)
    {
        if (input is not { IsObject: true, IsEmpty: false }) return;
        call.HasInput = true;
        _piece.Clear();
        if (call.Text is not null) call.Text.Add(input.Raw, _piece);
        else JsonText.WriteEscaped(_piece, input.Raw);
        Write(call, _piece.Written);
    }

    private void Write(AnswerCall call, ReadOnlySpan<byte> escaped)
    {
        if (call.Kind == ToolKind.OutputFormat) chat.Content(escaped);
        else chat.ToolInput(call.Index, call.Kind, escaped);
    }
}

/// <summary>One call of an answer.</summary>
internal sealed class AnswerCall(ToolKind kind, int index, StringArgument? text)
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
