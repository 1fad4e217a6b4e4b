using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation.Responses;

namespace Gatehouse.Dialects.Translation.ResponsesToChat;

/// <summary>
/// The tool calls of an answer, put together from pieces. Hosts differ: some leave the index out or give every call the same one, some repeat id and name
/// in each piece, some give the arguments as an object. A call begins to be told once its name is known. Not thread-safe.
/// </summary>
internal sealed class CallTable(ResponsesToChatRequest attempt, ResponsesStream stream) : IDisposable
{
    /// <summary>More calls than any answer has: looking for one among them must stay cheap.</summary>
    private const int MostCalls = 1024;

    private readonly List<Call> _all = [];

    /// <summary>Takes an element of <c>tool_calls</c>.</summary>
    public void Add(JsonView piece)
    {
        var isCustom = piece["custom"u8].IsObject;
        var called = piece[isCustom ? "custom"u8 : "function"u8];
        if (!piece["index"u8].TryInteger(out var index)) index = -1;
        if (Find(index, piece["id"u8]) is not { } call)
        {
            attempt.Lose(ResponsesLosses.StreamUnknown);
            return;
        }

        if (call.Name.Length == 0) _ = called["name"u8].TryAppendPlain(call.Name);
        Take(call, called[isCustom ? "input"u8 : "arguments"u8], isCustom);
    }

    /// <summary>Takes a <c>function_call</c>, as older hosts have it: there is one at most, and it has no id.</summary>
    public void AddFunctionCall(JsonView called)
    {
        if (Find(long.MaxValue, default) is not { } call) return;
        if (call.Name.Length == 0) _ = called["name"u8].TryAppendPlain(call.Name);
        Take(call, called["arguments"u8], isCustom: false);
    }

    /// <summary>Ends all calls, in their order.</summary>
    public void EndAll()
    {
        foreach (var call in _all)
        {
            if (call.Told is null) Tell(call);
            call.Told!.End();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var call in _all) call.Dispose();
        _all.Clear();
    }

    /// <summary>The call that a piece belongs to, begun when there is none; null when there are too many.</summary>
    private Call? Find(long index, JsonView id)
    {
        for (var at = _all.Count - 1; at >= 0; at--)
        {
            var known = _all[at];
            var isSameId = !id.IsString || id.IsEmpty || known.Id.Length == 0 || id.Is(known.Id.Written);
            if (index < 0 ? isSameId : known.Index == index && isSameId)
            {
                if (known.Id.Length == 0) _ = id.TryAppendPlain(known.Id);
                return known;
            }
        }

        if (_all.Count == MostCalls) return null;
        var call = new Call(index);
        _ = id.TryAppendPlain(call.Id);
        _all.Add(call);
        return call;
    }

    private void Take(Call call, JsonView arguments, bool isCustom)
    {
        if (call.Told is null && call.Name.Length > 0) Tell(call);
        if (call.Told is not { } told)
            call.Early.Append(arguments.Escaped);
        else if (arguments.IsObject)
            told.AddWhole(arguments.Raw);
        else if (isCustom)
            told.AddText(arguments.Escaped);
        else
            told.Add(arguments.Escaped);
    }

    private void Tell(Call call)
    {
        if (call.Id.Length == 0)
        {
            // The client must be able to answer it; the place in the answer makes an id that is the same each time.
            call.Id.Append("call_"u8);
            call.Id.Append(System.Text.Encoding.ASCII.GetBytes($"{attempt.Context.ExchangeId.ToString("N")[8..]}{stream.Items:x4}"));
        }

        call.Told = new ResponsesCall(stream, attempt.Names.Find(call.Name.Written), call.Name.Written, call.Id.Written);
        call.Told.Add(call.Early.Written);
    }

    private sealed class Call(long index) : IDisposable
    {
        public long Index { get; } = index;

        public PooledBuffer Id { get; } = new();

        public PooledBuffer Name { get; } = new();

        public PooledBuffer Early { get; } = new();

        public ResponsesCall? Told { get; set; }

        public void Dispose()
        {
            Told?.Dispose();
            Id.Dispose();
            Name.Dispose();
            Early.Dispose();
        }
    }
}
