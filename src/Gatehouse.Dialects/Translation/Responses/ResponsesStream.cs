using System.Text;
using Gatehouse.Dialects.Errors;
using Gatehouse.Dialects.Facts;
using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Translation.Responses;

/// <summary>
/// Writes a client's Responses stream with its whole lifecycle: numbered events, items and parts opened and closed in pairs, one end that
/// repeats the whole output. Several items may be open at once. What is still open when the end comes is closed as <c>incomplete</c>. Belongs to one
/// attempt, not thread-safe; allocates nothing per delta. Disposing it gives its memory back.
/// </summary>
internal sealed partial class ResponsesStream(EdgeContext context, PooledBuffer echo, EventWriter events) : IDisposable
{
    private readonly List<ResponsesItem> _items = [];
    private readonly string _key = context.ExchangeId.ToString("N");
    private long _sequence;

    /// <summary>Whether <c>response.created</c> was written.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>How many items there are so far.</summary>
    public int Items => _items.Count;

    /// <summary>The service tier that the upstream says it used, as JSON; empty when it said nothing.</summary>
    public PooledBuffer ServiceTier { get; } = new();

    /// <summary>Writes <c>response.created</c> and <c>response.in_progress</c>, once.</summary>
    public void Begin()
    {
        if (HasBegun) return;
        HasBegun = true;
        WriteResponse("response.created"u8, "in_progress"u8, StopReason.None, null, null);
        WriteResponse("response.in_progress"u8, "in_progress"u8, StopReason.None, null, null);
    }

    /// <summary>Whether an answer that stopped for this reason counts as <c>incomplete</c>.</summary>
    public static bool IsCut(StopReason reason) => !StopReasons.ResponsesIncomplete(reason).IsEmpty;

    /// <summary>Closes what is open and ends the stream: <c>response.completed</c>, or <c>response.incomplete</c> where the reason says so.</summary>
    public void End(StopReason reason, Usage usage)
    {
        Begin();
        var isCut = IsCut(reason);
        foreach (var item in _items) Close(item, isCut ? "incomplete"u8 : "completed"u8);
        WriteResponse(isCut ? "response.incomplete"u8 : "response.completed"u8, isCut ? "incomplete"u8 : "completed"u8, reason, null, usage);
    }

    /// <summary>
    /// Ends the stream badly: an <c>error</c> event, which makes the vendors' libraries throw, and behind it <c>response.failed</c>, on whose code Codex
    /// decides what to do. Before the first event there is only the <c>error</c>. Items that were not done are not told as done: agents keep those that are.
    /// </summary>
    public void Fail(DialectError error)
    {
        events.Fail(Dialect.OpenAiResponses, error, _sequence++);
        if (!HasBegun) return;
        WriteResponse("response.failed"u8, "failed"u8, StopReason.None, error, null);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var item in _items) item.Release();
        ServiceTier.Dispose();
    }

    private ResponsesItem Add(ItemShape shape, ReadOnlySpan<byte> prefix, byte[]? callId = null, byte[]? name = null, byte[]? toolNamespace = null)
    {
        Begin();
        var id = Encoding.ASCII.GetBytes($"{Encoding.ASCII.GetString(prefix)}_{_key}{_items.Count:x4}");
        var item = new ResponsesItem(shape, _items.Count, id) { CallId = callId ?? [], Name = name ?? [], Namespace = toolNamespace };
        _items.Add(item);
        return item;
    }

    private JsonWriter Begin(ReadOnlySpan<byte> type)
    {
        var json = events.Begin(type);
        json.BeginObject();
        json.String("type"u8, type);
        json.Number("sequence_number"u8, _sequence++);
        return json;
    }

    private void Finish()
    {
        events.Json.EndObject();
        events.End();
    }

    private void WriteResponse(ReadOnlySpan<byte> type, ReadOnlySpan<byte> status, StopReason reason, DialectError? error, Usage? usage)
    {
        var json = Begin(type);
        json.BeginObject("response"u8);
        json.String("id"u8, "resp_" + _key);
        json.String("object"u8, "response"u8);
        json.Number("created_at"u8, context.Created);
        json.String("status"u8, status);
        json.Bool("background"u8, false);
        WriteFault(json, reason, error);
        json.String("model"u8, context.ModelAsked);
        json.BeginArray("output"u8);
        foreach (var item in _items)
        {
            if (item.IsDone) json.Raw(item.Final.Written);
        }

        json.EndArray();
        if (ServiceTier.Length > 0) json.Raw("service_tier"u8, ServiceTier.Written);
        if (echo.Length > 0) json.RawMembers(echo.Written);
        json.Name("usage"u8);
        if (usage is { IsEmpty: false } known) UsageText.Write(json, Dialect.OpenAiResponses, known);
        else json.Null();
        json.EndObject();
        Finish();
    }

    private static void WriteFault(JsonWriter json, StopReason reason, DialectError? error)
    {
        json.Name("error"u8);
        if (error is null)
            json.Null();
        else
        {
            json.BeginObject();
            json.String("code"u8, error.Code ?? ErrorWords.OpenAi(error.Kind).Code ?? "server_error");
            json.String("message"u8, error.Message);
            json.EndObject();
        }

        json.Name("incomplete_details"u8);
        var incomplete = StopReasons.ResponsesIncomplete(reason);
        if (incomplete.IsEmpty)
        {
            json.Null();
            return;
        }

        json.BeginObject();
        json.String("reason"u8, incomplete);
        json.EndObject();
    }
}
