using System.Globalization;
using System.Text.Json.Nodes;
using Gatehouse.EndToEnd.Agents;
using Gatehouse.EndToEnd.Sdks;

namespace Gatehouse.EndToEnd.Programs;

/// <summary>
/// The real <c>claude</c> program as a provider. What the simulated vendor received of it is compared with the client's own history, but for the reminders that the program
/// puts in itself.
/// </summary>
public sealed class ClaudeProgramTests(ProgramStage stage) : IClassFixture<ProgramStage>
{
    private readonly string _marker = $"talk-{Guid.NewGuid():N}";

    public static TheoryData<string> Versions => [ProgramStage.Current, ProgramStage.Older];

    public static MatrixTheoryData<string, string> Libraries => new([ProgramStage.Current, ProgramStage.Older], ["anthropic.mjs tools", "openai.mjs chatTools", "openai.mjs responsesTools"]);

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_prompt_is_answered_whole_and_streamed(string version)
    {
        using var talk = Begin(version);
        var answer = await talk.SayAsync($"hello {_marker}");
        Talk.Text(answer).ShouldBe($"You said: hello {_marker}");
        ((string?)answer["stop_reason"]).ShouldBe("end_turn");
        ((int?)answer["usage"]!["output_tokens"]).ShouldNotBeNull().ShouldBeGreaterThan(3);

        talk.Messages.Add(new JsonObject { ["role"] = "user", ["content"] = $"again {_marker}" });
        using var stream = await talk.PostAsync(stream: true);
        stream.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
        var events = Events(await stream.Content.ReadAsStringAsync());
        events[0].ShouldBe("message_start");
        events[^1].ShouldBe("message_stop");
        events.Count(name => name == "message_start").ShouldBe(1);
        events.Count(name => name == "content_block_start").ShouldBe(events.Count(name => name == "content_block_stop"));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Calls_are_the_clients_to_run_and_their_results_reach_the_model_as_they_are(string version)
    {
        using var talk = Begin(version);
        talk.More["thinking"] = JsonNode.Parse("""{"type":"enabled","budget_tokens":2000}""");
        var asked = await talk.SayAsync($$"""{{_marker}} [think] [tool mcp__oc__get_weather {"city":"Bern"}] [tool mcp__oc__get_time {"city":"Zürich"}]""");
        ((string?)asked["stop_reason"]).ShouldBe("tool_use");
        asked["content"]!.AsArray().Where(block => (string?)block!["type"] == "tool_use").Select(block => ((string?)block!["name"], (string?)block["input"]!["city"]))
            .ShouldBe([("get_weather", "Bern"), ("get_time", "Zürich")]);

        var told = await talk.AnswerAsync(call => (string?)call["name"] == "get_time"
            ? new JsonObject { ["content"] = "no clock", ["is_error"] = true }
            : new JsonObject { ["content"] = new JsonArray(new JsonObject { ["type"] = "text", ["text"] = "sunny \"ü\"" }) });
        Talk.Text(told).ShouldContain("sunny \"ü\"");
        Talk.Text(told).ShouldContain("no clock");
        await talk.SayAsync($"thanks {_marker}");
        await stage.ShouldHaveReceivedAsync(talk, _marker, Talk.Text(told));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task What_is_undone_or_edited_is_not_known_to_the_model_any_more(string version)
    {
        using var talk = Begin(version);
        await talk.SayAsync($"first {_marker}");
        await talk.SayAsync("second, to be undone");
        using var undone = talk.Copy(2);
        await undone.SayAsync($"another second {_marker}");
        await stage.ShouldHaveReceivedAsync(undone, _marker, "another second");
        using var edited = talk.Copy(4);
        edited.Messages[0]!["content"] = $"first, but edited {_marker}";
        await edited.SayAsync("third");
        await stage.ShouldHaveReceivedAsync(edited, _marker, "first, but edited");
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task An_image_in_a_result_arrives_as_it_was(string version)
    {
        using var talk = Begin(version);
        await talk.SayAsync($$"""{{_marker}} [tool mcp__oc__get_weather {"city":"Bern"}]""");
        const string pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
        await talk.AnswerAsync(_ => new JsonObject { ["content"] = JsonNode.Parse("""[{"type":"text","text":"look"},{"type":"image","source":{"type":"base64","media_type":"image/png","data":"PIXEL"}}]""".Replace("PIXEL", pixel, StringComparison.Ordinal)) });
        await stage.ShouldHaveReceivedAsync(talk, _marker, pixel);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_long_result_is_not_cut(string version)
    {
        using var talk = Begin(version);
        await talk.SayAsync($$"""{{_marker}} [tool mcp__oc__get_weather {"city":"Bern"}]""");
        foreach (var length in new[] { 50_000, 300_000 })
        {
            var text = string.Concat(Enumerable.Range(0, length / 10).Select(i => $"line {i:D4}\n"));
            using var copy = talk.Copy(2);
            await copy.AnswerAsync(_ => new JsonObject { ["content"] = text + _marker });
            var escaped = JsonValue.Create(text + _marker).ToJsonString().TrimEnd('"');
            (await stage.ReceivedAsync(_marker)).ShouldContain(one => one.Request.Text.Contains(escaped, StringComparison.Ordinal), $"{length} characters");
        }
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task More_turns_than_may_run_at_once_wait_for_one_another(string version)
    {
        var talks = Enumerable.Range(0, 10).Select(_ => Begin(version)).ToList();
        var answers = await Task.WhenAll(talks.Select((talk, i) => talk.SayAsync($"{_marker} number {i} [slow 50]")));
        for (var i = 0; i < answers.Length; i++) Talk.Text(answers[i]).ShouldContain($"number {i}");
        (await stage.MostAtOnceAsync(_marker)).ShouldBeInRange(2, ProgramStage.Concurrency);
        talks.Count(talk => long.Parse(talk.Headers["x-gatehouse-queue-ms"], CultureInfo.InvariantCulture) > 0).ShouldBeGreaterThan(0);
        foreach (var talk in talks) talk.Dispose();
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Two_clients_that_begin_alike_keep_their_own_conversations(string version)
    {
        using var one = Begin(version);
        using var other = Begin(version);
        await Task.WhenAll(one.SayAsync($"alike {_marker}"), other.SayAsync($"alike {_marker}"));
        await Task.WhenAll(one.SayAsync($"one's own {_marker}"), other.SayAsync($"other's own {_marker}"));
        await stage.ShouldHaveReceivedAsync(one, _marker, "one's own");
        await stage.ShouldHaveReceivedAsync(other, _marker, "other's own");
    }

    [Fact]
    public async Task A_profile_that_is_not_there_is_refused_with_those_that_are()
    {
        using var talk = Begin(ProgramStage.Current);
        talk.Messages.Add(new JsonObject { ["role"] = "user", ["content"] = _marker });
        using var response = await talk.PostAsync(stream: false, default, ("x-gatehouse-profile", "nobody"));
        ((int)response.StatusCode).ShouldBe(400);
        (await response.Content.ReadAsStringAsync()).ShouldContain("test");
        await stage.ShouldNotBeReceivedAsync(_marker);
    }

    [Fact]
    public async Task A_program_that_is_not_there_is_told_with_how_to_get_it()
    {
        using var talk = Begin(ProgramStage.Missing);
        talk.Messages.Add(new JsonObject { ["role"] = "user", ["content"] = _marker });
        using var response = await talk.PostAsync(stream: false);
        ((int)response.StatusCode).ShouldBe(502);
        var text = await response.Content.ReadAsStringAsync();
        text.ShouldContain("no-such-claude");
        text.ShouldContain("npm install");
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_program_that_was_killed_costs_its_client_a_turn_at_most(string version)
    {
        using var talk = Begin(version);
        await talk.SayAsync($$"""{{_marker}} [tool mcp__oc__get_weather {"city":"Bern"}]""");
        stage.Kill(version).ShouldBeGreaterThan(0);
        await talk.AnswerAsync(_ => new JsonObject { ["content"] = "sunny" });
        await stage.ShouldHaveReceivedAsync(talk, _marker, "sunny");
        for (var i = 0; i < 5; i++)
        {
            stage.Kill(version).ShouldBeGreaterThan(0);
            await talk.SayAsync($"again {i}");
        }

        await stage.ShouldHaveReceivedAsync(talk, _marker, "again 4");
    }

    [Theory]
    [MemberData(nameof(Libraries))]
    public async Task The_vendors_libraries_in_every_dialect_call_their_own_tools(string version, string library)
    {
        var (script, scenario) = (library.Split(' ')[0], library.Split(' ')[1]);
        var said = await NodeScript.RunAsync(
            script, stage.Gateway, stage.Token, scenario, "claude-sonnet-4-5" + version, $$"""{{_marker}} [tool mcp__oc__get_weather {"city":"Bern"}]""");
        said.Text("tool").ShouldBe("get_weather");
        said.Text("city").ShouldBe("Bern");
        said.Text("text")!.ShouldContain("sunny");
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Claude_Code_itself_works_through_it_with_its_own_Bash(string version)
    {
        var prompt = $$"""Add for {{_marker}}: [tool mcp__oc__Bash {"command":"echo gatehouse-$((40+2))","description":"Adds"}]""";
        var run = await ClaudeCode.RunAsync("claude-code", stage.Gateway, stage.Token, prompt, "--model", "claude-sonnet-4-5" + version, "--allowedTools", "Bash");
        run.Code.ShouldBe(0, run.Story);
        run.Output.ShouldContain("gatehouse-42", customMessage: run.Story);
    }

    private Talk Begin(string version) => stage.Begin(version);

    private static List<string> Events(string stream) =>
        [.. stream.Split('\n').Where(line => line.StartsWith("event: ", StringComparison.Ordinal) && line != "event: ping").Select(line => line[7..].Trim())];
}
