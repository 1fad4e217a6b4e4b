using System.Text.Json;
using System.Text.Json.Nodes;
using Gatehouse.Simulator.Metering;
using Gatehouse.Simulator.Scripts;
using Gatehouse.Simulator.Server;
using Gatehouse.Simulator.Wire;

namespace Gatehouse.Simulator.Responses;

/// <summary>Answers the Responses endpoints beside creation: stored ones, token counts, compaction.</summary>
internal static class StoredResponsesApi
{
    public const string CompactionSeal = "compaction";

    /// <summary>Shows or deletes a stored response.</summary>
    public static Reply Single(Call call, Backstage stage, string id)
    {
        if (call.Http.Method == "DELETE")
        {
            return stage.Responses.Delete(id, call.Key)
                ? new JsonReply(200, Json.Indented(new JsonObject { ["id"] = id, ["object"] = "response", ["deleted"] = true }))
                : new ErrorReply(NotFound(id));
        }
        return stage.Responses.Find(id, call.Key) is { } found
            ? new JsonReply(200, Json.Indented(Json.Copy(found.Response)!))
            : new ErrorReply(NotFound(id));
    }

    /// <summary>Lists the input of a stored response, newest first as the vendor does.</summary>
    public static Reply InputItems(Call call, Backstage stage, string id)
    {
        if (stage.Responses.Find(id, call.Key) is not { } found) return new ErrorReply(NotFound(id));
        var items = found.Input.Take(found.OwnInput).Select(Listed).Reverse().ToList();
        return new JsonReply(200, Json.Indented(new JsonObject
        {
            ["object"] = "list",
            ["data"] = new JsonArray([.. items]),
            ["first_id"] = items.Count == 0 ? null : items[0]["id"]!.DeepClone(),
            ["last_id"] = items.Count == 0 ? null : items[^1]["id"]!.DeepClone(),
            ["has_more"] = false,
        }));
    }

    /// <summary>Tells the tokens of a request; the figure that creation would report as its whole input.</summary>
    public static Reply CountTokens(Call call, Backstage stage)
    {
        var items = ResponsesConversation.Items(call.Body);
        if (ResponsesCheck.Check(call.Body, items, stage.Seals) is { } error) return new ErrorReply(error);
        var tokens = OpenAiMeter.CountInput(ResponsesApi.Pieces(call.Body, items));
        return new JsonReply(200, Json.Indented(new JsonObject { ["object"] = "response.input_tokens", ["input_tokens"] = tokens }));
    }

    /// <summary>Shortens a conversation: the user's messages stay, the rest becomes one sealed item.</summary>
    public static Reply Compact(Call call, Backstage stage)
    {
        var items = ResponsesConversation.Items(call.Body);
        if (ResponsesCheck.Check(call.Body, items, stage.Seals) is { } error) return new ErrorReply(error);
        var kept = items.Where(i => i.Text("role") == "user").Select(Listed).ToList();
        var rest = string.Concat(items.Where(i => i.Text("role") != "user").Select(i => i.GetRawText()));
        var use = OpenAiMeter.Count(
            ResponsesApi.Pieces(call.Body, items), call.Key, stage.Cache, new Answer([new ThinkingPart("compacted")]));
        kept.Add(new JsonObject
        {
            ["id"] = WireId.Hex("cmp"),
            ["type"] = "compaction",
            ["encrypted_content"] = stage.Seals.Close(CompactionSeal, rest.Length > 256 ? rest[..256] : rest),
        });
        return new JsonReply(200, Json.Indented(new JsonObject
        {
            ["id"] = WireId.Hex("resp"),
            ["object"] = "response.compaction",
            ["created_at"] = stage.Time.GetUtcNow().ToUnixTimeSeconds(),
            ["output"] = new JsonArray([.. kept]),
            ["usage"] = ResponsesBody.Usage(use),
        }));
    }

    private static JsonNode Listed(JsonElement item)
    {
        var listed = (JsonObject)Json.Copy(item)!;
        if (listed["id"] is null) listed["id"] = WireId.Hex("msg");
        if (listed["type"] is null) listed["type"] = "message";
        return listed;
    }

    private static ApiError NotFound(string id) => new(404, "invalid_request_error", $"Response with id '{id}' not found.");
}
