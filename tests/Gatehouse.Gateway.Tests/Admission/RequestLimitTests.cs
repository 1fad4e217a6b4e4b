using System.Globalization;
using System.Net;
using Gatehouse.Gateway.Admission;
using Gatehouse.Gateway.Metering;
using Gatehouse.Gateway.Tenancy;
using Gatehouse.Gateway.Tests.Exchanges;

namespace Gatehouse.Gateway.Tests.Admission;

/// <summary>How many requests a user makes, and how long one may be, over HTTP.</summary>
public sealed class RequestLimitTests
{
    [Fact]
    public async Task As_many_requests_as_are_allowed_pass_and_the_next_is_told_when_to_come_again()
    {
        await using var gateway = await LimitedGateway.StartAsync("\"requests\": 5, \"windowSeconds\": 600");
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => gateway.AskAsync("/v1/messages", "hello")));
        answers.Count(a => a.Status == HttpStatusCode.OK).ShouldBe(5);
        var refused = answers.First(a => a.Status != HttpStatusCode.OK);
        refused.Status.ShouldBe(HttpStatusCode.TooManyRequests);
        refused.Error.GetProperty("type").GetString().ShouldBe("rate_limit_error");
        long.Parse(refused.Headers["retry-after"], CultureInfo.InvariantCulture).ShouldBeInRange(585, 600);
        // It is worth trying again, so nobody is told not to.
        refused.Headers.ShouldNotContainKey("x-should-retry");
        refused.Headers.ShouldContainKey("x-gatehouse-exchange");

        // Whoever looks for why an agent stopped finds it.
        var rows = await gateway.Harness.RowsAsync();
        rows.Count(r => r.End == ExchangeEnd.Ok).ShouldBe(5);
        var full = rows.Where(r => r.ErrorType == "rate_limited").ToList();
        full.Count.ShouldBe(15);
        full.ShouldAllBe(r => r.End == ExchangeEnd.Refused && r.Status == 429 && r.UserId == LimitedGateway.User && r.Provider == null && r.CostBasis == CostBasis.None);
        var metrics = await gateway.Harness.Client.GetStringAsync(new Uri(gateway.Harness.Address, "/metrics"));
        metrics.ShouldContain("gatehouse_requests_total{provider=\"none\",dialect=\"anthropic\",operation=\"messages\",model=\"none\",status=\"4xx\",end=\"refused\"} 15");
    }

    [Fact]
    public async Task The_body_of_a_request_too_many_is_not_read()
    {
        await using var gateway = await LimitedGateway.StartAsync("\"requests\": 1, \"windowSeconds\": 600");
        (await gateway.AskAsync("/v1/messages", "hello")).Status.ShouldBe(HttpStatusCode.OK);
        (await gateway.SendAsync("/v1/messages", "{ no json")).Status.ShouldBe(HttpStatusCode.TooManyRequests);
        (await gateway.Harness.RowsAsync())[^1].RequestBytes.ShouldBe(0);
    }

    [Theory]
    [InlineData("/v1/chat/completions", "requests", "rate_limit_exceeded")]
    [InlineData("/v1/responses", "requests", "rate_limit_exceeded")]
    [InlineData("/v1/messages", "rate_limit_error", null)]
    public async Task Every_route_that_asks_a_model_counts_and_bad_requests_do_too(string path, string type, string? code)
    {
        await using var gateway = await LimitedGateway.StartAsync("\"requests\": 2, \"windowSeconds\": 600");
        (await gateway.SendAsync("/v1/messages", "{ no json")).Status.ShouldBe(HttpStatusCode.BadRequest);
        (await gateway.AskAsync("/v1/messages", "hello")).Status.ShouldBe(HttpStatusCode.OK);
        var refused = await gateway.AskAsync(path, "hello");
        refused.Status.ShouldBe(HttpStatusCode.TooManyRequests);
        refused.Error.GetProperty("type").GetString().ShouldBe(type);
        if (code is not null) refused.Error.GetProperty("code").GetString().ShouldBe(code);
        refused.Error.GetProperty("resets_in_seconds").GetInt64().ShouldBeInRange(580, 600);
    }

    [Theory]
    [InlineData("/v1/responses/input_tokens", """{"model":"m","input":"x"}""")]
    [InlineData("/v1/messages/count_tokens", """{"model":"m","messages":[{"role":"user","content":"x"}]}""")]
    public async Task Counting_takes_no_place_in_the_window_and_is_let_in_when_it_is_full(string path, string body)
    {
        await using var gateway = await LimitedGateway.StartAsync("\"requests\": 1, \"windowSeconds\": 600");
        for (var i = 0; i < 3; i++) (await gateway.SendAsync(path, body)).Status.ShouldBe(HttpStatusCode.OK);
        (await gateway.AskAsync("/v1/messages", "hello")).Status.ShouldBe(HttpStatusCode.OK);
        (await gateway.AskAsync("/v1/messages", "hello")).Status.ShouldBe(HttpStatusCode.TooManyRequests);
        (await gateway.SendAsync(path, body)).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Users_are_counted_apart_and_all_tokens_of_one_together()
    {
        await using var gateway = await LimitedGateway.StartAsync("\"requests\": 1, \"windowSeconds\": 600");
        var (second, other) = (await gateway.MintAsync(LimitedGateway.User), await gateway.MintAsync("user-2"));
        (await gateway.AskAsync("/v1/messages", "hello")).Status.ShouldBe(HttpStatusCode.OK);
        (await gateway.AskAsync("/v1/messages", "hello", token: second)).Status.ShouldBe(HttpStatusCode.TooManyRequests);
        (await gateway.AskAsync("/v1/messages", "hello", token: other)).Status.ShouldBe(HttpStatusCode.OK);
        for (var i = 0; i < 3; i++) (await gateway.AskAsync("/v1/messages", "hello", token: gateway.Harness.Token)).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task What_an_administrator_sets_holds_for_a_running_gateway_until_it_is_put_back()
    {
        await using var gateway = await LimitedGateway.StartAsync("\"requests\": 1000, \"windowSeconds\": 600");
        var settings = new TenantStore(gateway.Harness.Store);
        (await gateway.AskAsync("/v1/messages", "hello")).Status.ShouldBe(HttpStatusCode.OK);

        await settings.SetAsync(new PlatformSettingRow(PlatformSettingRows.LimitDefaults, """{"requests":1}""", DateTimeOffset.UnixEpoch, null));
        await GatewayHarness.EventuallyAsync(async () => (await gateway.AskAsync("/v1/messages", "hello")).Status == HttpStatusCode.TooManyRequests, "the setting is taken over");

        // What can't be read is no limit of anybody's: the configuration's hold.
        await settings.SetAsync(new PlatformSettingRow(PlatformSettingRows.LimitDefaults, """{"requests":"many"}""", DateTimeOffset.UnixEpoch, null));
        await GatewayHarness.EventuallyAsync(async () => (await gateway.AskAsync("/v1/messages", "hello")).Status == HttpStatusCode.OK, "the configuration holds again");
    }

    [Fact]
    public async Task A_window_that_has_passed_lets_in_again()
    {
        await using var gateway = await LimitedGateway.StartAsync("\"requests\": 1, \"windowSeconds\": 1");
        (await gateway.AskAsync("/v1/messages", "hello")).Status.ShouldBe(HttpStatusCode.OK);
        await GatewayHarness.EventuallyAsync(async () => (await gateway.AskAsync("/v1/messages", "hello")).Status == HttpStatusCode.OK, "the window has passed");
    }

    [Fact]
    public async Task An_administrator_may_allow_one_user_more()
    {
        await using var gateway = await LimitedGateway.StartAsync("\"requests\": 1, \"windowSeconds\": 600");
        await new LimitStore(gateway.Harness.Store).ChangeAsync(
            LimitedGateway.User, now => now with { Ceilings = new LimitCeilings { Requests = 1000 }, UpdatedAt = DateTimeOffset.UtcNow, UpdatedBy = "admin" });
        await GatewayHarness.EventuallyAsync(
            async () => (await gateway.AskAsync("/v1/messages", "hello")).Status == HttpStatusCode.OK
                && (await gateway.AskAsync("/v1/messages", "hello")).Status == HttpStatusCode.OK,
            "the higher limit holds");
    }

    [Theory]
    [InlineData("/v1/messages", "invalid_request_error", null)]
    [InlineData("/v1/chat/completions", "invalid_request_error", "context_length_exceeded")]
    [InlineData("/v1/responses", "invalid_request_error", "context_length_exceeded")]
    public async Task A_request_that_is_too_long_is_refused_on_every_route_also_for_tokens_without_a_user(string path, string type, string? code)
    {
        await using var gateway = await LimitedGateway.StartAsync(limits: "\"maxInputTokensPerRequest\": 1000");
        foreach (var token in (string[])[gateway.Token, gateway.Harness.Token])
        {
            (await gateway.AskAsync(path, Words(600), token: token)).Status.ShouldBe(HttpStatusCode.OK);
            var refused = await gateway.AskAsync(path, Words(60_000), token: token);
            refused.Status.ShouldBe(HttpStatusCode.BadRequest);
            refused.Error.GetProperty("type").GetString().ShouldBe(type);
            if (code is not null) refused.Error.GetProperty("code").GetString().ShouldBe(code);
            refused.Error.GetProperty("message").GetString()!.ShouldStartWith(path == "/v1/messages" ? "prompt is too long: 7" : "Your input exceeds the context window");
        }

        (await gateway.Harness.RowsAsync()).Count(r => r.ErrorType == "request_too_long").ShouldBe(2);
    }

    private static string Words(int count) => string.Concat(Enumerable.Repeat("word ", count));

    [Fact]
    public async Task Tools_count_into_a_requests_length_and_counting_calls_are_not_held_to_it()
    {
        await using var gateway = await LimitedGateway.StartAsync(limits: "\"maxInputTokensPerRequest\": 1000");
        var tools = $$$""","tools":[{"name":"t","description":"{{{new string('d', 9_000)}}}","input_schema":{"type":"object"}}]""";
        (await gateway.AskAsync("/v1/messages", "hello", more: tools)).Status.ShouldBe(HttpStatusCode.BadRequest);
        (await gateway.SendAsync("/v1/messages/count_tokens", $$"""{"model":"m","messages":[{"role":"user","content":"hello"}]{{tools}}}""")).Status.ShouldBe(HttpStatusCode.OK);
    }
}
