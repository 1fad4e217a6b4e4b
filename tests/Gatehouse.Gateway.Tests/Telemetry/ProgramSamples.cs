using Gatehouse.Gateway.Upstream;

namespace Gatehouse.Gateway.Tests.Telemetry;

/// <summary>A program with an account that is well and one that is used up.</summary>
internal static class ProgramSamples
{
    public static ProgramReport One(DateTimeOffset seen, ProgramHealth health = ProgramHealth.Degraded) => new(
        "subscription", health, "client-tools", "2.1.329", null, 2, 1,
        [
            new AccountReport("own", ProgramHealth.Healthy, true, "claude.ai", "canary@example.com", "max", null, null,
                [new LimitWindow("five_hour", "allowed", 0.25, seen.AddHours(1), seen), new LimitWindow("seven_day", "allowed", null, null, seen)]),
            new AccountReport("other", ProgramHealth.Degraded, true, "oauth_token", null, null, null, seen.AddHours(1),
                [new LimitWindow("five_hour", "rejected", 1, seen.AddHours(1), seen)]),
        ]);
}
