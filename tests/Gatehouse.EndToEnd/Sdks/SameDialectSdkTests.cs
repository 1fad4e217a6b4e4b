using System.Text.Json;
using System.Text.RegularExpressions;
using Gatehouse.Dialects;
using Gatehouse.EndToEnd.Stages;
using Gatehouse.EndToEnd.Wire;
using Gatehouse.Gateway.Metering;

namespace Gatehouse.EndToEnd.Sdks;

/// <summary>
/// Each of the vendors' libraries, for Node and for .NET, on a provider that speaks its own dialect, through the same scenarios: what its user sees, what the
/// ledger says, and what the provider received.
/// </summary>
public sealed partial class SameDialectSdkTests(Stage stage)
{
    private readonly string _marker = $"same-{Guid.NewGuid():N}";

    /// <summary>All libraries.</summary>
    public static TheoryData<string> Libraries => new(Sdk.All.Select(static sdk => sdk.Name));

    /// <summary>Those whose dialect has a call that counts.</summary>
    public static TheoryData<string> Counting => new(Sdk.All.Where(static sdk => sdk.Dialect != Dialect.OpenAiChat).Select(static sdk => sdk.Name));

    [Theory]
    [MemberData(nameof(Libraries))]
    public async Task Tools_are_called_turn_after_turn_and_what_the_model_thought_goes_back_untouched(string name)
    {
        const string turns = """[think] [tool get_weather {"city":"Bern"}] [then] [think] [tool get_weather {"city":"Zürich"}]""";
        var sdk = Sdk.Named(name);
        var (said, carried) = await RunAsync(sdk, "thinking", Model(sdk), $"{_marker} {turns}", _marker);
        said.Text("text").ShouldNotBeNull(said.ToString()).ShouldContain("sunny in Zürich");
        said.Texts("cities").ShouldBe(["Bern", "Zürich"]);
        carried.Count.ShouldBe(3);
        ShouldBeMetered(sdk, carried);
        carried.Select(static one => one.Row.StopReason).ShouldBe(sdk.Dialect switch
        {
            Dialect.Anthropic => ["tool_use", "tool_use", "end_turn"],
            Dialect.OpenAiChat => ["tool_calls", "tool_calls", "stop"],
            _ => ["completed", "completed", "completed"],
        });
        // The simulator refuses state that is not exactly its own, so what is there is intact. Chat Completions has no field for it.
        carried.Select(static one => State().Count(one.Received.Text)).ShouldBe(sdk.Dialect == Dialect.OpenAiChat ? [0, 0, 0] : [0, 1, 2]);
    }

    [Theory]
    [MemberData(nameof(Libraries))]
    public async Task Parallel_calls_stay_apart(string name)
    {
        var sdk = Sdk.Named(name);
        var (said, carried) = await RunAsync(
            sdk, "parallel", Model(sdk), $$"""{{_marker}} [tool get_weather {"city":"Bern"}] [tool get_weather {"city":"Zürich"}] [tool get_weather {"city":"Genève"}]""", _marker);
        said.Number("ids").ShouldBe(3, said.ToString());
        said.Texts("cities").ShouldBe(["Bern", "Zürich", "Genève"]);
        said.Text("text")!.ShouldContain("sunny 2");
        carried.Count.ShouldBe(2);
        ShouldBeMetered(sdk, carried);
    }

    [Theory]
    [MemberData(nameof(Libraries))]
    public async Task An_error_is_the_librarys_typed_error_and_has_its_row(string name)
    {
        var sdk = Sdk.Named(name);
        foreach (var (fault, status, error) in new (string, int, string?)[]
            {
                ("status-400", 400, sdk.Errors[0]), ("status-401", 401, null), ("status-403", 403, null), ("status-404", 404, null), ("status-429-retry-1", 429, sdk.Errors[1]),
                ("status-500", 500, sdk.Errors[2]),
            })
        {
            var marker = $"{_marker}-{fault}";
            var (said, carried) = await RunAsync(sdk, "error", $"{Model(sdk)}+{fault}", $"hello {marker}", marker);
            said.Number("status").ShouldBe(status, said.ToString());
            if (error is not null) said.Text("error").ShouldBe(error);
            var row = carried.ShouldHaveSingleItem("Gatehouse must not repeat what the provider answered").Row;
            (row.End, row.Status, row.UsageSource).ShouldBe((status < 500 ? ExchangeEnd.ClientError : ExchangeEnd.UpstreamError, status, UsageSource.None));
            row.ErrorType.ShouldNotBeNull();
        }
    }

    [Theory]
    [MemberData(nameof(Libraries))]
    public async Task A_stream_that_breaks_never_looks_finished(string name)
    {
        var sdk = Sdk.Named(name);
        foreach (var fault in new[] { "reset-mid", "eof-mid", "truncate", "error-event" })
        {
            var marker = $"{_marker}-{fault}";
            var (said, carried) = await RunAsync(sdk, "streamError", $"{Model(sdk)}+{fault}", $"hello {marker} [long 50]", marker);
            (said.Text("error") ?? said.Text("last")).ShouldNotBeNull(fault).ShouldNotBeOneOf("response.completed", "stop", "message_stop");
            var row = carried.ShouldHaveSingleItem().Row;
            (row.End, row.Status, row.Stream).ShouldBe((ExchangeEnd.UpstreamError, 200, true));
        }
    }

    [Theory]
    [MemberData(nameof(Libraries))]
    public async Task An_abort_reaches_the_provider(string name)
    {
        var sdk = Sdk.Named(name);
        var (said, carried) = await RunAsync(sdk, "abort", Model(sdk), $"hello {_marker} [long 2000] [slow 20]", _marker);
        said.Text("error").ShouldBe(sdk.Errors[3], said.ToString());
        carried.ShouldHaveSingleItem().Row.End.ShouldBe(ExchangeEnd.ClientGone);
        await stage.ShouldBeCancelledAsync(_marker);
    }

    [Theory]
    [MemberData(nameof(Counting))]
    public async Task Tokens_are_counted(string name)
    {
        var sdk = Sdk.Named(name);
        var (said, carried) = await RunAsync(sdk, "count", Model(sdk), $"hello {_marker}", _marker);
        said.Number("tokens").ShouldNotBeNull(said.ToString()).ShouldBeGreaterThan(0);
        var one = carried.ShouldHaveSingleItem();
        var (operation, path) = sdk.Dialect == Dialect.Anthropic
            ? (ExchangeOperation.CountTokens, "/v1/messages/count_tokens")
            : (ExchangeOperation.ResponsesInputTokens, "/v1/responses/input_tokens");
        one.Received.Target.ShouldStartWith(path);
        // What is counted was not used.
        (one.Row.Operation, one.Row.End, one.Row.Status, one.Row.UsageSource, one.Row.InputTokens).ShouldBe((operation, ExchangeEnd.Ok, 200, UsageSource.None, null));
    }

    private static string Model(Sdk sdk) => sdk.Dialect == Dialect.Anthropic ? "claude-sonnet-4-5" : "gpt-5.5";

    private static void ShouldBeMetered(Sdk sdk, IReadOnlyList<Carried> carried)
    {
        foreach (var one in carried)
        {
            (one.Row.Dialect, one.Row.UpstreamDialect).ShouldBe((sdk.Dialect, sdk.Dialect));
            one.ShouldBeMetered(
                sdk.Dialect switch { Dialect.Anthropic => ExchangeOperation.Messages, Dialect.OpenAiChat => ExchangeOperation.ChatCompletions, _ => ExchangeOperation.Responses },
                one.Call.Sent.Text.Contains("\"stream\":true", StringComparison.Ordinal), one.Row.Client.ShouldNotBeNull());
        }
    }

    private async Task<(JsonElement Said, IReadOnlyList<Carried> Carried)> RunAsync(Sdk sdk, string scenario, string model, string prompt, string marker)
    {
        await using var tee = new RecordingTee(stage.Gateway);
        var said = await sdk.RunAsync(tee.Address, stage.Token, scenario, model, prompt);
        var carried = await stage.UnlikeAsync(tee, marker);
        foreach (var one in carried)
        {
            // Of a chat stream whose caller did not ask for it, usage is asked: the one edit that there is.
            const string edit = ",\"stream_options\":{\"include_usage\":true}";
            if (one.Received.Text.Contains(edit, StringComparison.Ordinal) && !one.Call.Sent.Text.Contains("include_usage", StringComparison.Ordinal))
                one.Received.Text.Replace(edit, "", StringComparison.Ordinal).ShouldBe(one.Call.Sent.Text);
            else one.ShouldBeIdentical(stage.Token, ServerProcess.ProviderKey);
        }

        return (said, carried);
    }

    [GeneratedRegex("\"(signature|encrypted_content)\":\\s*\"[^\"]")]
    private static partial Regex State();
}
