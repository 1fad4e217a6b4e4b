using System.Text.Json;
using System.Text.Json.Nodes;
using Gatehouse.Simulator.Metering;
using Gatehouse.Simulator.Scripts;
using Gatehouse.Simulator.Wire;

namespace Gatehouse.Simulator.Responses;

/// <summary>The <c>response</c> object in each of its states. It keeps what it needs of the request, not the request.</summary>
internal sealed class ResponsesBody
{
    private readonly JsonObject _echo;
    private readonly TokenUse? _use;
    private readonly long _created;
    private readonly string _model;

    /// <summary>Prepares the object for one answer.</summary>
    public ResponsesBody(JsonElement request, Answer answer, List<OutputItem> items, TokenUse? use, long created, string id)
    {
        (Answer, Items, Id, _use, _created, _model) = (answer, items, id, use, created, request.Text("model") ?? "");
        _echo = ResponsesEcho.Of(request);
    }

    public string Id { get; }

    public Answer Answer { get; }

    public List<OutputItem> Items { get; }

    /// <summary>The last event's type, by how the answer ends.</summary>
    public string EndEvent => Answer.End is AnswerEnd.TokenLimit or AnswerEnd.Refusal ? "response.incomplete" : "response.completed";

    /// <summary>The object at the beginning: no output, no usage.</summary>
    public JsonObject InProgress() => Make("in_progress", [], null);

    /// <summary>The object at the end.</summary>
    public JsonObject Final()
    {
        var done = EndEvent == "response.completed";
        var response = Make(done ? "completed" : "incomplete", Items.Select(i => i.Final.DeepClone()), _use is null ? null : Usage(_use));
        if (!done)
        {
            var reason = Answer.End == AnswerEnd.Refusal ? "content_filter" : "max_output_tokens";
            response["incomplete_details"] = new JsonObject { ["reason"] = reason };
        }
        return response;
    }

    /// <summary>The object of a response that failed.</summary>
    public JsonObject Failed(ApiError error)
    {
        var response = Make("failed", [], null);
        response["error"] = new JsonObject { ["code"] = error.Code ?? error.Type, ["message"] = error.Message };
        return response;
    }

    private JsonObject Make(string status, IEnumerable<JsonNode> output, JsonObject? usage)
    {
        var response = new JsonObject
        {
            ["id"] = Id,
            ["object"] = "response",
            ["created_at"] = _created,
            ["status"] = status,
            ["background"] = false,
            ["access_programs"] = null,
            ["error"] = null,
            ["incomplete_details"] = null,
            ["model"] = _model,
            ["output"] = new JsonArray([.. output]),
        };
        foreach (var (name, value) in _echo) response[name] = value?.DeepClone();
        response["usage"] = usage;
        return response;
    }

    /// <summary>Usage; the input's figure includes what the cache covered.</summary>
    public static JsonObject Usage(TokenUse use) => new()
    {
        ["input_tokens"] = use.AllInput,
        ["input_tokens_details"] = new JsonObject { ["cached_tokens"] = use.CacheRead, ["cache_write_tokens"] = 0 },
        ["output_tokens"] = use.Output,
        ["output_tokens_details"] = new JsonObject { ["reasoning_tokens"] = use.Reasoning },
        ["total_tokens"] = use.AllInput + use.Output,
    };
}
