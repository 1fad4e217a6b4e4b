using System.Text.Json;
using Gatehouse.Dialects;
using Gatehouse.EndToEnd.Sdks;
using Gatehouse.EndToEnd.Stages;
using Gatehouse.EndToEnd.Wire;
using Gatehouse.Gateway.Metering;

namespace Gatehouse.EndToEnd.Translations;

/// <summary>The vendors' libraries for Node on providers that speak another dialect. What they parse and how they judge an answer is theirs.</summary>
public sealed class TranslatedSdkTests(TranslatedStage stage) : IClassFixture<TranslatedStage>
{
    private readonly string _marker = $"node-{Guid.NewGuid():N}";

    /// <summary>Script, the beginning of its scenarios' names, and the providers that it does not speak to natively.</summary>
    private static readonly (string Script, string Prefix, string[] On)[] s_clients =
    [
        ("anthropic.mjs", "", [TranslatedStage.OnChat, TranslatedStage.OnResponses]),
        ("openai.mjs", "chat", [TranslatedStage.OnAnthropic, TranslatedStage.OnResponses]),
        ("openai.mjs", "responses", [TranslatedStage.OnAnthropic, TranslatedStage.OnChat]),
    ];

    public static TheoryData<string, string, string> Clients()
    {
        var data = new TheoryData<string, string, string>();
        foreach (var (script, prefix, providers) in s_clients)
        {
            foreach (var on in providers) data.Add(script, prefix, on);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task A_prompt_is_answered_with_the_usage_that_the_provider_counted(string script, string prefix, string on)
    {
        foreach (var scenario in prefix == "chat" ? new[] { "Create", "StreamUsage" } : ["Create", "Stream"])
        {
            var marker = $"{_marker}-{scenario}";
            var (said, carried) = await RunAsync(script, Name(prefix, scenario), Model(on), $"hello {marker}", marker);
            said.Text("text")!.ShouldContain(marker);
            said.Text("stop").ShouldBe(prefix switch { "" => "end_turn", "chat" => "stop", _ => "completed" });
            var row = carried.ShouldHaveSingleItem().Row;
            row.End.ShouldBe(ExchangeEnd.Ok);
            said.Number("output").ShouldBe(row.OutputTokens);
            // One convention counts cached tokens in, the other leaves them out; both must come to the same sum.
            var cached = row.CacheReadTokens + row.CacheWriteTokens ?? row.CacheReadTokens ?? 0;
            var total = row.UpstreamDialect == Dialect.Anthropic ? row.InputTokens + cached : row.InputTokens;
            said.Number("input").ShouldBe(prefix.Length == 0 ? total - cached : total);
        }
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task A_tool_is_called_and_its_result_goes_back_with_what_the_model_thought(string script, string prefix, string on)
    {
        var (said, carried) = await RunAsync(
            script, prefix == "chat" ? "chatThinking" : Name(prefix, "Tools"), Model(on), $$"""{{_marker}} [think] [tool get_weather {"city":"Bern"}]""", _marker);
        said.Text("text")!.ShouldContain("sunny");
        carried.Count.ShouldBe(2);
        if (on == TranslatedStage.OnAnthropic) carried[1].Received.Text.ShouldContain("\"signature\":");
        if (on == TranslatedStage.OnResponses) carried[1].Received.Text.ShouldContain("\"encrypted_content\":");
        if (prefix != "chat") said.Text("city").ShouldBe("Bern");
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task Parallel_calls_stay_apart(string script, string prefix, string on)
    {
        var (said, _) = await RunAsync(
            script, Name(prefix, "Parallel"), Model(on),
            $$"""{{_marker}} [tool get_weather {"city":"Bern"}] [tool get_weather {"city":"Zürich"}] [tool get_weather {"city":"Genève"}]""", _marker);
        said.Number("ids").ShouldBe(3);
        said.Texts("cities").ShouldBe(["Bern", "Zürich", "Genève"]);
        said.Text("text")!.ShouldContain("sunny 2");
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task An_image_arrives(string script, string prefix, string on)
    {
        var (said, carried) = await RunAsync(script, Name(prefix, "Image"), Model(on), $"what is this {_marker}", _marker);
        said.Text("text")!.ShouldContain(_marker);
        carried.ShouldHaveSingleItem().Received.Text.ShouldContain("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk");
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task An_answer_keeps_to_a_schema(string script, string prefix, string on)
    {
        var (said, _) = await RunAsync(script, Name(prefix, "Structured"), Model(on), $"where {_marker}", _marker);
        said.Text("city").ShouldBe("string");
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task An_error_is_the_librarys_typed_error(string script, string prefix, string on)
    {
        foreach (var (fault, error, status) in new[] { ("status-400", "BadRequestError", 400), ("status-429-retry-1", "RateLimitError", 429), ("status-500", "InternalServerError", 500) })
        {
            var marker = $"{_marker}-{fault}";
            var (said, carried) = await RunAsync(script, Name(prefix, "Error"), $"{Model(on)}+{fault}", $"hello {marker}", marker);
            said.Text("error").ShouldBe(error, fault);
            said.Number("status").ShouldBe(status);
            carried.ShouldHaveSingleItem("Gatehouse must not repeat what the provider answered").Row.Status.ShouldBe(status);
        }
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task A_stream_that_breaks_never_looks_finished(string script, string prefix, string on)
    {
        foreach (var fault in new[] { "reset-mid", "eof-mid", "error-event" })
        {
            var marker = $"{_marker}-{fault}";
            var (said, carried) = await RunAsync(script, Name(prefix, "StreamError"), $"{Model(on)}+{fault}", $"hello {marker} [long 50]", marker);
            (said.Text("error") ?? said.Text("last")).ShouldNotBeNull(fault).ShouldNotBe("response.completed", fault);
            carried.ShouldHaveSingleItem().Row.End.ShouldBe(ExchangeEnd.UpstreamError);
        }
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task An_abort_reaches_the_provider(string script, string prefix, string on)
    {
        var (said, carried) = await RunAsync(script, Name(prefix, "Abort"), Model(on), $"hello {_marker} [long 2000] [slow 20]", _marker);
        said.Text("error").ShouldBe("APIUserAbortError");
        carried.ShouldHaveSingleItem().Row.End.ShouldBe(ExchangeEnd.ClientGone);
        await stage.ShouldBeCancelledAsync(_marker);
    }

    [Theory]
    [InlineData(TranslatedStage.OnAnthropic)]
    [InlineData(TranslatedStage.OnChat)]
    public async Task An_answer_that_the_gateway_keeps_can_be_continued_read_and_deleted(string on)
    {
        await using var tee = new RecordingTee(stage.Gateway);
        var said = await NodeScript.RunAsync("openai.mjs", tee.Address, stage.Token, "responsesState", Model(on), $"hello {_marker}");
        said.Text("previous").ShouldBe("True");
        said.Text("read").ShouldBe("True");
        said.Number("items").ShouldBe(1);
        said.Text("gone").ShouldBe("NotFoundError");
    }

    [Theory]
    [InlineData(TranslatedStage.OnChat)]
    [InlineData(TranslatedStage.OnResponses)]
    public async Task Tokens_are_counted(string on)
    {
        await using var tee = new RecordingTee(stage.Gateway);
        var said = await NodeScript.RunAsync("anthropic.mjs", tee.Address, stage.Token, "count", Model(on), $"hello {_marker}");
        said.Number("tokens").ShouldNotBeNull().ShouldBeGreaterThan(5);
    }

    private static string Model(string on) => "claude-sonnet-4-5" + on;

    private static string Name(string prefix, string scenario) => prefix.Length > 0 ? prefix + scenario : char.ToLowerInvariant(scenario[0]) + scenario[1..];

    private async Task<(JsonElement Said, IReadOnlyList<Carried> Carried)> RunAsync(string script, string scenario, string model, string prompt, string marker)
    {
        await using var tee = new RecordingTee(stage.Gateway);
        var said = await NodeScript.RunAsync(script, tee.Address, stage.Token, scenario, model, prompt);
        return (said, await stage.UnlikeAsync(tee, marker));
    }
}
