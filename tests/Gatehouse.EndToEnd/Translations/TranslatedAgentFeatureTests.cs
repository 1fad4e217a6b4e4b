using System.Text.Json;
using System.Text.RegularExpressions;
using Gatehouse.Dialects;
using Gatehouse.EndToEnd.Agents;
using Gatehouse.EndToEnd.Sdks;
using Gatehouse.EndToEnd.Stages;
using Gatehouse.EndToEnd.Wire;
using Gatehouse.Gateway.Metering;

namespace Gatehouse.EndToEnd.Translations;

/// <summary>What the agents can be driven to beside a prompt and a tool, on providers that do not speak their dialect.</summary>
public sealed partial class TranslatedAgentFeatureTests(TranslatedStage stage) : IClassFixture<TranslatedStage>
{
    private const string Schema = """{"type":"object","properties":{"city":{"type":"string"}},"required":["city"],"additionalProperties":false}""";
    private readonly string _marker = $"agent-{Guid.NewGuid():N}";

    public static TheoryData<string, string, Dialect> ClaudeCodes => TranslatedAgentTests.ClaudeCodes;

    public static TheoryData<string, Dialect> Codexes => TranslatedAgentTests.Codexes;

    [Theory]
    [MemberData(nameof(ClaudeCodes))]
    public async Task Claude_Code_runs_tools_side_by_side_and_thinks_turn_after_turn(string version, string on, Dialect upstream)
    {
        var prompt = $$"""
            Add for {{_marker}}: [think] [tool Bash {"command":"echo left-$((40+2))","description":"a"}] [tool Bash {"command":"echo right-$((50+3))","description":"b"}]
            [then] [think] [tool Bash {"command":"echo last-$((60+4))","description":"c"}]
            """;
        var (run, carried) = await ClaudeAsync(version, on, prompt, ["--allowedTools", "Bash"]);
        run.Code.ShouldBe(0, run.Story);
        run.Output.ShouldContain("last-64");
        TranslatedAgentTests.ShouldBeTranslated(carried, Dialect.Anthropic, upstream, "claude-cli");
        carried.Count.ShouldBe(3);
        var said = Messages(carried[1].Call.Sent.Body).SelectMany(Blocks).ToList();
        ShouldBelong(said.Where(static block => Is(block, "tool_use")), "id", said.Where(static block => Is(block, "tool_result")), "tool_use_id");
        // The simulator refuses sealed reasoning that is not exactly its own.
        if (upstream == Dialect.OpenAiResponses) carried.Select(one => State().Count(one.Received.Text)).ShouldBe([0, 1, 2]);
    }

    [Theory]
    [MemberData(nameof(Codexes))]
    public async Task Codex_runs_tools_side_by_side_and_thinks_turn_after_turn(string on, Dialect upstream)
    {
        var prompt = $$"""
            Add for {{_marker}}: [think] [tool exec_command {"cmd":"echo left-$((40+2))"}] [tool exec_command {"cmd":"echo right-$((50+3))"}]
            [then] [think] [tool exec_command {"cmd":"echo last-$((60+4))"}]
            """;
        var (run, carried) = await CodexAsync(on, prompt);
        run.Code.ShouldBe(0, run.Story);
        run.Output.ShouldContain("last-64");
        TranslatedAgentTests.ShouldBeTranslated(carried, Dialect.OpenAiResponses, upstream, "codex_exec");
        carried.Count.ShouldBe(3);
        var said = Items(carried[1].Call.Sent.Body).ToList();
        ShouldBelong(said.Where(static item => Is(item, "function_call")), "call_id", said.Where(static item => Is(item, "function_call_output")), "call_id");
        if (upstream == Dialect.Anthropic) carried.Select(one => State().Count(one.Received.Text)).ShouldBe([0, 1, 2]);
    }

    [Theory]
    [MemberData(nameof(ClaudeCodes))]
    public async Task Claude_Code_shows_the_model_an_image_that_it_read(string version, string on, Dialect upstream)
    {
        var prompt = $$"""Look for {{_marker}}: [tool Read {"file_path":"{{StartedAgent.Project}}/dot.png"}]""";
        var (run, carried) = await ClaudeAsync(version, on, prompt, ["--allowedTools", "Read"], files: Picture());
        run.Code.ShouldBe(0, run.Story);
        TranslatedAgentTests.ShouldBeTranslated(carried, Dialect.Anthropic, upstream, "claude-cli");
        carried[0].Received.Text.ShouldNotContain("data:image/png;base64,");
        carried[^1].Received.Text.ShouldContain("data:image/png;base64," + Pictures.Png);
    }

    [Theory]
    [MemberData(nameof(Codexes))]
    public async Task Codex_shows_the_model_an_image_that_it_was_given(string on, Dialect upstream)
    {
        var (run, carried) = await CodexAsync(on, $"Look for {_marker}", Picture(), "-i", $"{StartedAgent.Project}/dot.png");
        run.Code.ShouldBe(0, run.Story);
        TranslatedAgentTests.ShouldBeTranslated(carried, Dialect.OpenAiResponses, upstream, "codex_exec");
        carried.ShouldHaveSingleItem().Received.Text.ShouldContain((upstream == Dialect.Anthropic ? "\"media_type\":\"image/png\",\"data\":\"" : "data:image/png;base64,") + Pictures.Png);
    }

    [Theory]
    [MemberData(nameof(ClaudeCodes))]
    public async Task Claude_Code_gets_an_answer_that_keeps_to_a_schema(string version, string on, Dialect upstream)
    {
        var prompt = $$"""Where is {{_marker}}? [tool StructuredOutput {"city":"Bern"}]""";
        var (run, carried) = await ClaudeAsync(version, on, prompt, ["--json-schema", Schema, "--output-format", "json"]);
        run.Code.ShouldBe(0, run.Story);
        Json(run.Output).GetProperty("structured_output").GetProperty("city").GetString().ShouldBe("Bern");
        TranslatedAgentTests.ShouldBeTranslated(carried, Dialect.Anthropic, upstream, "claude-cli");
    }

    [Theory]
    [MemberData(nameof(Codexes))]
    public async Task Codex_gets_an_answer_that_keeps_to_a_schema(string on, Dialect upstream)
    {
        var files = new Dictionary<string, byte[]> { ["schema.json"] = System.Text.Encoding.UTF8.GetBytes(Schema) };
        var (run, carried) = await CodexAsync(on, $"Where is {_marker}?", files, "--output-schema", $"{StartedAgent.Project}/schema.json");
        run.Code.ShouldBe(0, run.Story);
        // The least text that the schema allows, as the simulator makes it up.
        Json(run.Output).GetProperty("city").GetString().ShouldBe("text");
        TranslatedAgentTests.ShouldBeTranslated(carried, Dialect.OpenAiResponses, upstream, "codex_exec");
    }

    [Theory]
    [MemberData(nameof(ClaudeCodes))]
    public async Task Claude_Code_reports_the_usage_that_the_provider_counted(string version, string on, Dialect upstream)
    {
        var (run, carried) = await ClaudeAsync(version, on, $"{TranslatedStage.Counted} {_marker}", ["--output-format", "json"]);
        run.Code.ShouldBe(0, run.Story);
        TranslatedAgentTests.ShouldBeTranslated(carried, Dialect.Anthropic, upstream, "claude-cli");
        carried.Count.ShouldBe(1);
        var usage = Json(run.Output).GetProperty("usage");
        usage.GetProperty("input_tokens").GetInt32().ShouldBe(TranslatedStage.Uncached);
        usage.GetProperty("cache_read_input_tokens").GetInt32().ShouldBe(TranslatedStage.Cached);
        usage.GetProperty("output_tokens").GetInt32().ShouldBe(TranslatedStage.Output);
    }

    [Theory]
    [MemberData(nameof(Codexes))]
    public async Task Codex_reports_the_usage_that_the_provider_counted(string on, Dialect upstream)
    {
        var (run, carried) = await CodexAsync(on, $"{TranslatedStage.Counted} {_marker}", null, "--json");
        run.Code.ShouldBe(0, run.Story);
        TranslatedAgentTests.ShouldBeTranslated(carried, Dialect.OpenAiResponses, upstream, "codex_exec");
        carried.Count.ShouldBe(1);
        var usage = run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => Json(line))
            .Single(static line => line.GetProperty("type").GetString() == "turn.completed").GetProperty("usage");
        var written = upstream == Dialect.Anthropic ? TranslatedStage.Written : 0;
        usage.GetProperty("input_tokens").GetInt32().ShouldBe(TranslatedStage.Uncached + TranslatedStage.Cached + written);
        usage.GetProperty("cached_input_tokens").GetInt32().ShouldBe(TranslatedStage.Cached);
        usage.GetProperty("output_tokens").GetInt32().ShouldBe(TranslatedStage.Output);
    }

    [Theory]
    [MemberData(nameof(ClaudeCodes))]
    public async Task Claude_Code_that_is_interrupted_ends_the_call(string version, string on, Dialect upstream)
    {
        await using var tee = new RecordingTee(stage.Gateway);
        await using var agent = ClaudeCode.Start(
            version, tee.Address, ("ANTHROPIC_AUTH_TOKEN", stage.Token), $"hello {_marker} [long 5000] [slow 20]", ["--model", "claude-opus-5-5" + on]);
        await InterruptAsync(agent, tee, upstream);
    }

    [Theory]
    [MemberData(nameof(Codexes))]
    public async Task Codex_that_is_interrupted_ends_the_call(string on, Dialect upstream)
    {
        await using var tee = new RecordingTee(stage.Gateway);
        await using var agent = Codex.Start(tee.Address, stage.Token, $"hello {_marker} [long 5000] [slow 20]", "gpt-5.5" + on);
        await InterruptAsync(agent, tee, upstream);
    }

    /// <summary>Agents put the results in the order in which the commands ended: each must bear the id of its own call.</summary>
    private static void ShouldBelong(IEnumerable<JsonElement> calls, string id, IEnumerable<JsonElement> results, string of)
    {
        var byCall = results.ToDictionary(result => result.GetProperty(of).GetString()!, static result => result.GetRawText());
        byCall.Count.ShouldBe(2);
        foreach (var call in calls)
            byCall[call.GetProperty(id).GetString()!].ShouldContain(call.GetRawText().Contains("left-", StringComparison.Ordinal) ? "left-42" : "right-53");
    }

    private async Task InterruptAsync(StartedAgent agent, RecordingTee tee, Dialect upstream)
    {
        using var limit = new CancellationTokenSource(AgentRun.Limit);
        // Until its answer has begun: from then on the exchange has a name.
        while (!tee.Calls.Any(call => call.Sent.Holds(_marker) && call.Exchange is not null)) await Task.Delay(50, limit.Token);
        (await stage.ReceivedAsync(_marker))[0].Request.Target.ShouldBe(upstream == Dialect.Anthropic ? "/v1/messages" : upstream == Dialect.OpenAiChat ? "/v1/chat/completions" : "/v1/responses");
        await agent.InterruptAsync();
        await stage.ShouldBeCancelledAsync(_marker);
        var row = (await stage.UnlikeAsync(tee, _marker)).ShouldHaveSingleItem().Row;
        (row.End, row.UpstreamDialect).ShouldBe((ExchangeEnd.ClientGone, upstream));
    }

    private static Dictionary<string, byte[]> Picture() => new() { ["dot.png"] = Convert.FromBase64String(Pictures.Png) };

    private async Task<(AgentRun Run, IReadOnlyList<Carried> Carried)> ClaudeAsync(
        string version, string on, string prompt, string[] options, Dictionary<string, byte[]>? files = null)
    {
        await using var tee = new RecordingTee(stage.Gateway);
        await using var agent = ClaudeCode.Start(
            version, tee.Address, ("ANTHROPIC_AUTH_TOKEN", stage.Token), prompt, ["--model", "claude-opus-5-5" + on, .. options], files);
        var run = await agent.WaitAsync();
        return (run, await stage.UnlikeAsync(tee, _marker));
    }

    private async Task<(AgentRun Run, IReadOnlyList<Carried> Carried)> CodexAsync(
        string on, string prompt, Dictionary<string, byte[]>? files = null, params string[] options)
    {
        await using var tee = new RecordingTee(stage.Gateway);
        var run = await Codex.RunAsync(tee.Address, stage.Token, prompt, "gpt-5.5" + on, files, options);
        return (run, await stage.UnlikeAsync(tee, _marker));
    }

    private static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement;

    private static JsonElement.ArrayEnumerator Messages(ReadOnlyMemory<byte> body) => JsonDocument.Parse(body).RootElement.GetProperty("messages").EnumerateArray();

    private static JsonElement.ArrayEnumerator Items(ReadOnlyMemory<byte> body) => JsonDocument.Parse(body).RootElement.GetProperty("input").EnumerateArray();

    private static IEnumerable<JsonElement> Blocks(JsonElement message) =>
        message.GetProperty("content") is { ValueKind: JsonValueKind.Array } content ? content.EnumerateArray() : [];

    private static bool Is(JsonElement value, string type) => value.TryGetProperty("type", out var given) && given.GetString() == type;

    [GeneratedRegex("\"(signature|encrypted_content)\":\\s*\"[^\"]")]
    private static partial Regex State();
}
