using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Gatehouse.EndToEnd.Programs;

/// <summary>A client's conversation by Messages requests: what it sends again each time, and what it got.</summary>
internal sealed class Talk(Uri gateway, string token, string model) : IDisposable
{
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(90) };

    /// <summary>The history as the client has it.</summary>
    public JsonArray Messages { get; private init; } = [];

    /// <summary>The tools that it offers.</summary>
    public JsonArray Tools { get; } = [.. new[] { "get_weather", "get_time" }.Select(name => (JsonNode)new JsonObject
    {
        ["name"] = name,
        ["description"] = $"Tells about {name}",
        ["input_schema"] = JsonNode.Parse("""{"type":"object","properties":{"city":{"anyOf":[{"type":"string","minLength":2},{"type":"null"}]}},"required":["city"],"additionalProperties":false}"""),
    })];

    /// <summary>More members of each request.</summary>
    public JsonObject More { get; } = [];

    /// <summary>The headers of the last answer that was kept.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; private set; } = new Dictionary<string, string>();

    /// <summary>Another client's conversation with the same beginning.</summary>
    public Talk Copy(int messages)
    {
        var copy = new Talk(gateway, token, model) { Messages = [.. Messages.Take(messages).Select(m => m!.DeepClone())] };
        foreach (var (name, value) in More) copy.More[name] = value?.DeepClone();
        return copy;
    }

    /// <summary>Says something and keeps the answer.</summary>
    public Task<JsonObject> SayAsync(string text) => SayAsync(JsonValue.Create(text));

    /// <summary>Answers each call of the last answer.</summary>
    public Task<JsonObject> AnswerAsync(Func<JsonObject, JsonObject> result)
    {
        var calls = Messages[^1]!["content"]!.AsArray().Where(block => (string?)block!["type"] == "tool_use");
        return SayAsync(new JsonArray([.. calls.Select(call =>
        {
            var answer = result(call!.AsObject());
            answer["type"] = "tool_result";
            answer["tool_use_id"] = (string?)call["id"];
            return (JsonNode)answer;
        })]));
    }

    /// <summary>Says something and keeps the answer. Fails when there is none.</summary>
    public async Task<JsonObject> SayAsync(JsonNode content)
    {
        Messages.Add(new JsonObject { ["role"] = "user", ["content"] = content });
        using var response = await PostAsync(stream: false);
        var text = await response.Content.ReadAsStringAsync();
        ((int)response.StatusCode).ShouldBe(200, text);
        Headers = response.Headers.ToDictionary(header => header.Key.ToLowerInvariant(), header => string.Join(',', header.Value));
        var answer = JsonNode.Parse(text)!.AsObject();
        Messages.Add(new JsonObject { ["role"] = "assistant", ["content"] = answer["content"]!.DeepClone() });
        return answer;
    }

    /// <summary>Sends the conversation as it stands.</summary>
    public Task<HttpResponseMessage> PostAsync(bool stream, CancellationToken cancellation = default, params (string Name, string Value)[] headers)
    {
        var body = new JsonObject { ["max_tokens"] = 4000, ["stream"] = stream, ["tools"] = Tools.DeepClone(), ["messages"] = Messages.DeepClone() };
        foreach (var (name, value) in More) body[name] = value?.DeepClone();
        return PostAsync("v1/messages", body, cancellation, headers);
    }

    /// <summary>Sends any body about the same model.</summary>
    public async Task<HttpResponseMessage> PostAsync(
        string path, JsonObject body, CancellationToken cancellation = default, params (string Name, string Value)[] headers)
    {
        body["model"] = model;
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(gateway, path)) { Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json") };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        request.Headers.Add("anthropic-version", "2023-06-01");
        foreach (var (name, value) in headers) request.Headers.Add(name, value);
        return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
    }

    /// <summary>All text of an answer.</summary>
    public static string Text(JsonObject answer) =>
        string.Concat(answer["content"]!.AsArray().Where(block => (string?)block!["type"] == "text").Select(block => (string?)block!["text"]));

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();
}
