using System.Text.Json.Nodes;
using Gatehouse.EndToEnd.Sdks;

namespace Gatehouse.EndToEnd.Programs;

/// <summary>Long conversations with the real <c>claude</c> program: what the vendor gets from turn to turn, and what is left of them when something ends.</summary>
public sealed class ProgramHistoryTests(ProgramStage stage) : IClassFixture<ProgramStage>
{
    private const int Turns = 30;
    private const string Weather = """[tool mcp__oc__get_weather {"city":"Bern"}]""";
    private readonly string _marker = $"history-{Guid.NewGuid():N}";

    public static TheoryData<string> Versions => [ProgramStage.Current, ProgramStage.Older];

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_loop_of_thirty_turns_extends_what_the_vendor_got_each_time(string version)
    {
        using var talk = stage.Begin(version);
        var answer = await talk.SayAsync($"{_marker} " + string.Join(" [then] ", Enumerable.Range(1, Turns - 1).Select(i => $$"""[tool mcp__oc__get_weather {"city":"city {{i}}"}]""")));
        for (var i = 1; i < Turns; i++)
        {
            ((string?)answer["stop_reason"]).ShouldBe("tool_use", $"turn {i}");
            answer = await talk.AnswerAsync(call => new JsonObject { ["content"] = $"{call["input"]!["city"]} is dry" });
        }

        ((string?)answer["stop_reason"]).ShouldBe("end_turn");
        await stage.ShouldHaveReceivedAsync(talk, _marker, $"city {Turns - 1} is dry");
        var received = await stage.ReceivedAsync(_marker);
        received.Select(ProgramStage.Process).Distinct().ShouldHaveSingleItem("one process ran all turns");
        var bodies = received.Select(one => JsonNode.Parse(one.Request.Body)!).ToList();
        bodies.Count.ShouldBe(Turns);
        foreach (var (before, after) in bodies.Zip(bodies.Skip(1)))
        {
            after["system"]!.ToJsonString().ShouldBe(before["system"]!.ToJsonString());
            after["tools"]!.ToJsonString().ShouldBe(before["tools"]!.ToJsonString());
            var (said, saidNext) = (History.Said(before["messages"]!.AsArray()), History.Said(after["messages"]!.AsArray()));
            saidNext.Take(said.Count).ShouldBe(said);
            saidNext.Count.ShouldBe(said.Count + 2, "one call and its result");
        }
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_compaction_makes_what_the_vendor_gets_shorter_and_the_conversation_goes_on(string version)
    {
        using var talk = stage.Begin(version);
        await talk.SayAsync($"{_marker} a long story");
        await talk.SayAsync("and more of it");
        await talk.SayAsync(Weather);
        await talk.AnswerAsync(_ => new JsonObject { ["content"] = "sunny" });
        using var compacted = talk.Copy(0);
        compacted.Messages.Add(new JsonObject { ["role"] = "user", ["content"] = $"{_marker} what was said in short" });
        compacted.Messages.Add(new JsonObject { ["role"] = "assistant", ["content"] = "Understood." });
        await compacted.SayAsync("now go on");
        await stage.ShouldHaveReceivedAsync(compacted, _marker, "now go on");
        await compacted.SayAsync("and on");
        await stage.ShouldHaveReceivedAsync(compacted, _marker, "and on");
        (await stage.ReceivedAsync(_marker))[^1].Request.Text.ShouldNotContain("a long story");
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task An_image_in_a_result_is_not_made_smaller_however_large_it_is(string version)
    {
        // 2,500 pixels a side would be made smaller on the way through a tool server.
        foreach (var side in new[] { 100, 2500 })
        {
            using var talk = stage.Begin(version);
            await talk.SayAsync($"{_marker} {side} {Weather}");
            var image = Pictures.Square(side);
            await talk.AnswerAsync(_ => new JsonObject
            {
                ["content"] = new JsonArray(
                    new JsonObject { ["type"] = "text", ["text"] = "look" },
                    new JsonObject { ["type"] = "image", ["source"] = new JsonObject { ["type"] = "base64", ["media_type"] = "image/png", ["data"] = image } }),
            });
            await stage.ShouldHaveReceivedAsync(talk, _marker, image);
        }
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_result_that_is_missing_is_never_made_up(string version)
    {
        using var talk = stage.Begin(version);
        await talk.SayAsync($$"""{{_marker}} {{Weather}} [tool mcp__oc__get_time {"city":"Bern"}]""");
        var asked = (await stage.ReceivedAsync(_marker)).Count;
        using var partly = talk.Copy(2);
        partly.Messages.Add(new JsonObject { ["role"] = "user", ["content"] = new JsonArray(Result(partly.Messages[1]!, 0)) });
        using var response = await partly.PostAsync(stream: false);
        ((int)response.StatusCode).ShouldBe(400);
        (await response.Content.ReadAsStringAsync()).ShouldContain("tool_result");
        (await stage.ReceivedAsync(_marker)).Count.ShouldBe(asked);
        await talk.AnswerAsync(_ => new JsonObject { ["content"] = "both" });
        await stage.ShouldHaveReceivedAsync(talk, _marker, "both");
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task After_a_restart_or_a_kill_of_the_gateway_a_conversation_goes_on_under_its_id_and_nothing_runs_on(string version)
    {
        using var talk = stage.Begin(version);
        await talk.SayAsync($"{_marker} {Weather}");
        var id = talk.Headers["x-claude-session-id"];
        foreach (var isKilled in new[] { false, true })
        {
            var running = stage.Running(version);
            running.ShouldNotBeEmpty();
            await stage.RestartAsync(isKilled);
            await ProgramStage.ShouldEndAsync(running);
            using var on = stage.Begin(version);
            foreach (var message in talk.Messages) on.Messages.Add(message!.DeepClone());
            await on.AnswerAsync(_ => new JsonObject { ["content"] = $"sunny {isKilled}" });
            on.Headers["x-claude-session-id"].ShouldBe(id);
            await stage.ShouldHaveReceivedAsync(on, _marker, $"sunny {isKilled}");
        }
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_conversation_has_its_id_in_every_dialect_streaming_or_not(string version)
    {
        using var talk = stage.Begin(version);
        JsonArray messages = [new JsonObject { ["role"] = "user", ["content"] = _marker }];
        var ids = new List<string>();
        foreach (var (path, body) in new (string, JsonObject)[]
        {
            ("v1/messages", new() { ["max_tokens"] = 100, ["messages"] = messages.DeepClone() }),
            ("v1/messages", new() { ["max_tokens"] = 100, ["stream"] = true, ["messages"] = messages.DeepClone() }),
            ("v1/chat/completions", new() { ["messages"] = messages.DeepClone() }),
            ("v1/responses", new() { ["input"] = _marker, ["stream"] = true }),
        })
        {
            using var response = await talk.PostAsync(path, body, default, ("x-session-id", _marker));
            // Who says nothing of streaming gets a document.
            response.Content.Headers.ContentType!.MediaType.ShouldBe(body.ContainsKey("stream") ? "text/event-stream" : "application/json");
            await response.Content.ReadAsStringAsync();
            ids.Add(response.Headers.GetValues("x-claude-session-id").Single());
        }

        ids.Distinct().ShouldHaveSingleItem();
    }

    private static JsonObject Result(JsonNode answer, int call) => new()
    {
        ["type"] = "tool_result",
        ["tool_use_id"] = (string?)answer["content"]!.AsArray().Where(block => (string?)block!["type"] == "tool_use").ElementAt(call)!["id"],
        ["content"] = "one",
    };
}
