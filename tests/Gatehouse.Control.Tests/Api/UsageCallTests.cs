using System.Text.Json;
using Gatehouse.Dialects.Facts;
using Gatehouse.Gateway.Metering;

namespace Gatehouse.Control.Tests.Api;

/// <summary>Usage over HTTP: each member's own, everyone's for administrators, in every sum the same; what nobody knows is null and never 0.</summary>
public sealed class UsageCallTests(ApiStage stage) : IClassFixture<ApiStage>
{
    private static readonly DateTimeOffset s_day = new(2031, 3, 4, 10, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Each_member_sees_its_own_and_nobodys_calls_are_in_no_members_sums()
    {
        var one = await stage.BelongingsAsync();
        await UseAsync(one);

        var own = Items(await stage.CallAsync("GET", "/api/v1/usage?by=provider&since=2031-03-01", one.Session));

        own.Select(Row).ShouldBe(
            [("anthropic", 2, 400, 150, 0.04m), ("deepseek", 2, 700, 200, null), ("groq", 3, 900, 300, null)], ignoreOrder: true);
        own.Single(item => item.GetProperty("key").GetString() == "groq").GetProperty("withUnknownCost").GetInt32().ShouldBe(3);
        (own.Sum(item => Row(item).Exchanges), own.Sum(item => Row(item).Input), own.Sum(item => Row(item).Output), own.Sum(item => Row(item).Cost ?? 0)).ShouldBe((7, 2000, 650, 0.04m));
        // The same whoever asks, and however it is summed up.
        var asked = await stage.CallAsync("GET", $"/api/v1/usage?by=provider&since=2031-03-01&user={Uri.EscapeDataString(one.User.Id)}", stage.AdminToken);
        Items(asked).Select(Row).ShouldBe(own.Select(Row));
        foreach (var by in (string[])["day", "model", "user", "project", "workspace", "session", "harness", "token", "credential"])
        {
            var rows = Items(await stage.CallAsync("GET", $"/api/v1/usage?by={by}&since=2031-03-01", one.Session));
            (rows.Sum(item => Row(item).Exchanges), rows.Sum(item => Row(item).Input), rows.Sum(item => Row(item).Cost ?? 0)).ShouldBe((7, 2000, 0.04m), by);
        }

        (await stage.CallAsync("GET", $"/api/v1/usage?user={Uri.EscapeDataString(one.User.Id)}", stage.Other.Session)).Status.ShouldBe(404);
        Items(await stage.CallAsync("GET", "/api/v1/usage?by=provider&since=2031-03-01", stage.Other.Session)).Select(Row).ShouldBe([("anthropic", 1, 5000, 5000, null)]);
        Items(await stage.CallAsync("GET", "/api/v1/usage?by=provider&since=2031-03-01", stage.AdminToken)).Sum(item => Row(item).Exchanges).ShouldBeGreaterThanOrEqualTo(9);

        var days = Items(await stage.CallAsync("GET", "/api/v1/usage?by=day&since=2031-03-01", one.Session)).Select(item => item.GetProperty("key").GetString()).ToList();
        days.ShouldBe(["2031-03-04", "2031-03-05"]);
        var csv = await stage.CallAsync("GET", "/api/v1/usage?by=provider&since=2031-03-01&format=csv", one.Session);
        csv.Response.Content.Headers.ContentType!.MediaType.ShouldBe("text/csv");
        csv.Body.ShouldContain("\r\ngroq,3,0,0,900,300,");
        csv.Body.ShouldContain(",0.04,");
    }

    private async Task UseAsync(Belongings one)
    {
        foreach (var (input, output, cost) in ((long, long, long?)[])[(300, 100, 30_000_000), (100, 50, 10_000_000)]) Add(one.User.Id, "anthropic", input, output, cost, s_day);
        for (var i = 0; i < 3; i++) Add(one.User.Id, "groq", 300, 100, null, s_day.AddDays(1));
        foreach (var (input, output) in ((long, long)[])[(400, 100), (300, 100)]) Add(one.User.Id, "deepseek", input, output, null, s_day);
        Add(stage.Other.User.Id, "anthropic", 5000, 5000, null, s_day);
        Add(null, "anthropic", 9000, 9000, null, s_day);
        await stage.Ledger.FlushAsync(CancellationToken.None);
    }

    private void Add(string? user, string provider, long input, long output, long? cost, DateTimeOffset at)
    {
        var exchange = new ExchangeRecord
        {
            Id = Guid.CreateVersion7(at),
            StartedAtMicros = at.ToUnixTimeMilliseconds() * 1000,
            End = ExchangeEnd.Ok,
            UserId = user,
            ModelAsked = "m",
            Provider = provider,
            ProviderId = provider,
            Usage = new Usage { Input = input, Output = output, InputIncludesCache = true },
            UsageSource = UsageSource.Upstream,
            CostNanodollars = cost,
            CostBasis = cost is null ? CostBasis.NoPrice : CostBasis.Reported,
        };
        stage.Ledger.Admit(exchange);
        stage.Ledger.Settle(exchange);
    }

    private static List<JsonElement> Items(Answered answered)
    {
        answered.Status.ShouldBe(200, answered.Body);
        return [.. answered.Json.GetProperty("items").EnumerateArray()];
    }

    private static (string? Key, long Exchanges, long Input, long Output, decimal? Cost) Row(JsonElement item) => (
        item.GetProperty("key").GetString(), item.GetProperty("exchanges").GetInt64(), item.GetProperty("inputTokens").GetInt64(), item.GetProperty("outputTokens").GetInt64(),
        item.GetProperty("costUsd") is { ValueKind: JsonValueKind.Number } cost ? cost.GetDecimal() : null);
}
