using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Gatehouse.EndToEnd.Stages;

namespace Gatehouse.EndToEnd.Programs;

/// <summary>One prompt asked in any dialect, and what came back.</summary>
/// <param name="Text">The whole text of the answer.</param>
/// <param name="OutputTokens">What it says that it took.</param>
/// <param name="Whole">The body as it came.</param>
internal sealed record Asked(string Text, long OutputTokens, string Whole)
{
    /// <summary>Asks. Fails unless the answer is a good one that ends as its dialect ends.</summary>
    /// <param name="stage">Where.</param>
    /// <param name="path">The path, which names the dialect.</param>
    /// <param name="stream">Whether to stream.</param>
    /// <param name="model">The model.</param>
    /// <param name="prompt">What to say.</param>
    /// <param name="more">More members of the request.</param>
    public static async Task<Asked> AskAsync(Stage stage, string path, bool stream, string model, string prompt, JsonObject? more = null)
    {
        var body = new JsonObject { ["model"] = model, ["stream"] = stream };
        if (path == "v1/responses") body["input"] = prompt;
        else body["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = prompt });
        if (path == "v1/messages") body["max_tokens"] = 4000;
        if (path == "v1/chat/completions" && stream) body["stream_options"] = new JsonObject { ["include_usage"] = true };
        foreach (var (name, value) in more ?? []) body[name] = value?.DeepClone();

        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(60) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", stage.Token);
        http.DefaultRequestHeaders.Add("anthropic-version", "2023-06-01");
        using var content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        using var response = await http.PostAsync(new Uri(stage.Gateway, path), content);
        var whole = await response.Content.ReadAsStringAsync();
        ((int)response.StatusCode).ShouldBe(200, whole);
        response.Content.Headers.ContentType!.MediaType.ShouldBe(stream ? "text/event-stream" : "application/json");
        return stream ? Streamed(path, whole) : Answered(path, whole);
    }

    private static Asked Answered(string path, string whole)
    {
        var answer = JsonNode.Parse(whole)!;
        return path switch
        {
            "v1/messages" => new Asked(Joined(answer["content"]!), (long)answer["usage"]!["output_tokens"]!, whole),
            "v1/chat/completions" => new Asked((string)answer["choices"]![0]!["message"]!["content"]!, (long)answer["usage"]!["completion_tokens"]!, whole),
            _ => new Asked(
                string.Concat(answer["output"]!.AsArray().Where(item => (string?)item!["type"] == "message").Select(item => Joined(item!["content"]!))),
                (long)answer["usage"]!["output_tokens"]!, whole),
        };
    }

    private static Asked Streamed(string path, string whole)
    {
        var data = whole.Split('\n').Where(line => line.StartsWith("data: ", StringComparison.Ordinal)).Select(line => line[6..].Trim()).ToList();
        var events = data.Where(line => line != "[DONE]").Select(line => JsonNode.Parse(line)!).ToList();
        if (path == "v1/messages") return Messages(events, whole);
        if (path == "v1/chat/completions")
        {
            data[^1].ShouldBe("[DONE]", whole);
            var text = string.Concat(events.SelectMany(one => one["choices"]!.AsArray()).Select(choice => (string?)choice!["delta"]!["content"]));
            return new Asked(text, (long)events.Last(one => one["usage"] is not null)["usage"]!["completion_tokens"]!, whole);
        }

        ((string?)events[^1]["type"]).ShouldBe("response.completed", whole);
        var deltas = events.Where(one => (string?)one["type"] == "response.output_text.delta").Select(one => (string?)one["delta"]);
        return new Asked(string.Concat(deltas), (long)events[^1]["response"]!["usage"]!["output_tokens"]!, whole);
    }

    // Blocks open and close one after the other, numbered from nothing, between one beginning and one end.
    private static Asked Messages(List<JsonNode> events, string whole)
    {
        var types = events.Select(one => (string)one["type"]!).Where(type => type != "ping").ToList();
        types[0].ShouldBe("message_start", whole);
        types[^1].ShouldBe("message_stop", whole);
        types.Count(type => type is "message_start" or "message_delta" or "message_stop").ShouldBe(3, whole);
        var next = 0;
        var open = false;
        foreach (var one in events.Where(one => one["index"] is not null))
        {
            var starts = (string?)one["type"] == "content_block_start";
            open.ShouldBe(!starts, whole);
            ((int)one["index"]!).ShouldBe(next, whole);
            open = (string?)one["type"] != "content_block_stop";
            if (!open) next++;
        }

        open.ShouldBeFalse(whole);
        var text = string.Concat(events.Select(one => (string?)one["delta"]?["text"]));
        return new Asked(text, (long)events.Single(one => (string?)one["type"] == "message_delta")["usage"]!["output_tokens"]!, whole);
    }

    private static string Joined(JsonNode content) => string.Concat(content.AsArray().Select(block => (string?)block!["text"]));
}
