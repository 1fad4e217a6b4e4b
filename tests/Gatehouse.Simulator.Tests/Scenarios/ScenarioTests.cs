using Gatehouse.Simulator.Tests.Wire;

namespace Gatehouse.Simulator.Tests.Scenarios;

public sealed class ScenarioTests : IDisposable
{
    private readonly string _file = Path.Combine(Path.GetTempPath(), $"scenario-{Guid.NewGuid():N}.json");

    public void Dispose() => File.Delete(_file);

    [Fact]
    public async Task Steps_answer_by_condition_and_are_used_up()
    {
        await using var server = await StartAsync("""
            { // comments are fine
              "steps": [
                { "when": { "dialect": "openai-chat", "contains": "weather" },
                  "answer": [ { "text": "Sunny." }, { "tool": "get", "input": { "a": 1 } } ],
                  "usage": { "input": 7, "cache_read": 3, "output": 5 }, "headers": { "x-step": "one" } },
                { "when": { "model": "claude-*", "nth": 2 }, "faults": "status-429-retry-3" },
                { "when": { "dialect": "anthropic" }, "times": 0, "answer": [ { "text": "Always." } ], "stop": "max_tokens" },
              ]
            }
            """);
        var first = await Ask.SendAsync(server, Ask.Chat, "gpt-x", false, prompt: "the weather");
        first.Header("x-step").ShouldBe("one");
        first.Body.ShouldContain("Sunny.");
        first.Body.ShouldContain("\"prompt_tokens\": 10");
        first.Body.ShouldContain("\"finish_reason\": \"tool_calls\"");
        var second = await Ask.SendAsync(server, Ask.Messages, "claude-x", true);
        second.Status.ShouldBe(429);
        second.Header("retry-after").ShouldBe("3");
        for (var i = 0; i < 2; i++)
        {
            var later = await Ask.SendAsync(server, Ask.Messages, "claude-x", true);
            later.Body.ShouldContain("Always.");
            later.Body.ShouldContain("\"stop_reason\":\"max_tokens\"");
        }
        (await Ask.SendAsync(server, Ask.Chat, "gpt-x", false, prompt: "the weather")).Body.ShouldContain("You said: the weather");
    }

    [Fact]
    public async Task A_bad_file_names_every_problem()
    {
        var problem = await Should.ThrowAsync<InvalidDataException>(() => StartAsync("""
            { "stepz": 1, "steps": [
              { "whn": {}, "when": { "dialect": "gemini", "nth": "two" }, "faults": "explode", "stop": "never" },
              { "answer": [ { "texd": "x" } ], "usage": { "inputs": 1 }, "times": -1, "headers": [] } ] }
            """));
        foreach (var expected in new[]
        {
            "stepz: unknown member", "steps[0].whn: unknown member", "steps[0].when.dialect: 'gemini' is none of",
            "steps[0].when.nth: a whole number",
            "steps[0].faults: unknown fault 'explode'", "steps[0].stop: 'never' is none of", "steps[1].answer[0].texd: unknown member",
            "steps[1].answer[0]: a part is one of",
            "steps[1].usage.inputs: unknown member", "steps[1].times: a whole number", "steps[1].headers: an object is needed",
        }) problem.Message.ShouldContain(expected);
    }

    [Fact]
    public async Task A_text_that_is_none_is_a_fault_of_the_file() =>
        (await Should.ThrowAsync<InvalidDataException>(() => StartAsync("""{ "steps": [ { "stop": "\ud800" } ] }"""))).Message.ShouldContain("not UTF-8");

    [Fact]
    public async Task A_missing_or_broken_file_is_told()
    {
        await Should.ThrowAsync<InvalidDataException>(() => SimulatorServer.StartAsync(new SimulatorOptions { ScenarioFile = _file }));
        await Should.ThrowAsync<InvalidDataException>(() => StartAsync("{ nonsense"));
    }

    private async Task<SimulatorServer> StartAsync(string text)
    {
        await File.WriteAllTextAsync(_file, text);
        return await SimulatorServer.StartAsync(new SimulatorOptions { ScenarioFile = _file });
    }
}
