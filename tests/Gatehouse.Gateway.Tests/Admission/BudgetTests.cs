using System.Globalization;
using System.Net;
using Gatehouse.Gateway.Admission;
using Gatehouse.Gateway.Metering;
using Gatehouse.Gateway.Tests.Exchanges;

namespace Gatehouse.Gateway.Tests.Admission;

/// <summary>Budgets over HTTP, against the simulated provider.</summary>
public sealed class BudgetTests
{
    public static TheoryData<string> Writing => ["/v1/messages", "/v1/chat/completions", "/v1/responses"];

    /// <summary>
    /// The rule of docs/limits.md: what is used and held never exceeds the limit when a request is let through, so that only the requests that ran at once
    /// when the budget ran out can exceed it, each by what it used beyond what it held.
    /// </summary>
    [Theory]
    // Answers shorter than what is held for them: no overshoot at all.
    [InlineData(10_000, "[long 40]")]
    // Answers longer than what is held, 2,000 for a model of which nothing is known: at most five run at once, each over by its own excess.
    [InlineData(10_000, "[long 1500]")]
    public async Task Two_hundred_parallel_requests_overshoot_a_small_budget_by_no_more_than_the_rule(long limit, string text)
    {
        await using var gateway = await LimitedGateway.StartAsync($"\"requests\": 0, \"dailyOutputTokens\": {limit}");
        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => gateway.AskAsync("/v1/chat/completions", text)));

        var passed = answers.Where(a => a.Status == HttpStatusCode.OK).ToList();
        var refused = answers.Where(a => a.Status == HttpStatusCode.TooManyRequests).ToList();
        (passed.Count + refused.Count).ShouldBe(200);
        passed.Count.ShouldBeGreaterThan(0);
        refused.Count.ShouldBeGreaterThan(0);
        var rows = await gateway.Harness.RowsAsync();
        rows.Count(r => r.End == ExchangeEnd.Ok).ShouldBe(passed.Count);
        rows.Count(r => r is { End: ExchangeEnd.Refused, ErrorType: "daily_output_spent", Attempts: 0, ChargedOutput: null }).ShouldBe(refused.Count);
        var charged = await gateway.ChargedAsync();
        charged.DailyOutput.ShouldBe(passed.Sum(a => a.Output));
        var (answer, together) = (passed[0].Output, limit / OutputShare.Unknown);
        charged.DailyOutput.ShouldBeLessThanOrEqualTo(limit + (together * Math.Max(0, answer - OutputShare.Unknown)));
        // The budget is really spent: nothing was refused before what is used and held had reached it. One long answer that ends before the next is asked
        // for teaches that twice as much is to be held.
        if (answer > OutputShare.Unknown) charged.DailyOutput.ShouldBeGreaterThan(limit / 2);
        else passed.Count.ShouldBeGreaterThanOrEqualTo((int)together);
    }

    [Fact]
    public async Task Input_of_parallel_requests_is_held_too()
    {
        await using var gateway = await LimitedGateway.StartAsync("\"requests\": 0, \"dailyInputTokens\": 20000");
        var text = string.Concat(Enumerable.Repeat("abc word ", 444));
        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => gateway.AskAsync("/v1/messages", text)));
        var passed = answers.Count(a => a.Status == HttpStatusCode.OK);
        // About 1,030 tokens each by estimate, 1,000 by the provider's count, which corrects the estimate.
        passed.ShouldBeInRange(17, 21);
        var charged = await gateway.ChargedAsync();
        charged.DailyInput.ShouldBeLessThanOrEqualTo(20_000);
        charged.DailyInput.ShouldBe((await gateway.Harness.RowsAsync()).Where(r => r.End == ExchangeEnd.Ok).Sum(r => r.Usage.InputTotal!.Value));
    }

    [Theory]
    [MemberData(nameof(Writing))]
    public async Task What_was_reported_is_what_is_charged(string path)
    {
        await using var gateway = await LimitedGateway.StartAsync();
        (await gateway.AskAsync(path, "eight by", more: path == "/v1/responses" ? ",\"stream\":true" : "")).Status.ShouldBe(HttpStatusCode.OK);
        (await gateway.AskAsync(path, "eight by")).Status.ShouldBe(HttpStatusCode.OK);
        var rows = await gateway.Harness.RowsAsync();
        foreach (var row in rows) (row.ChargedInput, row.ChargedOutput).ShouldBe((row.Usage.InputTotal, row.Usage.Output));
        var charged = await gateway.ChargedAsync();
        (charged.DailyInput, charged.DailyOutput).ShouldBe((rows.Sum(r => r.Usage.InputTotal!.Value), rows.Sum(r => r.Usage.Output!.Value)));
    }

    [Theory]
    [InlineData("/v1/messages", "dailyInputTokens", "rate_limit_error", null, "daily_input_spent")]
    [InlineData("/v1/chat/completions", "dailyOutputTokens", "insufficient_quota", "insufficient_quota", "daily_output_spent")]
    [InlineData("/v1/responses", "dailyOutputTokens", "usage_limit_reached", "usage_limit_reached", "daily_output_spent")]
    public async Task A_refusal_says_in_the_callers_dialect_which_limit_how_much_of_it_and_when_it_begins_anew(
        string path, string limit, string type, string? code, string word)
    {
        await using var gateway = await LimitedGateway.StartAsync($"\"{limit}\": 10");
        var before = DateTimeOffset.UtcNow;
        var refused = await gateway.AskAsync(path, new string('x', 400));
        refused.Status.ShouldBe(HttpStatusCode.TooManyRequests, refused.Body);
        refused.Error.GetProperty("type").GetString().ShouldBe(type);
        if (code is not null) refused.Error.GetProperty("code").GetString().ShouldBe(code);
        var message = refused.Error.GetProperty("message").GetString()!;
        message.ShouldContain(limit == "dailyInputTokens" ? "daily budget of input tokens" : "daily budget of output tokens");
        message.ShouldContain("0 of 10 used");
        message.ShouldContain(before.UtcDateTime.Date.AddDays(1).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) + " 00:00 UTC");
        var figures = refused.Error.GetProperty("limit");
        figures.GetProperty("kind").GetString().ShouldBe(word);
        (figures.GetProperty("used").GetInt64(), figures.GetProperty("limit").GetInt64()).ShouldBe((0, 10));
        figures.GetProperty("needed").GetInt64().ShouldBeGreaterThan(10);
        DateTimeOffset.FromUnixTimeSeconds(refused.Error.GetProperty("resets_at").GetInt64()).ShouldBe(new DateTimeOffset(before.UtcDateTime.Date.AddDays(1), TimeSpan.Zero));
        var seconds = long.Parse(refused.Headers["retry-after"], CultureInfo.InvariantCulture);
        seconds.ShouldBeInRange(1, 86_401);
        refused.Error.GetProperty("resets_in_seconds").GetInt64().ShouldBeInRange(seconds - 1, seconds);
        refused.Headers["x-should-retry"].ShouldBe("false");
        refused.Headers.ShouldContainKey("x-gatehouse-exchange");
        gateway.Harness.Simulator!.Received.All.ShouldNotContain(r => r.Method == "POST");
        (await gateway.Harness.RowsAsync()).ShouldHaveSingleItem().ErrorType.ShouldBe(word);
    }

    [Theory]
    [InlineData("/v1/messages/count_tokens")]
    [InlineData("/v1/responses/input_tokens")]
    public async Task Counting_is_neither_charged_nor_refused(string path)
    {
        await using var gateway = await LimitedGateway.StartAsync("\"dailyInputTokens\": 1");
        (await gateway.AskAsync("/v1/messages", "spent")).Status.ShouldBe(HttpStatusCode.TooManyRequests);
        var counted = await gateway.SendAsync(path, path == "/v1/responses/input_tokens"
            ? """{"model":"m","input":"how many"}""" : """{"model":"m","messages":[{"role":"user","content":"how many"}]}""");
        counted.Status.ShouldBe(HttpStatusCode.OK, counted.Body);
        (await gateway.ChargedAsync()).ShouldBe(default);
    }

    [Theory]
    [InlineData("m+status-429", HttpStatusCode.TooManyRequests)]
    [InlineData("m+status-400", HttpStatusCode.BadRequest)]
    [InlineData("m+status-500", HttpStatusCode.InternalServerError)]
    [InlineData("m+reset-before-headers", HttpStatusCode.BadGateway)]
    public async Task A_provider_that_did_not_accept_costs_nothing_and_what_was_held_is_free_again(string model, HttpStatusCode status)
    {
        await using var gateway = await LimitedGateway.StartAsync("\"dailyOutputTokens\": 2000");
        for (var i = 0; i < 3; i++) (await gateway.AskAsync("/v1/messages", "hello", model)).Status.ShouldBe(status);
        (await gateway.ChargedAsync()).ShouldBe(default);
        // All of the budget is needed for this one.
        (await gateway.AskAsync("/v1/messages", "hello", "another")).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("m+eof-mid")]
    [InlineData("m+reset-mid")]
    [InlineData("m+error-event")]
    public async Task An_answer_that_breaks_off_is_charged_with_the_larger_of_reported_and_estimated(string model)
    {
        await using var gateway = await LimitedGateway.StartAsync();
        var request = gateway.Harness.Post("/v1/messages", LimitedGateway.Body("/v1/messages", "a text of a few words for an answer", model, ",\"stream\":true"), gateway.Token);
        await Should.ThrowAsync<Exception>(async () => await gateway.Harness.SendAsync(request));
        var row = (await gateway.Harness.RowsAsync()).ShouldHaveSingleItem();
        row.End.ShouldBe(ExchangeEnd.UpstreamError);
        row.ChargedOutput.ShouldBe(OutputShare.Unknown);
        row.ChargedInput!.Value.ShouldBeGreaterThanOrEqualTo(row.Usage.InputTotal ?? 1);
        (await gateway.ChargedAsync()).DailyOutput.ShouldBe(OutputShare.Unknown);
    }

    [Fact]
    public async Task A_client_that_leaves_is_charged_with_the_larger_of_reported_and_estimated()
    {
        await using var gateway = await LimitedGateway.StartAsync();
        var request = gateway.Harness.Post("/v1/chat/completions", LimitedGateway.Body("/v1/chat/completions", "[slow 20] [long 3000]", more: ",\"stream\":true"), gateway.Token);
        using (var response = await gateway.Harness.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead))
        {
            await using var stream = await response.Content.ReadAsStreamAsync();
            (await stream.ReadAsync(new byte[100])).ShouldBeGreaterThan(0);
        }

        await GatewayHarness.EventuallyAsync(async () => (await gateway.Harness.RowsAsync()).Count == 1, "the exchange is settled");
        var row = (await gateway.Harness.RowsAsync())[0];
        row.End.ShouldBe(ExchangeEnd.ClientGone);
        row.Usage.Output.ShouldBeNull();
        (row.ChargedOutput, row.ChargedInput > 0).ShouldBe((OutputShare.Unknown, true));
        (await gateway.ChargedAsync()).DailyOutput.ShouldBe(OutputShare.Unknown);
    }

    [Fact]
    public async Task A_provider_that_reports_nothing_is_charged_by_estimate()
    {
        await using var gateway = await LimitedGateway.StartAsync("\"dailyOutputTokens\": 3000");
        (await gateway.AskAsync("/v1/chat/completions", "hello", "m+no-usage", ",\"max_tokens\":1700")).Status.ShouldBe(HttpStatusCode.OK);
        (await gateway.ChargedAsync()).DailyOutput.ShouldBe(1700);
        (await gateway.AskAsync("/v1/chat/completions", "hello", "m", ",\"max_tokens\":1301")).Status.ShouldBe(HttpStatusCode.TooManyRequests);
        (await gateway.AskAsync("/v1/chat/completions", "hello", "m", ",\"max_completion_tokens\":1300")).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Users_do_not_spend_each_others_budgets_and_tokens_without_a_user_none()
    {
        await using var gateway = await LimitedGateway.StartAsync("\"dailyOutputTokens\": 2001");
        var other = await gateway.MintAsync("user-2");
        (await gateway.AskAsync("/v1/messages", "hello", more: ",\"system\":\"s\"")).Status.ShouldBe(HttpStatusCode.OK);
        (await gateway.AskAsync("/v1/messages", "hello", "fresh")).Status.ShouldBe(HttpStatusCode.TooManyRequests);
        (await gateway.AskAsync("/v1/messages", "hello", "fresh", token: other)).Status.ShouldBe(HttpStatusCode.OK);
        for (var i = 0; i < 3; i++) (await gateway.AskAsync("/v1/messages", "hello", "fresh", token: gateway.Harness.Token)).Status.ShouldBe(HttpStatusCode.OK);
        var row = (await gateway.Harness.RowsAsync())[^1];
        (row.UserId, row.ChargedInput, row.ChargedOutput).ShouldBe((null, null, null));
    }

    [Fact]
    public async Task What_was_used_counts_after_a_restart()
    {
        await using var gateway = await LimitedGateway.StartAsync("\"dailyOutputTokens\": 2002");
        (await gateway.AskAsync("/v1/messages", "a dozen bytes")).Status.ShouldBe(HttpStatusCode.OK);
        var used = await gateway.ChargedAsync();
        used.DailyOutput.ShouldBeGreaterThan(2);
        await gateway.Harness.RestartAsync();
        var refused = await gateway.AskAsync("/v1/messages", "hello", "fresh");
        refused.Status.ShouldBe(HttpStatusCode.TooManyRequests);
        refused.Error.GetProperty("limit").GetProperty("used").GetInt64().ShouldBe(used.DailyOutput);
    }

    [Fact]
    public async Task A_change_of_a_users_limits_holds_within_a_second()
    {
        await using var gateway = await LimitedGateway.StartAsync();
        (await gateway.AskAsync("/v1/messages", "hello")).Status.ShouldBe(HttpStatusCode.OK);
        var store = new LimitStore(gateway.Harness.Store);
        await store.ChangeAsync(LimitedGateway.User, now => now with { Settings = new LimitSettings { DailyInputTokens = 1 }, UpdatedAt = DateTimeOffset.UtcNow, UpdatedBy = "t" });
        await GatewayHarness.EventuallyAsync(
            async () => (await gateway.AskAsync("/v1/messages", "hello")).Status == HttpStatusCode.TooManyRequests, "the user's own limit holds");
        await store.ChangeAsync(LimitedGateway.User, now => now with { Settings = LimitSettings.None });
        await GatewayHarness.EventuallyAsync(
            async () => (await gateway.AskAsync("/v1/messages", "hello")).Status == HttpStatusCode.OK, "the platform's default holds again");
    }
}
