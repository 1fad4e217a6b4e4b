using System.Text.Json;
using Gatehouse.EndToEnd.Stages;
using Gatehouse.EndToEnd.Wire;
using Gatehouse.Gateway.Metering;

namespace Gatehouse.EndToEnd.Sdks;

/// <summary>The vendor's library for Node, <c>@anthropic-ai/sdk</c>, through Gatehouse.</summary>
public class NodeAnthropicTests(Stage stage)
{
    private const string Model = "claude-sonnet-4-5";
    private readonly string _marker = $"node-{Guid.NewGuid():N}";

    [Fact]
    public async Task A_message_is_answered()
    {
        var (said, carried) = await RunAsync("create", Model, $"hello {_marker}");
        said.Text("text")!.ShouldContain(_marker);
        said.Text("stop").ShouldBe("end_turn");
        var row = carried.ShouldHaveSingleItem().Row;
        row.End.ShouldBe(ExchangeEnd.Ok);
        row.Operation.ShouldBe(ExchangeOperation.Messages);
        row.OutputTokens.ShouldBe(said.Number("output"));
        row.InputTokens.ShouldBe(said.Number("input"));
    }

    [Fact]
    public async Task A_message_streams_with_the_vendors_events()
    {
        var (said, carried) = await RunAsync("stream", Model, $"hello {_marker}");
        said.Text("text")!.ShouldContain(_marker);
        var events = said.Texts("events");
        events[0].ShouldBe("message_start");
        events[^1].ShouldBe("message_stop");
        events.ShouldContain("content_block_delta");
        carried.ShouldHaveSingleItem().Row.Stream.ShouldBeTrue();
        carried[0].Row.OutputTokens.ShouldBe(said.Number("output"));
    }

    [Fact]
    public async Task A_tool_is_called_and_thinking_goes_back_intact()
    {
        var (said, carried) = await RunAsync("tools", Model, $$"""{{_marker}} [think] [tool get_weather {"city":"Bern"}]""");
        said.Text("stop").ShouldBe("tool_use");
        said.Text("first").ShouldBe("thinking");
        said.Text("city").ShouldBe("Bern");
        said.Text("text")!.ShouldContain("sunny");
        carried.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData("status-400", "BadRequestError", 400, "invalid_request_error")]
    [InlineData("status-401", "AuthenticationError", 401, "authentication_error")]
    [InlineData("status-403", "PermissionDeniedError", 403, "permission_error")]
    [InlineData("status-404", "NotFoundError", 404, "not_found_error")]
    [InlineData("status-429-retry-1", "RateLimitError", 429, "rate_limit_error")]
    [InlineData("status-500", "InternalServerError", 500, "api_error")]
    [InlineData("status-529", "OverloadedError", 529, "overloaded_error")]
    public async Task An_error_is_the_librarys_typed_error(string fault, string error, int status, string type)
    {
        var (said, carried) = await RunAsync("error", $"claude-sonnet-4-5+{fault}", $"hello {_marker}");
        said.Text("error").ShouldBe(error);
        said.Number("status").ShouldBe(status);
        said.Text("type").ShouldBe(type);
        carried.Count.ShouldBe(1, "Gatehouse must not repeat what the provider answered");
        carried[0].Row.End.ShouldBe(status < 500 ? ExchangeEnd.ClientError : ExchangeEnd.UpstreamError);
        carried[0].Row.Status.ShouldBe(status);
    }

    [Theory]
    [InlineData("reset-mid")]
    [InlineData("eof-mid")]
    [InlineData("truncate")]
    [InlineData("error-event")]
    public async Task A_stream_that_breaks_never_looks_finished(string fault)
    {
        var (said, carried) = await RunAsync("streamError", $"claude-sonnet-4-5+{fault}", $"hello {_marker} [long 50]");
        said.Text("error").ShouldNotBeNull();
        carried.ShouldHaveSingleItem().Row.End.ShouldBe(ExchangeEnd.UpstreamError);
        carried[0].Row.UsageSource.ShouldBe(UsageSource.Partial);
    }

    [Fact]
    public async Task An_abort_reaches_the_provider()
    {
        var (said, carried) = await RunAsync("abort", Model, $"hello {_marker} [long 2000] [slow 20]");
        said.Text("error").ShouldBe("APIUserAbortError");
        carried.ShouldHaveSingleItem().Row.End.ShouldBe(ExchangeEnd.ClientGone);
        await stage.ShouldBeCancelledAsync(_marker);
    }

    [Fact]
    public async Task Tokens_are_counted()
    {
        var (said, carried) = await RunAsync("count", Model, $"hello {_marker}");
        said.Number("tokens")!.Value.ShouldBeGreaterThan(0);
        carried.ShouldHaveSingleItem().Row.Operation.ShouldBe(ExchangeOperation.CountTokens);
        carried[0].Received.Target.ShouldStartWith("/v1/messages/count_tokens");
    }

    [Fact]
    public async Task Models_are_listed_page_by_page_and_one_by_one()
    {
        await using var tee = new RecordingTee(stage.Gateway);
        var said = await NodeScript.RunAsync("anthropic.mjs", tee.Address, stage.Token, "models", Model, "");
        var ids = said.Texts("ids");
        ids.ShouldContain("claude-sonnet-4-5");
        ids.ShouldBeUnique();
        ids.Count.ShouldBeGreaterThan(2);
        said.Text("one").ShouldBe(ids[0]);
    }

    private async Task<(JsonElement Said, IReadOnlyList<Carried> Carried)> RunAsync(string scenario, string model, string prompt)
    {
        await using var tee = new RecordingTee(stage.Gateway);
        var said = await NodeScript.RunAsync("anthropic.mjs", tee.Address, stage.Token, scenario, model, prompt);
        return (said, await stage.CarriedAsync(tee, _marker));
    }
}
