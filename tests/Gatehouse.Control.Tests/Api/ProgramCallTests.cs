namespace Gatehouse.Control.Tests.Api;

/// <summary>Providers that are programs, as the administration shows them.</summary>
public sealed class ProgramCallTests(ApiStage stage) : IClassFixture<ApiStage>
{
    [Fact]
    public async Task An_administrator_sees_accounts_logins_and_limits_and_null_for_what_nobody_told()
    {
        var answered = await stage.CallAsync("GET", "/api/v1/programs", stage.AdminToken);
        answered.Status.ShouldBe(200, answered.Body);
        var program = answered.Json.GetProperty("items")[0];
        program.GetProperty("provider").GetString().ShouldBe("subscription");
        program.GetProperty("status").GetString().ShouldBe("degraded");
        (program.GetProperty("turnsRunning").GetInt32(), program.GetProperty("turnsWaiting").GetInt32()).ShouldBe((2, 1));
        var own = program.GetProperty("profiles")[0];
        (own.GetProperty("email").GetString(), own.GetProperty("subscriptionType").GetString(), own.GetProperty("authMethod").GetString()).ShouldBe(("a@b.example", "max", "claude.ai"));
        own.GetProperty("exhaustedUntil").GetDateTimeOffset().ShouldBe(DateTimeOffset.UnixEpoch.AddHours(1));
        own.GetProperty("windows")[0].GetProperty("utilization").GetDouble().ShouldBe(1);
        own.GetProperty("windows")[1].GetProperty("utilization").ValueKind.ShouldBe(System.Text.Json.JsonValueKind.Null);
        var other = program.GetProperty("profiles")[1];
        (other.GetProperty("status").GetString(), other.GetProperty("loggedIn").GetBoolean(), other.GetProperty("error").GetString()).ShouldBe(("unhealthy", false, "Log in."));
    }
}
