using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Gatehouse.EndToEnd.Programs;

/// <summary>What users of claude-max-proxy rely on, at the real <c>claude</c> program, where the differences page does not say otherwise.</summary>
public sealed class ProxyCompatibilityTests(ProgramStage stage) : IClassFixture<ProgramStage>
{
    private readonly string _marker = $"proxy-{Guid.NewGuid():N}";

    [Theory]
    [InlineData("v1/messages")]
    [InlineData("messages")]
    public async Task Messages_are_answered_with_and_without_the_version_in_the_path_and_whole_where_no_stream_is_asked_for(string path)
    {
        var body = new JsonObject { ["model"] = "claude-sonnet-4-5" + ProgramStage.Current, ["max_tokens"] = 100, ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = _marker }) };
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(60) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", stage.Token);
        using var content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        using var response = await http.PostAsync(new Uri(stage.Gateway, path), content);
        var text = await response.Content.ReadAsStringAsync();
        ((int)response.StatusCode).ShouldBe(200, text);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/json");
        response.Headers.GetValues("x-claude-session-id").Single().ShouldNotBeEmpty();
        Talk.Text(JsonNode.Parse(text)!.AsObject()).ShouldContain(_marker);
    }

    [Fact]
    public async Task The_root_tells_what_is_served()
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(10) };
        var said = JsonNode.Parse(await http.GetStringAsync(stage.Gateway))!.ToJsonString();
        said.ShouldContain("gatehouse");
    }

    [Fact]
    public async Task Text_stands_before_a_call_and_a_call_without_text_stands_alone()
    {
        using var both = Begin();
        var asked = await both.SayAsync($$"""{{_marker}} [say Let me look.] [tool mcp__oc__get_weather {"city":"Bern"}]""");
        Blocks(asked).ShouldBe(["text Let me look.", "tool_use get_weather {\"city\":\"Bern\"}"]);
        ((string?)asked["stop_reason"]).ShouldBe("tool_use");
        using var alone = Begin();
        var called = await alone.SayAsync($$"""{{_marker}}-alone [tool mcp__oc__get_time {"city":"Bern"}]""");
        Blocks(called).ShouldBe(["tool_use get_time {\"city\":\"Bern\"}"]);
        ((string?)called["content"]![0]!["id"]).ShouldStartWith("toolu_");
        ((string?)called["stop_reason"]).ShouldBe("tool_use");
    }

    [Fact]
    public async Task A_streamed_call_keeps_its_name_its_id_and_its_pieces_and_text_its_own()
    {
        using var talk = Begin();
        talk.Messages.Add(new JsonObject { ["role"] = "user", ["content"] = $$"""{{_marker}} [say One two.] [tool mcp__oc__get_weather {"city":"Bern","more":"long enough for several pieces"}]""" });
        using var response = await talk.PostAsync(stream: true);
        var events = (await response.Content.ReadAsStringAsync()).Split('\n').Where(line => line.StartsWith("data: ", StringComparison.Ordinal)).Select(line => JsonNode.Parse(line[6..])!).ToList();
        string.Concat(events.Select(one => (string?)one["delta"]?["text"])).ShouldBe("One two.");
        var start = events.Single(one => (string?)one["content_block"]?["type"] == "tool_use")["content_block"]!;
        ((string?)start["name"]).ShouldBe("get_weather");
        ((string?)start["id"]).ShouldStartWith("toolu_");
        var pieces = events.Where(one => (string?)one["delta"]?["type"] == "input_json_delta").Select(one => (string)one["delta"]!["partial_json"]!).ToList();
        pieces.Count.ShouldBeGreaterThan(2);
        ((string?)JsonNode.Parse(string.Concat(pieces))!["more"]).ShouldBe("long enough for several pieces");
        ((string?)events.Single(one => (string?)one["type"] == "message_delta")["delta"]!["stop_reason"]).ShouldBe("tool_use");
        events.Count(one => (string?)one["type"] is "message_start" or "message_stop").ShouldBe(2);
    }

    [Fact]
    public async Task The_system_text_calls_and_results_reach_the_model_as_what_they_are()
    {
        using var talk = Begin();
        talk.More["system"] = $"Be terse, {_marker}.";
        await talk.SayAsync($$"""{{_marker}} [tool mcp__oc__get_weather {"city":"Bern"}] [tool mcp__oc__get_time {"city":"Bern"}]""");
        await talk.AnswerAsync(call => (string?)call["name"] == "get_time" ? new JsonObject { ["content"] = "no clock", ["is_error"] = true } : new JsonObject { ["content"] = "sunny" });
        var last = JsonNode.Parse((await stage.ReceivedAsync(_marker))[^1].Request.Body)!;
        last["system"]!.ToJsonString().ShouldContain($"Be terse, {_marker}.");
        var messages = last["messages"]!.ToJsonString();
        messages.ShouldNotContain("Be terse");
        messages.ShouldNotContain("[Tool Use");
        foreach (var part in new[] { "tool_use", "tool_result", "get_weather", "sunny", "no clock", "\"is_error\":true" }) messages.ShouldContain(part);
    }

    [Fact]
    public async Task Three_clients_at_once_are_all_answered()
    {
        var talks = Enumerable.Range(0, 3).Select(_ => Begin()).ToList();
        var answers = await Task.WhenAll(talks.Select((talk, i) => talk.SayAsync($"{_marker} client {i}")));
        for (var i = 0; i < answers.Length; i++) Talk.Text(answers[i]).ShouldContain($"client {i}");
        foreach (var talk in talks) talk.Dispose();
    }

    [Fact]
    public async Task A_client_that_offers_no_tools_gets_none_of_the_programs_own()
    {
        using var talk = Begin();
        talk.Tools.Clear();
        await talk.SayAsync($"{_marker} hello");
        var body = JsonNode.Parse((await stage.ReceivedAsync(_marker))[0].Request.Body)!;
        (body["tools"]?.AsArray() ?? []).ShouldBeEmpty();
    }

    private Talk Begin() => new(stage.Gateway, stage.Token, "claude-sonnet-4-5" + ProgramStage.Current);

    private static string[] Blocks(JsonObject answer) =>
        [.. answer["content"]!.AsArray().Select(block => (string?)block!["type"] == "text" ? $"text {block["text"]}" : $"{block["type"]} {block["name"]} {block["input"]!.ToJsonString()}")];
}
