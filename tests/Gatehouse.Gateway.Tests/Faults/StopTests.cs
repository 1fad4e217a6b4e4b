using System.Globalization;
using System.Text;
using Gatehouse.Dialects;
using Gatehouse.Gateway.Metering;
using Gatehouse.Gateway.Tests.Exchanges;
using Gatehouse.Gateway.Tests.Translations;

namespace Gatehouse.Gateway.Tests.Faults;

/// <summary>What clients see whose answers outlast the time that a stop gives them.</summary>
public sealed class StopTests
{
    private const string Drain = """, "limits": { "drainSeconds": 0.2 }""";

    public static TheoryData<Dialect, Dialect> Pairs()
    {
        var pairs = new TheoryData<Dialect, Dialect>();
        foreach (var client in Caller.All)
        {
            foreach (var upstream in Caller.All) pairs.Add(client, upstream);
        }

        return pairs;
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task A_stream_that_is_cut_off_says_so_and_breaks(Dialect client, Dialect upstream)
    {
        foreach (var (model, prompt) in new[] { ("m+stall-mid", "Hi"), ("m", "[long 4000] [slow 5]") })
        {
            await using var gateway = await GatewayHarness.StartAsync(configExtra: Drain, models: Only(upstream));
            var body = client == upstream
                ? Caller.Body(client, model, stream: true, prompt)
                : Encoding.UTF8.GetBytes(DialectClient.Request(client, prompt, stream: true, model: model).ToJsonString());
            await using var caller = await RawClient.PostAsync(gateway, Caller.Path(client), body);
            await caller.UntilAsync(a => a.Events.Length > 3);
            (await gateway.Server.StopAsync().WaitAsync(GatewayHarness.Ceiling)).ShouldBeFalse();
            gateway.Server.ExchangesCutOff.ShouldBe(1);
            var answer = await caller.AnswerAsync();
            // Where the bytes stop inside of an event, none of ours may stand.
            if (answer.Text.EndsWith("\n\n", StringComparison.Ordinal))
            {
                answer.Count(Caller.ErrorEvent(client)).ShouldBe(1, answer.Text);
                answer.Text.ShouldContain("The gateway is shutting down");
            }
            else (model, client == upstream).ShouldBe(("m", true), answer.Text);

            // To a caller of Responses a translated answer ends by its dialect's own last event.
            answer.IsCut.ShouldBe(client == upstream || client != Dialect.OpenAiResponses);
            var row = (await gateway.RowsAsync()).ShouldHaveSingleItem();
            (row.End, row.ErrorType, row.Status).ShouldBe((ExchangeEnd.Interrupted, "shutdown", 200));
        }
    }

    public static TheoryData<Dialect, Dialect> Translated() => [.. Pairs().Where(p => p.Data.Item1 != p.Data.Item2)];

    [Theory]
    [MemberData(nameof(Translated))]
    public async Task One_that_has_not_begun_is_an_error_to_come_back_after(Dialect client, Dialect upstream)
    {
        await using var host = new ScriptedUpstream(async (connection, _) =>
        {
            await connection.WriteAsync("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 5000\r\n\r\n{");
            await connection.WaitClosedAsync();
        });
        await using var gateway = await GatewayHarness.StartAsync(host.Address, configExtra: Drain, models: Only(upstream));
        await using var caller = await RawClient.PostAsync(
            gateway, Caller.Path(client), Encoding.UTF8.GetBytes(DialectClient.Request(client, "Hi", stream: false).ToJsonString()));
        await GatewayHarness.EventuallyAsync(() => Task.FromResult(host.Calls.Count == 1), "the provider is asked");
        await ShouldBeToldAsync(gateway, caller, client);
    }

    public static TheoryData<Dialect, Dialect, bool> Waiting()
    {
        var calls = new TheoryData<Dialect, Dialect, bool>();
        foreach (var pair in Pairs())
        {
            calls.Add(pair.Data.Item1, pair.Data.Item2, false);
            calls.Add(pair.Data.Item1, pair.Data.Item2, true);
        }

        return calls;
    }

    [Theory]
    [MemberData(nameof(Waiting))]
    public async Task One_whose_provider_has_said_nothing_is_such_an_error_too(Dialect client, Dialect upstream, bool stream)
    {
        await using var host = new ScriptedUpstream((connection, _) => connection.WaitClosedAsync());
        await using var gateway = await GatewayHarness.StartAsync(host.Address, configExtra: Drain, models: Only(upstream));
        await using var caller = await RawClient.PostAsync(
            gateway, Caller.Path(client), Encoding.UTF8.GetBytes(DialectClient.Request(client, "Hi", stream).ToJsonString()));
        await GatewayHarness.EventuallyAsync(() => Task.FromResult(host.Calls.Count == 1), "the provider is asked");
        await ShouldBeToldAsync(gateway, caller, client);
        host.Calls.Count.ShouldBe(1, "nothing is tried again");
        await host.Connections.Single().Closed;
    }

    [Theory]
    [InlineData(Dialect.Anthropic)]
    [InlineData(Dialect.OpenAiChat)]
    [InlineData(Dialect.OpenAiResponses)]
    public async Task So_is_one_whose_provider_has_told_half_of_an_error(Dialect client)
    {
        await using var host = new ScriptedUpstream(async (connection, _) =>
        {
            await connection.WriteAsync("HTTP/1.1 429 No\r\ncontent-type: application/json\r\ncontent-length: 5000\r\n\r\n{");
            await connection.WaitClosedAsync();
        });
        await using var gateway = await GatewayHarness.StartAsync(host.Address, configExtra: Drain);
        await using var caller = await RawClient.PostAsync(gateway, Caller.Path(client), Caller.Body(client, "m", stream: false));
        await GatewayHarness.EventuallyAsync(() => Task.FromResult(host.Calls.Count == 1), "the provider is asked");
        await ShouldBeToldAsync(gateway, caller, client);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(200)]
    public async Task A_client_that_does_not_read_holds_up_no_stop(int pauseEvery)
    {
        var piece = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"" + new string('x', 60_000) + "\"}}]}\n\n";
        await using var upstream = new ScriptedUpstream(async (connection, _) =>
        {
            await connection.WriteAsync(ScriptedUpstream.StreamHead);
            for (var i = 1; ; i++)
            {
                await connection.WriteAsync(piece);
                if (pauseEvery > 0 && i % pauseEvery == 0) await Task.Delay(1);
            }
        });
        await using var gateway = await GatewayHarness.StartAsync(upstream.Address, configExtra: Drain);
        await using var client = await RawClient.PostAsync(gateway, "/v1/chat/completions", Caller.Body(Dialect.OpenAiChat, "m", stream: true));
        await client.UntilAsync(a => a.Status == 200);
        (await gateway.Server.StopAsync().WaitAsync(GatewayHarness.Ceiling)).ShouldBeFalse();
        var row = (await gateway.RowsAsync()).ShouldHaveSingleItem();
        (row.End, row.ErrorType).ShouldBe((ExchangeEnd.Interrupted, "shutdown"));
    }

    /// <summary>Stops the gateway, and fails unless the caller is told so as of an error, whole, that is worth another try.</summary>
    private static async Task ShouldBeToldAsync(GatewayHarness gateway, RawClient caller, Dialect client)
    {
        (await gateway.Server.StopAsync().WaitAsync(GatewayHarness.Ceiling)).ShouldBeFalse();
        gateway.Server.ExchangesCutOff.ShouldBe(1);
        var answer = await caller.AnswerAsync();
        answer.Status.ShouldBe(503);
        answer.IsWhole.ShouldBeTrue();
        answer["retry-after"].ShouldNotBeNull();
        Caller.ErrorMessage(client, answer.Json).ShouldContain("shutting down");
        var row = (await gateway.RowsAsync()).ShouldHaveSingleItem();
        (row.End, row.ErrorType, row.Status).ShouldBe((ExchangeEnd.Interrupted, "shutdown", 503));
    }

    private static string Only(Dialect upstream) =>
        string.Create(CultureInfo.InvariantCulture, $$"""[ { "match": "*", "targets": [ { "provider": "up", "dialect": "{{upstream.Name()}}" } ] } ]""");
}
