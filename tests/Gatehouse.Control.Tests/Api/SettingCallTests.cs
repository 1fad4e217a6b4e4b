using System.Text.Json;

namespace Gatehouse.Control.Tests.Api;

/// <summary>What an administrator sets for everyone over HTTP: one thing at a time, put back with null, and in force at once.</summary>
public sealed class SettingCallTests(ApiStage stage) : IClassFixture<ApiStage>
{
    private const string Settings = "/api/v1/settings";

    [Theory]
    [InlineData("proxyEnabled", "false", "true")]
    [InlineData("providerModeDefault", "\"fallback\"", "\"opt-in\"")]
    [InlineData("allowedModels", "[\"claude-*\"]", "null")]
    [InlineData("defaultModels", "{\"claude-code\":\"claude-x\"}", "{}")]
    [InlineData("limitDefaults", "{\"dailyInputTokens\":5000,\"dailyOutputTokens\":null,\"monthlyCostUsd\":12.5,\"requests\":9,\"alertPercent\":50}",
        "{\"dailyInputTokens\":null,\"dailyOutputTokens\":null,\"monthlyCostUsd\":null,\"requests\":null,\"alertPercent\":null}")]
    [InlineData("limitCeilings", "{\"maxDailyInputTokens\":7000,\"maxDailyOutputTokens\":null,\"maxMonthlyCostCapUsd\":null}",
        "{\"maxDailyInputTokens\":null,\"maxDailyOutputTokens\":null,\"maxMonthlyCostCapUsd\":null}")]
    public async Task Each_is_set_alone_and_put_back_with_null(string member, string value, string usual)
    {
        var before = (await stage.CallAsync("GET", Settings, stage.AdminToken)).Json;
        Text(before.GetProperty(member)).ShouldBe(usual);

        var set = await stage.CallAsync("PATCH", Settings, stage.AdminToken, $$"""{"{{member}}":{{value}}}""");

        set.Status.ShouldBe(200, set.Body);
        Text(set.Json.GetProperty(member)).ShouldBe(value);
        set.Json.GetProperty("set").EnumerateArray().ShouldHaveSingleItem().GetProperty("by").GetString().ShouldBe(Users.LocalId);
        foreach (var other in before.EnumerateObject().Where(one => one.Name != member && one.Name != "set"))
            Text(set.Json.GetProperty(other.Name)).ShouldBe(Text(other.Value), other.Name);

        var back = await stage.CallAsync("PATCH", Settings, stage.AdminToken, $$"""{"{{member}}":null}""");

        back.Status.ShouldBe(200, back.Body);
        Text(back.Json).ShouldBe(Text(before));
    }

    [Theory]
    [InlineData("""{"proxyEnabled":true,"providerModeDefault":"fallback"}""")]
    [InlineData("""{"proxyEnabled":true,"allowedModels":null}""")]
    [InlineData("""{"defaultModels":{"codex":"a","claude-code":"b"}}""")]
    [InlineData("""{"providerModeDefault":"always"}""")]
    [InlineData("""{"limitDefaults":{"dailyInputTokens":-1}}""")]
    [InlineData("""{"limitDefaults":{"alertPercent":101}}""")]
    [InlineData("""{"limitDefaults":{"tokens":1}}""")]
    [InlineData("""{"limitCeilings":{"maxRequests":1}}""")]
    [InlineData("""{"limitCeilings":{"maxMonthlyCostCapUsd":2000000}}""")]
    [InlineData("""{"defaultModels":{"no-such-harness":"a"}}""")]
    public async Task What_is_two_things_or_makes_no_sense_changes_nothing(string body)
    {
        var before = (await stage.CallAsync("GET", Settings, stage.AdminToken)).Body;

        var refused = await stage.CallAsync("PATCH", Settings, stage.AdminToken, body);

        (refused.Status, refused.Code).ShouldBe((400, "invalid"), refused.Body);
        (await stage.CallAsync("GET", Settings, stage.AdminToken)).Body.ShouldBe(before);
    }

    [Fact]
    public async Task Limits_that_are_set_hold_for_who_chose_nothing_and_bound_who_does()
    {
        var one = await stage.BelongingsAsync();
        var limits = one.Fill("/api/v1/users/{user}/limits", Uri.EscapeDataString);
        try
        {
            (await stage.CallAsync("PATCH", Settings, stage.AdminToken, """{"limitDefaults":{"dailyInputTokens":5000,"dailyOutputTokens":0}}""")).Status.ShouldBe(200);
            var held = (await stage.CallAsync("GET", limits, one.Session)).Json;
            held.GetProperty("dailyInputTokens").GetProperty("limit").GetDecimal().ShouldBe(5000);
            held.GetProperty("dailyOutputTokens").GetProperty("limit").ValueKind.ShouldBe(JsonValueKind.Null);
            // Without a ceiling the default is the bound.
            (await stage.CallAsync("PUT", limits, one.Session, """{"dailyInputTokenLimit":6000}""")).Status.ShouldBe(400);

            (await stage.CallAsync("PATCH", Settings, stage.AdminToken, """{"limitCeilings":{"maxDailyInputTokens":7000}}""")).Status.ShouldBe(200);
            (await stage.CallAsync("GET", limits, one.Session)).Json.GetProperty("dailyInputTokens").GetProperty("limit").GetDecimal().ShouldBe(5000);
            var chosen = await stage.CallAsync("PUT", limits, one.Session, """{"dailyInputTokenLimit":6000}""");
            chosen.Status.ShouldBe(200, chosen.Body);
            chosen.Json.GetProperty("dailyInputTokens").GetProperty("limit").GetDecimal().ShouldBe(6000);
            (await stage.CallAsync("PUT", limits, one.Session, """{"dailyInputTokenLimit":8000}""")).Status.ShouldBe(400);

            // A ceiling of the user's own goes before the platform's, and what was chosen before a lower one is cut to it.
            (await stage.CallAsync("PUT", one.Fill("/api/v1/users/{user}/ceilings", Uri.EscapeDataString), stage.AdminToken, """{"maxDailyInputTokens":4000}""")).Status.ShouldBe(200);
            (await stage.CallAsync("GET", limits, one.Session)).Json.GetProperty("dailyInputTokens").GetProperty("limit").GetDecimal().ShouldBe(4000);
        }
        finally
        {
            foreach (var member in (string[])["limitDefaults", "limitCeilings"])
                await stage.CallAsync("PATCH", Settings, stage.AdminToken, $$"""{"{{member}}":null}""");
        }
    }

    private static string Text(JsonElement value) => JsonSerializer.Serialize(value);
}
