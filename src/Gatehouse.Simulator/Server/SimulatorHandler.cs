using System.Collections.Concurrent;
using System.Text.Json;
using Gatehouse.Simulator.Anthropic;
using Gatehouse.Simulator.Chat;
using Gatehouse.Simulator.Faults;
using Gatehouse.Simulator.Load;
using Gatehouse.Simulator.Recording;
using Gatehouse.Simulator.Responses;
using Gatehouse.Simulator.Wire;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Simulator.Server;

/// <summary>Takes a request from its arrival to the last byte of its answer. One instance serves all requests.</summary>
internal sealed class SimulatorHandler(Backstage stage, ReceivedLog log, SimulatorStats stats)
{
    private readonly ConcurrentDictionary<string, BenchAnswer?> _bench = new(StringComparer.Ordinal);
    private readonly ReplyWriter _writer = new(stage, stats);

    /// <summary>Handles one request.</summary>
    public async Task HandleAsync(HttpContext context)
    {
        if (context.Request.Path.StartsWithSegments("/_simulator", StringComparison.Ordinal))
        {
            await RecordingApi.HandleAsync(context, log, stats);
            return;
        }
        stats.RequestReceived();
        var received = stage.Options.RecordRequests ? Record(context) : null;
        try
        {
            await AnswerAsync(context, received);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The caller is gone; there is nobody left to tell.
        }
        finally
        {
            if (context.IsCallerGone())
            {
                stats.RequestCancelled();
                received?.ClientGone(stage.Time.GetUtcNow());
            }
            if (received is not null) received.Status = context.Response.HasStarted ? context.Response.StatusCode : 0;
            received?.Finished(stage.Time.GetUtcNow());
        }
    }

    private async Task AnswerAsync(HttpContext context, ReceivedRequest? received)
    {
        var request = context.Request;
        var path = request.Path.Value ?? "/";
        var (endpoint, id) = Routes.Match(request.Method, path);
        var vendor = Routes.VendorOf(endpoint, path, request.Headers.ContainsKey("anthropic-version"));
        var requestId = vendor == Vendor.Anthropic ? WireId.Anthropic("req") : WireId.Hex("req");
        var body = await RequestBody.ReadAsync(request, context.RequestAborted);
        if (body is not null && received is not null) log.Attach(received, body);
        var key = KeyCheck.Find(request, vendor);
        var error = endpoint == Endpoint.Unknown ? UnknownRoute(request, vendor)
            : KeyCheck.Refuse(request, key, vendor, stage.Options) ?? (endpoint == Endpoint.Messages ? Subscription.Of(request)?.Refusal() : null) ?? (body is null ? RequestBody.TooLarge(vendor) : null);
        if (error is not null)
        {
            await _writer.WriteAsync(context, new ErrorReply(error), vendor, requestId);
            return;
        }
        if (BenchAnswer.Find(_bench, endpoint, body) is { } bench)
        {
            await BenchPlayer.PlayAsync(context, bench, vendor, requestId, stage.Time, stats);
            return;
        }
        using var document = Parse(request, body!, vendor, out var malformed);
        var call = new Call(request, document?.RootElement ?? default, key, vendor);
        var (faults, unknown) = FaultGrammar.OfModel(call.Model);
        if (unknown.Count > 0) malformed = ApiError.Invalid($"model: unknown simulator fault {string.Join(", ", unknown)}", "model");
        var reply = malformed is not null ? new ErrorReply(malformed) : Answer(endpoint, id, call with { Faults = faults }, requestId);
        await _writer.WriteAsync(context, reply, vendor, requestId);
    }

    private Reply Answer(Endpoint endpoint, string id, Call call, string requestId) => endpoint switch
    {
        Endpoint.Messages => MessagesApi.Create(call, stage, requestId),
        Endpoint.CountTokens => Faulty(MessagesApi.CountTokens(call, stage), call),
        Endpoint.Chat => ChatApi.Create(call, stage),
        Endpoint.Responses => ResponsesApi.Create(call, stage),
        Endpoint.Compact => Faulty(StoredResponsesApi.Compact(call, stage), call),
        Endpoint.InputTokens => Faulty(StoredResponsesApi.CountTokens(call, stage), call),
        Endpoint.StoredResponse => StoredResponsesApi.Single(call, stage, id),
        Endpoint.InputItems => StoredResponsesApi.InputItems(call, stage, id),
        Endpoint.Models => ModelsApi.List(call),
        _ => ModelsApi.Single(call, id),
    };

    /// <summary>Calls that no script plays a part in break by the model's name all the same; what is refused is refused whole.</summary>
    private static Reply Faulty(Reply reply, Call call) =>
        reply is ErrorReply ? reply : reply with { Faults = call.Faults, Model = call.Model };

    private static JsonDocument? Parse(HttpRequest request, byte[] body, Vendor vendor, out ApiError? error)
    {
        error = null;
        if (request.Method != "POST") return null;
        if (request.ContentType?.StartsWith("application/json", StringComparison.OrdinalIgnoreCase) != true)
        {
            error = ContentType(request.ContentType, vendor);
            return null;
        }
        // The parser looks at strings only when they are read.
        if (!System.Text.Unicode.Utf8.IsValid(body))
        {
            error = NotJson(vendor, "invalid UTF-8");
            return null;
        }
        try
        {
            var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 256 });
            var half = Surrogates.FindLone(body);
            if (half < 0 && document.RootElement.ValueKind == JsonValueKind.Object) return document;
            document.Dispose();
            error = NotJson(vendor, half < 0 ? "Input should be a valid dictionary" : $"no low surrogate in string: line 1 column {half + 1} (char {half})");
        }
        catch (JsonException problem)
        {
            error = NotJson(vendor, $"line {problem.LineNumber + 1} column {problem.BytePositionInLine + 1}");
        }
        return null;
    }

    private static ApiError NotJson(Vendor vendor, string where) => ApiError.Invalid(vendor == Vendor.Anthropic
        ? $"The request body is not valid JSON: {where}"
        : $"We could not parse the JSON body of your request. (HINT: This likely means you aren't using your HTTP library correctly. The OpenAI API expects a JSON payload, but what was sent was not valid JSON: {where}.)");

    private static ApiError ContentType(string? given, Vendor vendor) => ApiError.Invalid(vendor == Vendor.Anthropic
        ? "content-type: must be application/json"
        : $"Unsupported content type: '{given}'. This API method only accepts 'application/json' requests, but you specified the header 'Content-Type: {given}'. Please try again with a supported content type.",
        null, vendor == Vendor.Anthropic ? null : "unsupported_content_type");

    private static ApiError UnknownRoute(HttpRequest request, Vendor vendor) => vendor == Vendor.Anthropic
        ? new ApiError(404, "not_found_error", "Not Found")
        : new ApiError(404, "invalid_request_error", $"Invalid URL ({request.Method} {request.Path})");

    private ReceivedRequest Record(HttpContext context)
    {
        var request = context.Request;
        var received = new ReceivedRequest
        {
            ReceivedAt = stage.Time.GetUtcNow(),
            Method = request.Method,
            PathAndQuery = request.Path + request.QueryString,
            Headers = [.. request.Headers.Select(h => KeyValuePair.Create(h.Key, h.Value.Select(v => v ?? "").ToArray()))],
        };
        // Registered, not only looked at in the end: a test wants to know when the caller went away, not when a pause was over.
        context.RequestAborted.Register(() =>
        {
            if (context.IsCallerGone()) received.ClientGone(stage.Time.GetUtcNow());
        });
        log.Add(received);
        return received;
    }
}
