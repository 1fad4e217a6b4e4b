using System.Text;
using System.Text.Json.Nodes;
using Gatehouse.EndToEnd.Processes;

namespace Gatehouse.EndToEnd.Programs;

/// <summary>The real <c>claude</c> program with its own loop: the simulated model calls the gateway's tools, the program has them run, the client gets the text.</summary>
public sealed class AgentModeTests(WorkshopStage stage) : IClassFixture<WorkshopStage>
{
    private static readonly TimeSpan s_ceiling = TimeSpan.FromSeconds(10);
    private readonly string _marker = $"work-{Guid.NewGuid():N}";

    public static TheoryData<string> Versions => [WorkshopStage.Current, WorkshopStage.Older];

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task The_model_works_on_files_and_its_client_gets_the_text(string version)
    {
        using var talk = Begin(version);
        Put("a.txt", "color: red");
        var answer = await talk.SayAsync(
            $"{_marker} [say Looking.] {Call("read", $$"""{"path":"{{_marker}}/a.txt"}""")} [then] [say Editing.] "
            + $"{Call("edit", $$"""{"path":"{{_marker}}/a.txt","oldString":"red","newString":"blue"}""")} [then] "
            + $"{Call("bash", $$"""{"command":"cat a.txt > b.txt; echo $((40+2)) >> b.txt","cwd":"{{_marker}}"}""")} [then] [say All done.]");

        File.ReadAllText(At("a.txt")).ShouldBe("color: blue");
        File.ReadAllText(At("b.txt")).ShouldBe("color: blue42\n");
        Talk.Text(answer).ShouldBe("Looking.\n\nEditing.\n\nAll done.");
        answer["content"]!.AsArray().Select(block => (string?)block!["type"]).Distinct().ShouldBe(["text"]);
        ((string?)answer["stop_reason"]).ShouldBe("end_turn");
        await UsageShouldBeThatOfAllTurnsAsync(answer["usage"]!);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task The_model_has_the_six_tools_and_none_of_the_programs_own(string version)
    {
        using var talk = Begin(version);
        await talk.SayAsync($"{_marker} hello");
        (await ToolsAsync(_marker))[0].ShouldBe(
            ["mcp__opencode__bash", "mcp__opencode__edit", "mcp__opencode__glob", "mcp__opencode__grep", "mcp__opencode__read", "mcp__opencode__write"]);
    }

    [Theory]
    [InlineData("write", """{"path":"../escaped.txt","content":"x"}""")]
    [InlineData("write", """{"path":"MARKER/link/escaped.txt","content":"x"}""")]
    [InlineData("edit", """{"path":"../secret.txt","oldString":"wrote","newString":"x"}""")]
    [InlineData("read", """{"path":"SECRET"}""")]
    [InlineData("read", """{"path":"MARKER/link/secret.txt"}""")]
    [InlineData("grep", """{"pattern":"neighbour","path":".."}""")]
    [InlineData("glob", """{"pattern":"*","cwd":"/"}""")]
    [InlineData("bash", """{"command":"cat secret.txt","cwd":".."}""")]
    public async Task Outside_of_its_folder_the_model_is_refused(string tool, string arguments)
    {
        Directory.CreateDirectory(At("."));
        File.CreateSymbolicLink(At("link"), "../..");
        using var talk = Begin(WorkshopStage.Current);
        var json = arguments.Replace("SECRET", stage.SecretFile, StringComparison.Ordinal).Replace("MARKER", _marker, StringComparison.Ordinal);
        var answer = await talk.SayAsync($"{_marker} {Call(tool, json)}");
        Talk.Text(answer).ShouldContain("outside of the working folder");
        Talk.Text(answer).ShouldNotContain(WorkshopStage.Secret);
        File.ReadAllText(stage.SecretFile).ShouldBe(WorkshopStage.Secret);
        Directory.GetFileSystemEntries(Path.GetDirectoryName(stage.SecretFile)!).Select(Path.GetFileName).Order().ShouldBe(["secret.txt", "work"]);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task The_next_message_goes_on_in_the_same_process_which_knows_its_own_work(string version)
    {
        using var talk = Begin(version);
        Put("a.txt", "only the model saw this");
        await talk.SayAsync($"{_marker} {Call("read", $$"""{"path":"{{_marker}}/a.txt"}""")} [then] [say Read.]");
        await talk.SayAsync($"{_marker} thanks");
        var last = JsonNode.Parse((await stage.ReceivedAsync(_marker))[^1].Request.Body)!["messages"]!.ToJsonString();
        last.ShouldContain("only the model saw this");
        last.ShouldContain("thanks");
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task An_agent_of_the_clients_is_started_by_its_own_name_and_has_the_same_tools(string version)
    {
        using var talk = Begin(version);
        Put("a.txt", "read by an agent");
        talk.Tools.Add(JsonNode.Parse("""{"name":"task","description":"Available agent types:\n- oracle: Reviews code\n- explore: Looks around","input_schema":{"type":"object"}}"""));
        var inner = JsonValue.Create($$"""{{_marker}}-inner [tool mcp__opencode__read {"path":"{{_marker}}/a.txt"}]""").ToJsonString();
        var answer = await talk.SayAsync($$"""{{_marker}} [tool Agent {"description":"look","prompt":{{inner}},"subagent_type":"Code-Reviewer"}]""");

        Talk.Text(answer).ShouldStartWith("Tool result: ");
        var received = await stage.ReceivedAsync(_marker);
        received.ShouldContain(one => one.Request.Text.Contains("read by an agent", StringComparison.Ordinal));
        var agents = received.Select(one => JsonNode.Parse(one.Request.Body)!).Where(body => body["system"]!.ToJsonString().Contains("\\u0022oracle\\u0022 agent", StringComparison.Ordinal)).ToList();
        agents.Count.ShouldBe(2, string.Join('\n', received.Select(one => one.Request.Text)));
        foreach (var body in agents) Names(body).ShouldAllBe(name => name.StartsWith("mcp__opencode__", StringComparison.Ordinal));
        var own = JsonNode.Parse(received[0].Request.Body)!;
        own["system"]!.ToJsonString().ShouldContain("oracle, explore");
        Names(own).Except(["Agent", "Task"]).ShouldAllBe(name => name.StartsWith("mcp__opencode__", StringComparison.Ordinal));
        await UsageShouldBeThatOfAllTurnsAsync(answer["usage"]!);
    }

    [Theory]
    [InlineData(WorkshopStage.Priced, false)]
    [InlineData(WorkshopStage.OlderPriced, false)]
    [InlineData(WorkshopStage.Priced, true)]
    public async Task What_the_cache_keeps_for_an_hour_is_told_written_down_and_priced_as_that(string version, bool stream)
    {
        using var talk = Begin(version);
        talk.Messages.Add(new JsonObject { ["role"] = "user", ["content"] = $"{_marker} {WorkshopStage.HourLong} {Call("glob", """{"pattern":"*"}""")} [then] [say Found.]" });
        using var response = await talk.PostAsync(stream);
        var said = await response.Content.ReadAsStringAsync();
        ((int)response.StatusCode).ShouldBe(200, said);
        var usage = JsonNode.Parse(stream ? said.Split('\n').Last(line => line.Contains("message_delta", StringComparison.Ordinal) && line.StartsWith("data: ", StringComparison.Ordinal))[6..] : said)!["usage"]!;
        ((int)usage["cache_creation"]!["ephemeral_1h_input_tokens"]!).ShouldBe(2 * WorkshopStage.Hour, "two calls of the model's");
        ((int)usage["cache_creation"]!["ephemeral_5m_input_tokens"]!).ShouldBe(2 * WorkshopStage.Minutes);
        ((int)usage["cache_creation_input_tokens"]!).ShouldBe(2 * (WorkshopStage.Hour + WorkshopStage.Minutes));

        var row = await stage.RowAsync(Guid.Parse(response.Headers.GetValues("x-gatehouse-exchange").Single()));
        (row.CacheWriteTokens, row.CacheWriteHourTokens).ShouldBe((2 * (WorkshopStage.Hour + WorkshopStage.Minutes), 2 * WorkshopStage.Hour));
        // By the vendor's list, in dollars a million: 3 read, 0.30 from the cache, 3.75 and 6 into it, 15 written.
        row.CostNanodollars.ShouldBe(2 * ((10 * 3_000) + (WorkshopStage.Read * 300) + (WorkshopStage.Minutes * 3_750) + (WorkshopStage.Hour * 6_000) + (5 * 15_000)));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Of_work_with_a_schema_the_structured_output_alone_comes_out(string version)
    {
        using var talk = Begin(version);
        talk.More["output_config"] = JsonNode.Parse("""{"format":{"type":"json_schema","schema":{"type":"object","properties":{"files":{"type":"integer"}},"required":["files"]}}}""");
        var answer = await talk.SayAsync($$"""{{_marker}} [say Counting.] {{Call("glob", """{"pattern":"*"}""")}} [then] [tool StructuredOutput {"files":3}]""");
        ((int?)JsonNode.Parse(Talk.Text(answer))!["files"]).ShouldBe(3);
        ((string?)answer["stop_reason"]).ShouldBe("end_turn");
    }

    [Fact]
    public async Task At_its_limit_of_turns_the_program_stops_and_the_answer_says_that_it_was_cut()
    {
        using var talk = Begin(WorkshopStage.OneTurn);
        var answer = await talk.SayAsync($"{_marker} [say Beginning.] {Call("glob", """{"pattern":"*"}""")} [then] [say Never said.]");
        Talk.Text(answer).ShouldBe("Beginning.");
        ((string?)answer["stop_reason"]).ShouldBe("max_tokens");
        (await stage.ReceivedAsync(_marker)).Count.ShouldBe(1);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Work_without_a_word_is_told_as_an_error_not_as_an_answer(bool stream)
    {
        using var talk = Begin(WorkshopStage.OneTurn);
        talk.Messages.Add(new JsonObject { ["role"] = "user", ["content"] = $"{_marker} {Call("glob", """{"pattern":"*"}""")}" });
        using var response = await talk.PostAsync(stream);
        var text = await ReadToTheBreakAsync(response);
        if (!stream) ((int)response.StatusCode).ShouldBe(502, text);
        text.ShouldContain("maximum number of turns");
        text.ShouldNotContain("message_stop");
    }

    [Fact]
    public async Task A_program_that_may_only_plan_changes_nothing()
    {
        using var talk = Begin(WorkshopStage.Planning);
        Directory.CreateDirectory(At("."));
        await talk.SayAsync($"{_marker} {Call("write", $$"""{"path":"{{_marker}}/new.txt","content":"x"}""")} {Call("bash", $$"""{"command":"touch {{_marker}}/touched"}""")}");
        Directory.GetFileSystemEntries(At(".")).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_client_that_leaves_ends_the_command_that_runs_for_it()
    {
        using var talk = Begin(WorkshopStage.Current);
        Directory.CreateDirectory(At("."));
        var command = JsonValue.Create($"cd {_marker}; sleep 600 & echo $! > child; echo $$ > leader; wait").ToJsonString();
        talk.Messages.Add(new JsonObject { ["role"] = "user", ["content"] = $$"""{{_marker}} [say Waiting.] {{Call("bash", $$"""{"command":{{command}} }""")}}""" });
        using (var response = await talk.PostAsync(stream: true))
        {
            response.IsSuccessStatusCode.ShouldBeTrue();
            await UntilAsync(() => File.Exists(At("leader")) && File.ReadAllText(At("leader")).EndsWith('\n'));
        }

        foreach (var file in new[] { "leader", "child" })
        {
            var process = int.Parse(await File.ReadAllTextAsync(At(file)), System.Globalization.CultureInfo.InvariantCulture);
            await UntilAsync(() => !ProcessTable.Lives(process));
        }
    }

    [Fact]
    public async Task A_clients_own_tools_are_told_as_lost()
    {
        using var talk = Begin(WorkshopStage.Current);
        foreach (var tool in new Talk(stage.Gateway, stage.Token, "").Tools) talk.Tools.Add(tool!.DeepClone());
        talk.Messages.Add(new JsonObject { ["role"] = "user", ["content"] = $$"""{{_marker}} [tool mcp__oc__get_weather {"city":"Bern"}]""" });
        using var response = await talk.PostAsync(stream: false);
        string.Join(',', response.Headers.GetValues("x-gatehouse-losses")).ShouldBe("claude-program.tools");
        ShouldHaveNoCall(await response.Content.ReadAsStringAsync());
    }

    /// <summary>All three dialects, streamed and whole: the text of all turns, in order, and no call.</summary>
    [Theory]
    [InlineData("v1/messages", false)]
    [InlineData("v1/messages", true)]
    [InlineData("v1/chat/completions", false)]
    [InlineData("v1/chat/completions", true)]
    [InlineData("v1/responses", false)]
    [InlineData("v1/responses", true)]
    public async Task Every_client_gets_one_clean_answer_in_its_own_dialect(string path, bool stream)
    {
        Put("a.txt", "for everybody");
        var prompt = $"{_marker} [say First.] {Call("read", $$"""{"path":"{{_marker}}/a.txt"}""")} [then] [say Second.] {Call("glob", """{"pattern":"*.none"}""")} [then] [say Third.]";
        var said = await Asked.AskAsync(stage, path, stream, "claude-sonnet-4-5" + WorkshopStage.Current, prompt);
        said.Text.ShouldBe("First.\n\nSecond.\n\nThird.", said.Whole);
        said.Whole.ShouldNotContain("mcp__");
        said.Whole.ShouldNotContain("\"tool_calls\"");
        said.Whole.ShouldNotContain("\"function_call\"");
        ShouldHaveNoCall(said.Whole);
        said.OutputTokens.ShouldBeGreaterThan(10);
    }

    // Neither as a block nor as the reason of a stop. What the vendor's own tools did is counted by a member of a similar name.
    private static void ShouldHaveNoCall(string answer)
    {
        foreach (var kind in (string[])["tool_use", "server_tool_use", "mcp_tool_use"])
        {
            answer.ShouldNotContain($"\"type\":\"{kind}\"");
            answer.ShouldNotContain($"\"stop_reason\":\"{kind}\"");
        }
    }

    // A stream that ends badly is broken off behind its error.
    private static async Task<string> ReadToTheBreakAsync(HttpResponseMessage response)
    {
        var text = new StringBuilder();
        try
        {
            using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
            while (await reader.ReadLineAsync() is { } line) text.AppendLine(line);
        }
        catch (IOException)
        {
            text.Length.ShouldBeGreaterThan(0);
        }

        return text.ToString();
    }

    private Talk Begin(string version)
    {
        var talk = new Talk(stage.Gateway, stage.Token, "claude-sonnet-4-5" + version);
        talk.Tools.Clear();
        return talk;
    }

    private static string Call(string tool, string json) => $"[tool mcp__opencode__{tool} {json}]";

    private string At(string path) => Path.Combine(stage.Folder, _marker, path);

    private void Put(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At(path))!);
        File.WriteAllText(At(path), text);
    }

    // The prompt of every request is counted by a quarter of its bytes, so that more requests are more tokens.
    private async Task UsageShouldBeThatOfAllTurnsAsync(JsonNode usage)
    {
        var bodies = (await stage.ReceivedAsync(_marker)).Select(one => one.Request.Body.Length).ToList();
        var told = (long)usage["input_tokens"]! + (long)usage["cache_creation_input_tokens"]! + (long)usage["cache_read_input_tokens"]!;
        bodies.Count.ShouldBeGreaterThan(2);
        told.ShouldBeGreaterThan(bodies.Max() / 4);
        told.ShouldBeInRange((long)(bodies.Sum() / 4 * 0.5), bodies.Sum() / 4);
    }

    private async Task<List<string[]>> ToolsAsync(string marker) => [.. (await stage.ReceivedAsync(marker)).Select(one => Names(JsonNode.Parse(one.Request.Body)!))];

    private static string[] Names(JsonNode body) => [.. (body["tools"]?.AsArray() ?? []).Select(tool => (string)tool!["name"]!).Order(StringComparer.Ordinal)];

    private static async Task UntilAsync(Func<bool> isSo)
    {
        using var limit = new CancellationTokenSource(s_ceiling);
        while (!isSo()) await Task.Delay(20, limit.Token);
    }
}
