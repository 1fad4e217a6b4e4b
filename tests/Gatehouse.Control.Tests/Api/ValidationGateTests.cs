using System.Globalization;
using Gatehouse.Control.Api;
using Gatehouse.Gateway.Tenancy;

namespace Gatehouse.Control.Tests.Api;

/// <summary>Providers are asked about keys so often and no more.</summary>
public sealed class ValidationGateTests(ApiStage stage) : IClassFixture<ApiStage>
{
    [Fact]
    public void Each_actor_has_so_many_in_a_window_that_slides()
    {
        var clock = new MovableClock(DateTimeOffset.UnixEpoch);
        var gate = new ValidationGate(clock);
        var (one, other) = (new Actor("one", UserRole.Member), new Actor("other", UserRole.Admin));
        gate.Refuse(one).ShouldBeNull();
        clock.Move(TimeSpan.FromSeconds(20));
        for (var i = 1; i < ValidationGate.Most; i++) gate.Refuse(one).ShouldBeNull();

        var refused = gate.Refuse(one).ShouldNotBeNull();
        refused.Status.ShouldBe(429);
        refused.RetryAfterSeconds.ShouldBe(40);
        gate.Refuse(other).ShouldBeNull();
        clock.Move(TimeSpan.FromSeconds(40));
        gate.Refuse(one).ShouldBeNull();
        gate.Refuse(one).ShouldNotBeNull().RetryAfterSeconds.ShouldBe(20);
    }

    [Fact]
    public void Every_route_that_validates_is_bounded()
    {
        var bounded = ApiRoutes.All.Where(static route => route.AsksProviders).Select(static route => route.Pattern).ToList();
        bounded.ShouldBe(ApiRoutes.All.Where(static route => route.Pattern.EndsWith("/validate", StringComparison.Ordinal)).Select(static route => route.Pattern));
        bounded.Count.ShouldBe(3);
    }

    [Fact]
    public async Task Whoever_asks_too_often_is_told_when_to_come_again()
    {
        var added = await stage.CallAsync(
            "POST", "/api/v1/credentials", stage.Other.Session, """{"name":"often","kind":"oauth-token","secret":"sk-ant-oat01-0123456789abcdef"}""");
        var path = $"/api/v1/credentials/{added.Json.GetProperty("id").GetString()}/validate";
        for (var i = 0; i < ValidationGate.Most; i++) (await stage.CallAsync("POST", path, stage.Other.Session)).Status.ShouldBe(200);
        var refused = await stage.CallAsync("POST", path, stage.Other.Session);
        refused.Status.ShouldBe(429, refused.Body);
        refused.Code.ShouldBe("too-many");
        var after = refused.Response.Headers.GetValues("retry-after").Single();
        int.Parse(after, CultureInfo.InvariantCulture).ShouldBeInRange(1, 60);
        // Another's checks are another's.
        (await stage.CallAsync("POST", path, stage.AdminToken)).Status.ShouldBe(200);
    }
}
