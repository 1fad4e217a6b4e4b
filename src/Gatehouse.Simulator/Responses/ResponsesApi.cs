using System.Text.Json;
using Gatehouse.Simulator.Metering;
using Gatehouse.Simulator.Scenarios;
using Gatehouse.Simulator.Server;
using Gatehouse.Simulator.Wire;

namespace Gatehouse.Simulator.Responses;

/// <summary>Answers <c>/v1/responses</c>.</summary>
internal static class ResponsesApi
{
    /// <summary>Answers a response request, whole or as a stream, and keeps it unless <c>store</c> is false.</summary>
    public static Reply Create(Call call, Backstage stage)
    {
        var request = call.Body;
        var items = ResponsesConversation.Items(request);
        if (Resolve(items, call.Key, stage.Responses) is { } unknown) return new ErrorReply(unknown);
        if (request.Text("previous_response_id") is { } previous)
        {
            if (stage.Responses.Find(previous, call.Key) is not { } earlier) return new ErrorReply(NoPrevious(previous));
            items.InsertRange(0, earlier.Input);
        }
        if (ResponsesCheck.Check(request, items, stage.Seals) is { } error) return new ErrorReply(error);
        var show = Performance.Plan("openai-responses", call, stage, ResponsesConversation.Read(request, items));
        var body = Body(call, stage, items, show);
        if (request.Get("store") is not { ValueKind: JsonValueKind.False }) Keep(call, stage, items, body);
        if (call.Stream)
        {
            var stream = new ResponsesStream(body);
            return show.Dress(new StreamReply(stream.Events(), body.Answer.Pause, stream.Failure));
        }
        return show.Dress(new JsonReply(200, Json.Indented(body.Final()))
        {
            FirstByteDelay = body.Answer.Pause,
            FailedBody = Json.Indented(body.Failed(new ApiError(500, "server_error", "The model had an error.", null, "server_error"))),
        });
    }

    /// <summary>The pieces of a request in the order in which the vendor caches them.</summary>
    public static IEnumerable<string> Pieces(JsonElement request, IReadOnlyList<JsonElement> items) =>
        request.Items("tools").Select(t => t.GetRawText()).Append(request.Text("instructions") ?? "")
            .Concat(items.Select(i => i.GetRawText()));

    /// <summary>Puts stored items in the place of references to them.</summary>
    private static ApiError? Resolve(List<JsonElement> items, string owner, ResponseStore store)
    {
        for (var i = 0; i < items.Count; i++)
        {
            if (items[i].Text("type") != "item_reference") continue;
            var id = items[i].Text("id") ?? "";
            if (store.FindItem(id, owner) is not { } item)
                return new ApiError(404, "invalid_request_error", $"Item with id '{id}' not found.", "input");
            items[i] = item;
        }
        return null;
    }

    private static ResponsesBody Body(Call call, Backstage stage, List<JsonElement> items, Performance show)
    {
        var (request, answer) = (call.Body, show.Answer);
        var use = show.Report(OpenAiMeter.Count(Pieces(request, items), call.Key, stage.Cache, answer));
        var encrypted = request.Items("include").Any(i => i.ValueEquals("reasoning.encrypted_content"));
        var summary = request.Get("reasoning")?.Text("summary") is not null;
        var output = ResponsesItems.Make(answer, stage.Seals, encrypted, summary);
        return new ResponsesBody(request, answer, output, use, stage.Time.GetUtcNow().ToUnixTimeSeconds(), WireId.Hex("resp"));
    }

    private static void Keep(Call call, Backstage stage, List<JsonElement> items, ResponsesBody body)
    {
        using var response = JsonDocument.Parse(Json.Compact(body.Final()));
        var root = response.RootElement.Clone();
        stage.Responses.Keep(body.Id, new StoredResponse(call.Key, root, [.. items, .. root.Items("output")]) { OwnInput = items.Count });
    }

    private static ApiError NoPrevious(string id) =>
        ApiError.Invalid($"Previous response with id '{id}' not found.", "previous_response_id", "previous_response_not_found");
}
