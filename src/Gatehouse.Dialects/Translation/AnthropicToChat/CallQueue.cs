using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation.Anthropic;

namespace Gatehouse.Dialects.Translation.AnthropicToChat;

/// <summary>
/// The tool calls of a chat answer. A Messages stream has one block at a time, chat deltas may mix their calls: one call is written as it comes, the
/// others are held until its arguments are whole. Not thread-safe.
/// </summary>
internal sealed class CallQueue(ChatAttempt attempt, MessagesStream stream) : IDisposable
{
    /// <summary>More calls than any answer has: looking for one among them must stay cheap.</summary>
    private const int MostCalls = 1024;

    private readonly List<QueuedCall> _calls = [];
    private readonly List<byte[]> _clientIds = [];
    private readonly PooledBuffer _plain = new();
    private QueuedCall? _live;

    /// <summary>The ids under which the client was given its calls.</summary>
    public IReadOnlyList<byte[]> ClientIds => _clientIds;

    /// <summary>Takes an element of a delta's <c>tool_calls</c>.</summary>
    public void Read(JsonView item)
    {
        var function = item["function"u8];
        if (!function.IsObject) function = item["custom"u8];
        var arguments = function["arguments"u8];
        if (!arguments.Exists) arguments = function["input"u8];
        Take(Find(item["index"u8], item["id"u8]), item["id"u8], function["name"u8], arguments);
    }

    /// <summary>Takes a delta's <c>function_call</c>, the form from before tools.</summary>
    public void ReadLegacy(JsonView call) => Take(Find(default, default), default, call["name"u8], call["arguments"u8]);

    /// <summary>Makes way for content of another kind. False when a call is being written whose arguments are not whole: the other content has to wait.</summary>
    public bool TryYield()
    {
        if (_live is null) return true;
        if (!IsWhole(_live)) return false;
        Close(_live);
        return true;
    }

    /// <summary>Writes all that was held: no more is to come.</summary>
    /// <param name="isCut">Whether the answer was cut short, so that arguments may well be unfinished.</param>
    public void Flush(bool isCut)
    {
        if (_live is not null) Close(_live, isCut);
        foreach (var call in _calls)
        {
            if (call.State != CallState.Held) continue;
            if (call.Name.Length == 0)
            {
                attempt.Lose(MessagesLosses.UnknownPart);
                continue;
            }

            Open(call);
            Close(call, isCut);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _plain.Dispose();
        foreach (var call in _calls) call.Dispose();
    }

    private void Take(QueuedCall? call, JsonView id, JsonView name, JsonView arguments)
    {
        if (call is null)
        {
            attempt.Lose(MessagesLosses.UnknownPart);
            return;
        }

        if (call.State == CallState.Closed)
        {
            if (arguments is { IsString: true, IsEmpty: false }) attempt.Lose(MessagesLosses.ToolInput);
            return;
        }

        if (call.Id.Length == 0) _ = id.TryAppendPlain(call.Id);
        if (call.Name.Length == 0) _ = name.TryAppendPlain(call.Name);
        // Some hosts send arguments as an object, not as text.
        var isObject = arguments.IsObject;
        if (isObject) JsonText.WriteEscaped(call.Arguments, arguments.Raw);
        else call.Arguments.Append(arguments.Escaped);
        if (call == _live && !isObject) Write(call, arguments.Escaped);
        else if (call == _live) Write(call, call.Arguments.Written);
        else if (call.Name.Length > 0 && TryYield()) Open(call);
    }

    /// <summary>
    /// The call that a delta belongs to. Most hosts number them; some repeat number 0 with another id, and some number nothing and send each call whole.
    /// Null when there are too many.
    /// </summary>
    private QueuedCall? Find(JsonView number, JsonView id)
    {
        var hasNumber = number.TryInteger(out var index);
        for (var i = _calls.Count - 1; i >= 0; i--)
        {
            var call = _calls[i];
            if (hasNumber && call.Number != index) continue;
            if (id is { IsString: true, IsEmpty: false } && call.Id.Length > 0 && !id.Is(call.Id.Written)) break;
            return call;
        }

        if (_calls.Count == MostCalls) return null;
        var added = new QueuedCall(hasNumber ? index : -1);
        _calls.Add(added);
        return added;
    }

    private void Open(QueuedCall call)
    {
        call.Tool = attempt.Names.Find(call.Name.Written);
        call.State = CallState.Live;
        _live = call;
        if (call.IsAnswer)
        {
            stream.Close();
            Write(call, call.Arguments.Written);
            return;
        }

        _plain.Clear();
        if (call.Id.Length > 0) ToolIds.ToClient(call.Id.Written, _plain);
        else
        {
            Span<byte> made = stackalloc byte[MadeId.Longest];
            _plain.Append(MadeId.Make(attempt.Context, made, "toolu_"u8, _clientIds.Count + 1));
        }

        _clientIds.Add(_plain.Written.ToArray());
        stream.OpenTool("tool_use"u8, _plain.Written, call.Tool is { } tool ? tool.Name : call.Name.Written);
        Write(call, call.Arguments.Written);
    }

    private void Write(QueuedCall call, ReadOnlySpan<byte> escaped)
    {
        if (call.IsAnswer) stream.Text(escaped);
        else stream.Input(escaped);
    }

    private void Close(QueuedCall call, bool isCut = false)
    {
        call.State = CallState.Closed;
        _live = null;
        stream.Close();
        if (!isCut && !call.IsAnswer && !(Unescape(call) && ToolInput.IsObject(_plain.Written))) attempt.Lose(MessagesLosses.ToolInput);
    }

    private bool IsWhole(QueuedCall call) => Unescape(call) && JsonView.TryParse(_plain.Written, out _);

    private bool Unescape(QueuedCall call)
    {
        _plain.Clear();
        var escaped = call.Arguments.Written;
        if (!JsonText.TryUnescape(escaped, _plain.GetSpan(escaped.Length), out var written)) return false;
        _plain.Advance(written);
        return true;
    }
}

/// <summary>How far a call of the answer is.</summary>
internal enum CallState : byte
{
    /// <summary>Nothing of it is written.</summary>
    Held,

    /// <summary>Its block is open.</summary>
    Live,

    /// <summary>Its block is closed.</summary>
    Closed,
}

/// <summary>A call of the answer.</summary>
internal sealed class QueuedCall(long number) : IDisposable
{
    /// <summary>Its number among the calls; -1 when the host numbers none.</summary>
    public long Number { get; } = number;

    /// <summary>The upstream's id, plain.</summary>
    public PooledBuffer Id { get; } = new();

    /// <summary>The name that the upstream calls, plain.</summary>
    public PooledBuffer Name { get; } = new();

    /// <summary>Its arguments so far, escaped.</summary>
    public PooledBuffer Arguments { get; } = new();

    /// <summary>How far it is.</summary>
    public CallState State { get; set; }

    /// <summary>The client's tool; null for one that the client did not name.</summary>
    public ToolName? Tool { get; set; }

    /// <summary>Whether it is the call of the tool that stands in for an output format, so that its arguments are the answer's text.</summary>
    public bool IsAnswer => Tool is { Kind: ToolKind.OutputFormat };

    /// <inheritdoc/>
    public void Dispose()
    {
        Id.Dispose();
        Name.Dispose();
        Arguments.Dispose();
    }
}
