using System.Text.Json.Nodes;
using Gatehouse.Simulator.Wire;

namespace Gatehouse.Simulator.Server;

/// <summary>Lists models, in Anthropic's shape when <c>anthropic-version</c> is sent, else in OpenAI's.</summary>
internal static class ModelsApi
{
    private const long Created = 1_760_000_000;

    private static readonly (string Id, string Name)[] s_models =
    [
        ("claude-opus-5-5", "Claude Opus 5.5"), ("claude-sonnet-4-5", "Claude Sonnet 4.5"), ("gpt-5.5", "GPT-5.5"),
        ("sim/claude", "Simulated Claude"), ("sim/gpt", "Simulated GPT"),
    ];

    /// <summary>The list; Anthropic's is paged by <c>limit</c>, <c>after_id</c> and <c>before_id</c>.</summary>
    public static Reply List(Call call)
    {
        if (call.Vendor == Vendor.OpenAi)
        {
            var all = new JsonObject { ["object"] = "list", ["data"] = new JsonArray([.. s_models.Select(m => OpenAi(m.Id))]) };
            return new JsonReply(200, Json.Indented(all));
        }
        var query = call.Http.Query;
        var limit = int.TryParse(query["limit"], System.Globalization.CultureInfo.InvariantCulture, out var n) ? n : 20;
        if (limit is < 1 or > 1000) return new ErrorReply(ApiError.Invalid("limit: Input should be between 1 and 1000"));
        var from = Array.FindIndex(s_models, m => m.Id == query["after_id"]) + 1;
        var page = s_models.Skip(from).Take(limit).ToList();
        return new JsonReply(200, Json.Compact(new JsonObject
        {
            ["data"] = new JsonArray([.. page.Select(m => Anthropic(m.Id, m.Name))]),
            ["has_more"] = from + page.Count < s_models.Length,
            ["first_id"] = page.Count == 0 ? null : page[0].Id,
            ["last_id"] = page.Count == 0 ? null : page[^1].Id,
        }));
    }

    /// <summary>One model; any <c>sim/</c> name exists.</summary>
    public static Reply Single(Call call, string id)
    {
        id = Uri.UnescapeDataString(id);
        var known = s_models.FirstOrDefault(m => m.Id == id);
        if (known.Id is null && !id.StartsWith("sim/", StringComparison.Ordinal)) return new ErrorReply(NotFound(call.Vendor, id));
        return call.Vendor == Vendor.Anthropic
            ? new JsonReply(200, Json.Compact(Anthropic(id, known.Name ?? id)))
            : new JsonReply(200, Json.Indented(OpenAi(id)));
    }

    private static ApiError NotFound(Vendor vendor, string id) => vendor == Vendor.Anthropic
        ? new ApiError(404, "not_found_error", $"model: {id}")
        : new ApiError(404, "invalid_request_error", $"The model '{id}' does not exist", "model", "model_not_found");

    private static JsonObject OpenAi(string id) =>
        new() { ["id"] = id, ["object"] = "model", ["created"] = Created, ["owned_by"] = "system" };

    private static JsonObject Anthropic(string id, string name) => new()
    {
        ["type"] = "model",
        ["id"] = id,
        ["display_name"] = name,
        ["created_at"] = "2026-01-01T00:00:00Z",
        ["lifecycle"] = "active",
        ["line"] = null,
        ["max_input_tokens"] = 1_000_000,
        ["max_tokens"] = 64_000,
        ["capabilities"] = null,
        ["deprecated_at"] = null,
        ["retires_at"] = null,
    };
}
