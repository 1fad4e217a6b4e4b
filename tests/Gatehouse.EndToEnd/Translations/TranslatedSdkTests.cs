using System.Text.Json;
using System.Text.RegularExpressions;
using Gatehouse.Dialects;
using Gatehouse.EndToEnd.Sdks;
using Gatehouse.EndToEnd.Stages;
using Gatehouse.EndToEnd.Wire;
using Gatehouse.Gateway.Metering;

namespace Gatehouse.EndToEnd.Translations;

/// <summary>
/// The vendors' libraries, for Node and for .NET, on providers that speak another dialect only. What they parse and how they judge an answer is theirs.
/// </summary>
public sealed partial class TranslatedSdkTests(TranslatedStage stage) : IClassFixture<TranslatedStage>
{
    private readonly string _marker = $"sdk-{Guid.NewGuid():N}";

    /// <summary>Each library on each dialect that it does not speak.</summary>
    public static TheoryData<string, string> Clients()
    {
        var data = new TheoryData<string, string>();
        foreach (var sdk in Sdk.All)
        {
            foreach (var on in new[] { TranslatedStage.OnAnthropic, TranslatedStage.OnChat, TranslatedStage.OnResponses })
                if (Upstream(on) != sdk.Dialect) data.Add(sdk.Name, on);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task A_prompt_is_answered(string sdk, string on)
    {
        foreach (var scenario in new[] { "create", "stream" })
        {
            var marker = $"{_marker}-{scenario}";
            var (said, carried) = await RunAsync(sdk, scenario, Model(on), $"hello {marker}", marker);
            said.Text("text").ShouldNotBeNull(said.ToString()).ShouldContain(marker);
            said.Text("stop").ShouldBe(Sdk.Named(sdk).Dialect switch { Dialect.Anthropic => "end_turn", Dialect.OpenAiChat => "stop", _ => "completed" });
            var row = carried.ShouldHaveSingleItem().Row;
            (row.End, row.Dialect, row.UpstreamDialect).ShouldBe((ExchangeEnd.Ok, Sdk.Named(sdk).Dialect, Upstream(on)));
        }
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task Usage_is_what_the_provider_counted(string sdk, string on)
    {
        // Messages counts what was read from and written to a cache apart from the input, the others count it in.
        var written = on == TranslatedStage.OnAnthropic ? TranslatedStage.Written : 0;
        foreach (var scenario in new[] { "create", "stream" })
        {
            var marker = $"{_marker}-{scenario}";
            var (said, carried) = await RunAsync(sdk, scenario, Model(on), $"{TranslatedStage.Counted} {marker}", marker);
            var isAnthropic = Sdk.Named(sdk).Dialect == Dialect.Anthropic;
            said.Number("input").ShouldBe(isAnthropic ? TranslatedStage.Uncached : TranslatedStage.Uncached + TranslatedStage.Cached + written, said.ToString());
            said.Number("cached").ShouldBe(TranslatedStage.Cached);
            said.Number("output").ShouldBe(TranslatedStage.Output);
            if (!isAnthropic) said.Number("reasoning").ShouldBe(on == TranslatedStage.OnAnthropic ? 0 : TranslatedStage.Reasoning);
            var row = carried.ShouldHaveSingleItem().Row;
            (row.OutputTokens, row.CacheReadTokens, row.UsageSource).ShouldBe((TranslatedStage.Output, TranslatedStage.Cached, UsageSource.Upstream));
        }
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task Tools_are_called_turn_after_turn_and_what_the_model_thought_goes_back_untouched(string sdk, string on)
    {
        const string turns = """[think] [tool get_weather {"city":"Bern"}] [then] [think] [tool get_weather {"city":"Zürich"}]""";
        var (said, carried) = await RunAsync(sdk, "thinking", Model(on), $"{_marker} {turns}", _marker);
        said.Text("text").ShouldNotBeNull(said.ToString()).ShouldContain("sunny in Zürich");
        said.Texts("cities").ShouldBe(["Bern", "Zürich"]);
        // The simulator refuses state that is not exactly its own, so what is there is intact.
        carried.Select(one => States(one.Received.Text)).ShouldBe(on == TranslatedStage.OnChat ? [0, 0, 0] : [0, 1, 2]);
        if (on != TranslatedStage.OnChat && said.Number("thoughts") is { } thoughts) thoughts.ShouldBe(2);
    }

    /// <summary>Each library that does not speak Chat on each host that wants back what it told of its model's thoughts.</summary>
    public static TheoryData<string, string, string> Thinkers()
    {
        var data = new TheoryData<string, string, string>();
        foreach (var sdk in Sdk.All.Where(static sdk => sdk.Dialect != Dialect.OpenAiChat))
        {
            data.Add(sdk.Name, TranslatedStage.OnDeepSeek, "reasoning_content");
            data.Add(sdk.Name, TranslatedStage.OnOpenRouter, "signature");
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Thinkers))]
    public async Task A_chat_host_gets_back_what_it_told_of_its_models_thoughts(string sdk, string on, string field)
    {
        // Once by a client that is shown thoughts, once by one that did not ask: those of the latter are kept in the gateway.
        const string turns = """[think] [tool get_weather {"city":"Bern"}] [then] [think] [tool get_weather {"city":"Zürich"}]""";
        var (said, carried) = await RunAsync(sdk, "thinking", Model(on), $"{_marker} {turns}", _marker);
        said.Text("text").ShouldNotBeNull(said.ToString()).ShouldContain("sunny in Zürich");
        said.Texts("cities").ShouldBe(["Bern", "Zürich"]);
        // The host refuses what is not exactly its own, so what is there is intact.
        carried.Select(one => Filled(field).Count(one.Received.Text)).ShouldBe([0, 1, 2]);

        var marker = _marker + "-unasked";
        (said, carried) = await RunAsync(sdk, "parallel", Model(on), $$"""{{marker}} [think] [tool get_weather {"city":"Bern"}]""", marker);
        said.Text("text").ShouldNotBeNull(said.ToString()).ShouldContain("sunny 0");
        carried.Select(one => Filled(field).Count(one.Received.Text)).ShouldBe([0, 1]);
    }

    private static Regex Filled(string field) => new($"\"{field}\":\\s*\"[^\"]");

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task Parallel_calls_stay_apart(string sdk, string on)
    {
        var (said, _) = await RunAsync(
            sdk, "parallel", Model(on),
            $$"""{{_marker}} [tool get_weather {"city":"Bern"}] [tool get_weather {"city":"Zürich"}] [tool get_weather {"city":"Genève"}]""", _marker);
        said.Number("ids").ShouldBe(3, said.ToString());
        said.Texts("cities").ShouldBe(["Bern", "Zürich", "Genève"]);
        said.Text("text")!.ShouldContain("sunny 2");
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task An_image_arrives(string sdk, string on)
    {
        var (said, carried) = await RunAsync(sdk, "image", Model(on), $"what is this {_marker}", _marker);
        said.Text("text").ShouldNotBeNull(said.ToString()).ShouldContain(_marker);
        carried.ShouldHaveSingleItem().Received.Text.ShouldContain(Pictures.Png[..60]);
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task An_answer_keeps_to_a_schema(string sdk, string on)
    {
        var (said, _) = await RunAsync(sdk, "structured", Model(on), $"where {_marker}", _marker);
        said.Text("city").ShouldBe("string", said.ToString());
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task An_error_is_the_librarys_typed_error(string sdk, string on)
    {
        var errors = Sdk.Named(sdk).Errors;
        foreach (var (fault, error, status) in new[] { ("status-400", errors[0], 400), ("status-429-retry-1", errors[1], 429), ("status-500", errors[2], 500) })
        {
            var marker = $"{_marker}-{fault}";
            var (said, carried) = await RunAsync(sdk, "error", $"{Model(on)}+{fault}", $"hello {marker}", marker);
            said.Text("error").ShouldBe(error, fault);
            said.Number("status").ShouldBe(status);
            carried.ShouldHaveSingleItem("Gatehouse must not repeat what the provider answered").Row.Status.ShouldBe(status);
        }
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task A_stream_that_breaks_never_looks_finished(string sdk, string on)
    {
        foreach (var fault in new[] { "reset-mid", "eof-mid", "error-event" })
        {
            var marker = $"{_marker}-{fault}";
            var (said, carried) = await RunAsync(sdk, "streamError", $"{Model(on)}+{fault}", $"hello {marker} [long 50]", marker);
            (said.Text("error") ?? said.Text("last")).ShouldNotBeNull(fault).ShouldNotBeOneOf("response.completed", "stop", "message_stop");
            carried.ShouldHaveSingleItem().Row.End.ShouldBe(ExchangeEnd.UpstreamError);
        }
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task An_abort_reaches_the_provider(string sdk, string on)
    {
        var (said, carried) = await RunAsync(sdk, "abort", Model(on), $"hello {_marker} [long 2000] [slow 20]", _marker);
        said.Text("error").ShouldBe(Sdk.Named(sdk).Errors[3], said.ToString());
        carried.ShouldHaveSingleItem().Row.End.ShouldBe(ExchangeEnd.ClientGone);
        await stage.ShouldBeCancelledAsync(_marker);
    }

    [Theory]
    [InlineData("node responses", TranslatedStage.OnAnthropic)]
    [InlineData("node responses", TranslatedStage.OnChat)]
    [InlineData("dotnet responses", TranslatedStage.OnAnthropic)]
    [InlineData("dotnet responses", TranslatedStage.OnChat)]
    public async Task An_answer_that_the_gateway_keeps_can_be_continued_read_and_deleted(string sdk, string on)
    {
        await using var tee = new RecordingTee(stage.Gateway);
        var said = await Sdk.Named(sdk).RunAsync(tee.Address, stage.Token, "state", Model(on), $"hello {_marker}");
        said.Text("previous").ShouldBe("True", said.ToString());
        said.Text("read").ShouldBe("True");
        said.Number("items").ShouldBe(1);
        said.Text("gone").ShouldBeOneOf("NotFoundError", "404");
    }

    [Theory]
    [InlineData("node anthropic", TranslatedStage.OnChat)]
    [InlineData("node anthropic", TranslatedStage.OnResponses)]
    [InlineData("dotnet anthropic", TranslatedStage.OnChat)]
    [InlineData("dotnet anthropic", TranslatedStage.OnResponses)]
    public async Task Tokens_are_counted(string sdk, string on)
    {
        // The prompt is a page long; the provider's own count comes with an answer to it. The model is this test's own: what others tell of theirs corrects the estimate.
        var model = $"claude-sonnet-4-5-counting-{sdk.Replace(' ', '-')}{on}";
        var prompt = $"{_marker} {string.Concat(Enumerable.Repeat("The quick brown fox jumps over the lazy dog, and so on. ", 100))}";
        var (asked, _) = await RunAsync(sdk, "create", model, prompt, _marker);
        await using var tee = new RecordingTee(stage.Gateway);
        var said = await Sdk.Named(sdk).RunAsync(tee.Address, stage.Token, "count", model, prompt);
        var counted = asked.Number("input")!.Value + asked.Number("cached").GetValueOrDefault();
        said.Number("tokens").ShouldNotBeNull(said.ToString()).ShouldBeInRange((long)(counted * 0.85), (long)(counted * 1.15));
    }

    private static string Model(string on) => "claude-sonnet-4-5" + on;

    internal static Dialect Upstream(string on) => on switch
    {
        TranslatedStage.OnAnthropic => Dialect.Anthropic,
        TranslatedStage.OnChat => Dialect.OpenAiChat,
        _ => Dialect.OpenAiResponses,
    };

    /// <summary>How many turns' thoughts a request brings back.</summary>
    private static int States(string request) => State().Count(request);

    [GeneratedRegex("\"(signature|encrypted_content)\":\\s*\"[^\"]")]
    private static partial Regex State();

    private async Task<(JsonElement Said, IReadOnlyList<Carried> Carried)> RunAsync(string sdk, string scenario, string model, string prompt, string marker)
    {
        await using var tee = new RecordingTee(stage.Gateway);
        var said = await Sdk.Named(sdk).RunAsync(tee.Address, stage.Token, scenario, model, prompt);
        return (said, await stage.UnlikeAsync(tee, marker));
    }
}
