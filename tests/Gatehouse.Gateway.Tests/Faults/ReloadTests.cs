using System.Net;
using System.Text;
using System.Text.Json;
using Gatehouse.Gateway.Tests.Exchanges;

namespace Gatehouse.Gateway.Tests.Faults;

/// <summary>A configuration that changes under a running gateway.</summary>
public sealed class ReloadTests
{
    private const string Models = """[ { "match": "fast", "targets": [ { "provider": "up", "model": "one" } ] } ]""";

    [Fact]
    public async Task A_changed_route_takes_effect_and_running_exchanges_go_on()
    {
        await using var gateway = await GatewayHarness.StartAsync(models: Models.Replace("one", "one+stall-mid", StringComparison.Ordinal));
        await using var running = await RawClient.PostAsync(
            gateway, "/v1/messages", Caller.Body(Dialects.Dialect.Anthropic, "fast", stream: true));
        await running.UntilAsync(a => a.Events.Length > 3);

        await ChangeAsync(gateway, text => text.Replace("one+stall-mid", "two", StringComparison.Ordinal));
        await GatewayHarness.EventuallyAsync(async () => await VersionAsync(gateway) == 2, "the changed file is in force");
        var (response, text) = await CallAsync(gateway, "fast");
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        text.ShouldContain("\"two\"");
        // The other has left when its caller has seen its end and a moment has passed.
        await GatewayHarness.EventuallyAsync(() => Task.FromResult(gateway.Server.ExchangesRunning == 1), "the exchange from before goes on by what was in force then");
        running.Leave();
        await AtRest.ShouldComeAsync(gateway);

        await ChangeAsync(gateway, text => text.Replace("\"fast\"", "\"quick\"", StringComparison.Ordinal));
        await GatewayHarness.EventuallyAsync(async () =>
            (await CallAsync(gateway, "quick")).Response.StatusCode == HttpStatusCode.OK, "the new name is there");
        var (gone, error) = await CallAsync(gateway, "fast");
        gone.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        error.ShouldContain("not_found_error");
        await GatewayHarness.EventuallyAsync(async () => (await ListAsync(gateway)) is var list && list.Contains("\"quick\"", StringComparison.Ordinal)
            && !list.Contains("\"fast\"", StringComparison.Ordinal), "the list of models follows");
    }

    [Fact]
    public async Task A_host_that_is_named_or_taken_out_counts_without_a_restart()
    {
        await using var gateway = await GatewayHarness.StartAsync(configExtra: """, "allowedHosts": ["one.example"]""");
        (await StatusForAsync(gateway, "one.example")).ShouldBe(200);
        (await StatusForAsync(gateway, "two.example")).ShouldBe(403);
        await ChangeAsync(gateway, text => text.Replace("one.example", "two.example", StringComparison.Ordinal));
        await GatewayHarness.EventuallyAsync(async () => await StatusForAsync(gateway, "two.example") == 200, "the new name is let in");
        (await StatusForAsync(gateway, "one.example")).ShouldBe(403);
    }

    [Theory]
    [InlineData("{ this is no JSON")]
    [InlineData("""{ "providers": { "up": { "preset": "no-such-preset" } }, "unknownKey": 1 }""")]
    public async Task A_bad_file_changes_nothing_but_is_told(string bad)
    {
        await using var gateway = await GatewayHarness.StartAsync(models: Models);
        var good = await File.ReadAllTextAsync(gateway.ConfigFile);
        await File.WriteAllTextAsync(gateway.ConfigFile, bad);
        await GatewayHarness.EventuallyAsync(async () => await ReloadErrorAsync(gateway) is not null, "the bad file is noticed");
        (await MetricsAsync(gateway)).ShouldContain("\ngatehouse_config_reload_failed 1\n");
        using (var health = JsonDocument.Parse(await gateway.Client.GetStringAsync(new Uri(gateway.Address, "/health"))))
            health.RootElement.GetProperty("status").GetString().ShouldBe("degraded");
        (await CallAsync(gateway, "fast")).Response.StatusCode.ShouldBe(HttpStatusCode.OK, "the old configuration serves");
        using (var ready = await gateway.Client.GetAsync(new Uri(gateway.Address, "/readyz"))) ready.StatusCode.ShouldBe(HttpStatusCode.OK);

        await File.WriteAllTextAsync(gateway.ConfigFile, good.Replace("\"one\"", "\"three\"", StringComparison.Ordinal));
        await GatewayHarness.EventuallyAsync(async () => await ReloadErrorAsync(gateway) is null, "the good file is taken");
        (await MetricsAsync(gateway)).ShouldContain("\ngatehouse_config_reload_failed 0\n");
        (await CallAsync(gateway, "fast")).Body.ShouldContain("\"three\"");
    }

    private static async Task<int> StatusForAsync(GatewayHarness gateway, string host)
    {
        await using var client = await RawClient.RequestAsync(gateway, "GET", "/", "host: " + host);
        return (await client.AnswerAsync()).Status;
    }

    private static async Task<string> ListAsync(GatewayHarness gateway)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(gateway.Address, "/v1/models"));
        request.Headers.Add("authorization", "Bearer " + gateway.Token);
        return (await gateway.SendAsync(request)).Body;
    }

    private static async Task ChangeAsync(GatewayHarness gateway, Func<string, string> change) =>
        await File.WriteAllTextAsync(gateway.ConfigFile, change(await File.ReadAllTextAsync(gateway.ConfigFile)));

    private static Task<(HttpResponseMessage Response, string Body)> CallAsync(GatewayHarness gateway, string model) =>
        gateway.SendAsync(gateway.Post(
            "/v1/messages", Encoding.UTF8.GetString(Caller.Body(Dialects.Dialect.Anthropic, model, stream: false))));

    private static Task<string> MetricsAsync(GatewayHarness gateway) => gateway.Client.GetStringAsync(new Uri(gateway.Address, "/metrics"));

    private static async Task<long> VersionAsync(GatewayHarness gateway)
    {
        using var health = JsonDocument.Parse(await gateway.Client.GetStringAsync(new Uri(gateway.Address, "/health")));
        return health.RootElement.GetProperty("configuration").GetProperty("version").GetInt64();
    }

    private static async Task<string?> ReloadErrorAsync(GatewayHarness gateway)
    {
        using var health = JsonDocument.Parse(await gateway.Client.GetStringAsync(new Uri(gateway.Address, "/health")));
        return health.RootElement.GetProperty("configuration").TryGetProperty("reload_error", out var error) ? error.GetString() : null;
    }
}
