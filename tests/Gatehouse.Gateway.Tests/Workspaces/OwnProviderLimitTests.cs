using Gatehouse.Gateway.Credentials;
using Gatehouse.Gateway.Metering;

namespace Gatehouse.Gateway.Tests.Workspaces;

/// <summary>The limits of a workspace's user hold at providers of their own, too.</summary>
public sealed class OwnProviderLimitTests
{
    [Theory]
    [InlineData(CredentialKind.AnthropicCompatible, Calls.Messages)]
    [InlineData(CredentialKind.OpenAiCompatible, Calls.Chat)]
    public async Task More_requests_than_allowed_get_429_and_are_not_sent(CredentialKind kind, string path)
    {
        await using var own = TenantStage.Answering(200, kind == CredentialKind.AnthropicCompatible ? Calls.Message(1, 1) : Calls.Completion(1, 1));
        await using var stage = await TenantStage.StartAsync(configExtra: TenantStage.Loopback + """, "userLimits": { "requests": 2, "windowSeconds": 60 }""");
        await stage.ConnectAsync(kind, own.Address);
        var token = await stage.TokenAsync();
        for (var i = 0; i < 2; i++) (await Calls.ByPathAsync(stage.Gateway, token, path)).Response.IsSuccessStatusCode.ShouldBeTrue();

        // Charged before the body is looked at, and the same for another token of that user.
        foreach (var body in (string[])[Calls.Body(path), "{not json"])
        {
            var (response, text) = await Calls.ByPathAsync(stage.Gateway, await stage.TokenAsync(), path, body);
            ((int)response.StatusCode).ShouldBe(429, text);
            int.Parse(response.Headers.GetValues("retry-after").Single(), System.Globalization.CultureInfo.InvariantCulture).ShouldBeInRange(1, 60);
            Calls.OwnWord(response).ShouldNotBeNull();
        }

        own.Calls.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData(CredentialKind.AnthropicCompatible, Calls.Messages)]
    [InlineData(CredentialKind.OpenAiCompatible, Calls.Chat)]
    public async Task A_spent_budget_refuses_the_next_call_and_nothing_is_sent(CredentialKind kind, string path)
    {
        await using var own = TenantStage.Answering(200, kind == CredentialKind.AnthropicCompatible ? Calls.Message(21, 6) : Calls.Completion(21, 6));
        await using var stage = await TenantStage.StartAsync(configExtra: TenantStage.Loopback + """, "userLimits": { "dailyInputTokens": 21 }""");
        await stage.ConnectAsync(kind, own.Address);
        var token = await stage.TokenAsync();
        (await Calls.ByPathAsync(stage.Gateway, token, path)).Response.IsSuccessStatusCode.ShouldBeTrue();
        var (response, body) = await Calls.ByPathAsync(stage.Gateway, token, path);
        ((int)response.StatusCode).ShouldBe(429, body);
        own.Calls.ShouldHaveSingleItem();
        var rows = await stage.Gateway.RowsAsync();
        (rows[0].ChargedInput, rows[0].ChargedOutput, rows[0].End).ShouldBe((21, 6, ExchangeEnd.Ok));
        (rows[1].ErrorType, rows[1].Attempts, rows[1].ChargedOutput).ShouldBe(("daily_input_spent", 0, null));
    }

    [Theory]
    [InlineData(CredentialKind.AnthropicCompatible, Calls.Messages)]
    [InlineData(CredentialKind.OpenAiCompatible, Calls.Chat)]
    public async Task Absurd_counts_count_as_none_and_spoil_neither_budgets_nor_the_ledger_nor_the_next_start(CredentialKind kind, string path)
    {
        const long Absurd = long.MaxValue - 10;
        await using var own = TenantStage.Answering(200, kind == CredentialKind.AnthropicCompatible ? Calls.Message(Absurd, Absurd) : Calls.Completion(Absurd, 0));
        await using var stage = await TenantStage.StartAsync(configExtra: TenantStage.Loopback + """, "userLimits": { "dailyInputTokens": 1000000, "dailyOutputTokens": 1000000 }""");
        await stage.ConnectAsync(kind, own.Address);
        var token = await stage.TokenAsync();
        for (var i = 0; i < 3; i++) (await Calls.ByPathAsync(stage.Gateway, token, path)).Response.IsSuccessStatusCode.ShouldBeTrue();
        (await stage.Gateway.RowsAsync()).ShouldAllBe(row => row.Usage.Input == null && row.ChargedInput > 0 && row.ChargedInput < 1000);
        (await new LedgerQuery(stage.Gateway.Store).UsageAsync(UsageGroup.Day)).ShouldHaveSingleItem().InputTokens.ShouldBeNull();
        await stage.Gateway.RestartAsync();
        (await Calls.ByPathAsync(stage.Gateway, token, path)).Response.IsSuccessStatusCode.ShouldBeTrue();
    }

    [Fact]
    public async Task Counting_tokens_is_let_through_when_the_window_is_full()
    {
        await using var own = TenantStage.Answering(200, """{"input_tokens":99}""");
        await using var stage = await TenantStage.StartAsync(configExtra: TenantStage.Loopback + """, "userLimits": { "requests": 1, "windowSeconds": 60 }""");
        await stage.ConnectAsync(CredentialKind.AnthropicCompatible, own.Address);
        var token = await stage.TokenAsync();
        (await Calls.ByPathAsync(stage.Gateway, token, Calls.Messages)).Response.IsSuccessStatusCode.ShouldBeTrue();
        (await Calls.ByPathAsync(stage.Gateway, token, Calls.CountTokens)).Response.IsSuccessStatusCode.ShouldBeTrue();
        ((int)(await Calls.ByPathAsync(stage.Gateway, token, Calls.Messages)).Response.StatusCode).ShouldBe(429);
        own.Calls.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Counting_tokens_is_let_through_and_charged_nothing_when_the_budget_is_spent()
    {
        await using var own = TenantStage.Answering(200, """{"input_tokens":99}""");
        await using var stage = await TenantStage.StartAsync(configExtra: TenantStage.Loopback + """, "userLimits": { "dailyOutputTokens": 1, "dailyInputTokens": 1 }""");
        await stage.ConnectAsync(CredentialKind.AnthropicCompatible, own.Address);
        (await Calls.ByPathAsync(stage.Gateway, await stage.TokenAsync(), Calls.CountTokens)).Response.IsSuccessStatusCode.ShouldBeTrue();
        (await stage.Gateway.RowsAsync()).ShouldHaveSingleItem().ChargedInput.ShouldBeNull();
    }
}
