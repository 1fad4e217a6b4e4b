using System.Text.Json;
using Gatehouse.EndToEnd.Stages;
using Gatehouse.EndToEnd.Wire;
using Gatehouse.Gateway.Metering;

namespace Gatehouse.EndToEnd.Sdks;

/// <summary>The vendor's library for Node, <c>openai</c>, through Gatehouse: Chat Completions and Responses.</summary>
public class NodeOpenAiTests(Stage stage)
{
    private const string Model = "gpt-5.5";
    private readonly string _marker = $"node-{Guid.NewGuid():N}";

    [Theory]
    [InlineData("chatCreate", "stop")]
    [InlineData("chatStreamUsage", "stop")]
    [InlineData("responsesCreate", "completed")]
    [InlineData("responsesStream", "completed")]
    public async Task A_prompt_is_answered(string scenario, string stop)
    {
        var (said, carried) = await RunAsync(scenario, Model, $"hello {_marker}");
        said.Text("text")!.ShouldContain(_marker);
        said.Text("stop").ShouldBe(stop);
        said.Number("input")!.Value.ShouldBeGreaterThan(0);
        said.Number("output")!.Value.ShouldBeGreaterThan(0);
        var row = carried.ShouldHaveSingleItem().Row;
        row.End.ShouldBe(ExchangeEnd.Ok);
        row.Operation.ShouldBe(
            scenario.StartsWith("chat", StringComparison.Ordinal) ? ExchangeOperation.ChatCompletions : ExchangeOperation.Responses);
        row.InputTokens.ShouldBe(said.Number("input"));
        row.OutputTokens.ShouldBe(said.Number("output"));
    }

    [Fact]
    public async Task A_chat_that_did_not_ask_for_usage_is_not_shown_any_and_is_metered_all_the_same()
    {
        var (said, carried) = await RunAsync("chatStream", Model, $"hello {_marker}", edited: true);
        said.Text("text")!.ShouldContain(_marker);
        said.Text("stop").ShouldBe("stop");
        said.Number("usage").ShouldBe(0);
        said.Number("empty").ShouldBe(0);
        var one = carried.ShouldHaveSingleItem();
        one.ShouldBeMetered(ExchangeOperation.ChatCompletions, stream: true, one.Row.Client!);
        const string edit = "\"stream_options\":{\"include_usage\":true}";
        one.Received.Text.Replace($",{edit}", "").Replace($"{edit},", "")
            .ShouldBe(one.Call.Sent.Text, "the request for usage is the only edit");
    }

    [Theory]
    [InlineData("chatTools")]
    [InlineData("responsesTools")]
    public async Task A_tool_is_called_and_its_result_goes_back(string scenario)
    {
        var (said, carried) = await RunAsync(scenario, Model, $$"""{{_marker}} [think] [tool get_weather {"city":"Bern"}]""");
        said.Text("tool").ShouldBe("get_weather");
        said.Text("city").ShouldBe("Bern");
        said.Text("text")!.ShouldContain("sunny");
        carried.Count.ShouldBe(2);
        if (scenario == "responsesTools") said.Text("first").ShouldBe("reasoning");
    }

    [Fact]
    public async Task An_answer_that_the_provider_keeps_can_be_continued_read_and_deleted()
    {
        await using var tee = new RecordingTee(stage.Gateway);
        var said = await NodeScript.RunAsync("openai.mjs", tee.Address, stage.Token, "responsesState", Model, $"hello {_marker}");
        said.Text("previous").ShouldBe("True");
        said.Text("read").ShouldBe("True");
        said.Number("items").ShouldBe(1);
        said.Text("gone").ShouldBe("NotFoundError");

        var id = said.Text("id")!;
        var rows = new List<LedgerRow>();
        foreach (var call in tee.Calls.Where(call => call.Sent.Target.Contains(id, StringComparison.Ordinal)))
            rows.Add(await stage.RowAsync(call));
        rows.Select(row => (row.Operation, row.End, row.Status, row.Provider, row.ErrorType)).ShouldBe(
        [
            (ExchangeOperation.ResponsesGet, ExchangeEnd.Ok, 200, "local", null),
            (ExchangeOperation.ResponsesInputItems, ExchangeEnd.Ok, 200, "local", null),
            (ExchangeOperation.ResponsesDelete, ExchangeEnd.Ok, 200, "local", null),
            // Its owner may still ask; it is the provider who says that it is gone.
            (ExchangeOperation.ResponsesGet, ExchangeEnd.ClientError, 404, "local", "invalid_request_error"),
        ], ignoreOrder: true);
        rows.ShouldAllBe(
            row => row.UsageSource == UsageSource.None && row.OutputTokens == null && row.ModelAsked == null && row.RequestBytes == 0);
    }

    [Fact]
    public async Task An_answer_of_another_token_cannot_be_read_or_deleted()
    {
        await using var tee = new RecordingTee(stage.Gateway);
        var other = await stage.CommandAsync("token", "create", "--name", _marker);
        other.Code.ShouldBe(0, other.Story);
        var made = await NodeScript.RunAsync("openai.mjs", tee.Address, stage.Token, "responsesCreate", Model, $"hello {_marker}");
        var id = made.Text("id")!;
        var said = await NodeScript.RunAsync("openai.mjs", tee.Address, other.Output.Trim(), "responsesOthers", Model, id);
        said.Texts("errors").ShouldBe(["NotFoundError", "NotFoundError", "NotFoundError"]);
        foreach (var call in tee.Calls.Where(call => call.Sent.Target.Contains(id, StringComparison.Ordinal)))
        {
            var row = await stage.RowAsync(call);
            (row.End, row.Status, row.Provider, row.ErrorType).ShouldBe((ExchangeEnd.Refused, 404, null, "response_not_found"));
        }
        await stage.ShouldNotBeReceivedAsync(id);
    }

    [Fact]
    public async Task An_unknown_earlier_answer_is_not_found()
    {
        await using var tee = new RecordingTee(stage.Gateway);
        var said = await NodeScript.RunAsync("openai.mjs", tee.Address, stage.Token, "responsesForeign", Model, $"hello {_marker}");
        said.Text("error").ShouldBeOneOf("BadRequestError", "NotFoundError");
        said.Text("code").ShouldBe("previous_response_not_found");
    }

    [Theory]
    [InlineData("status-400", "BadRequestError", 400)]
    [InlineData("status-401", "AuthenticationError", 401)]
    [InlineData("status-403", "PermissionDeniedError", 403)]
    [InlineData("status-404", "NotFoundError", 404)]
    [InlineData("status-429-retry-1", "RateLimitError", 429)]
    [InlineData("status-503", "InternalServerError", 503)]
    public async Task An_error_is_the_librarys_typed_error(string fault, string error, int status)
    {
        foreach (var scenario in new[] { "chatError", "responsesError" })
        {
            var marker = $"{_marker}-{scenario}";
            await using var tee = new RecordingTee(stage.Gateway);
            var said = await NodeScript.RunAsync("openai.mjs", tee.Address, stage.Token, scenario, $"gpt-5.5+{fault}", $"hello {marker}");
            said.Text("error").ShouldBe(error, scenario);
            said.Number("status").ShouldBe(status, scenario);
            var one = (await stage.CarriedAsync(tee, marker)).ShouldHaveSingleItem("Gatehouse must not repeat what the provider answered");
            one.Row.End.ShouldBe(status < 500 ? ExchangeEnd.ClientError : ExchangeEnd.UpstreamError);
            one.Row.Status.ShouldBe(status);
        }
    }

    [Theory]
    [InlineData("chatStreamError", "reset-mid")]
    [InlineData("chatStreamError", "eof-mid")]
    [InlineData("chatStreamError", "error-event")]
    [InlineData("responsesStreamError", "reset-mid")]
    [InlineData("responsesStreamError", "eof-mid")]
    [InlineData("responsesStreamError", "error-event")]
    public async Task A_stream_that_breaks_never_looks_finished(string scenario, string fault)
    {
        var (said, carried) = await RunAsync(scenario, $"gpt-5.5+{fault}", $"hello {_marker} [long 50]", edited: true);
        (said.Text("error") ?? said.Text("last")).ShouldNotBeNull().ShouldNotBe("response.completed");
        carried.ShouldHaveSingleItem().Row.End.ShouldBe(ExchangeEnd.UpstreamError);
    }

    [Theory]
    [InlineData("chatAbort")]
    [InlineData("responsesAbort")]
    public async Task An_abort_reaches_the_provider(string scenario)
    {
        var (said, carried) = await RunAsync(scenario, Model, $"hello {_marker} [long 2000] [slow 20]", edited: true);
        said.Text("error").ShouldBe("APIUserAbortError");
        carried.ShouldHaveSingleItem().Row.End.ShouldBe(ExchangeEnd.ClientGone);
        await stage.ShouldBeCancelledAsync(_marker);
    }

    [Fact]
    public async Task Models_are_listed_and_read()
    {
        await using var tee = new RecordingTee(stage.Gateway);
        var said = await NodeScript.RunAsync("openai.mjs", tee.Address, stage.Token, "models", Model, "");
        said.Texts("ids").ShouldContain("gpt-5.5");
        said.Text("one").ShouldBe(said.Texts("ids")[0]);
    }

    private async Task<(JsonElement Said, IReadOnlyList<Carried> Carried)> RunAsync(
        string scenario, string model, string prompt, bool edited = false)
    {
        await using var tee = new RecordingTee(stage.Gateway);
        var said = await NodeScript.RunAsync("openai.mjs", tee.Address, stage.Token, scenario, model, prompt);
        return (said, edited ? await stage.UnlikeAsync(tee, _marker) : await stage.CarriedAsync(tee, _marker));
    }
}
