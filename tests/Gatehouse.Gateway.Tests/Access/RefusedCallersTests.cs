using Gatehouse.Gateway.Access;
using Gatehouse.Gateway.Tests.Canary;
using Gatehouse.Gateway.Tests.Exchanges;

namespace Gatehouse.Gateway.Tests.Access;

/// <summary>Callers without a good token have no row; the log tells of them, and can't be filled by them.</summary>
public sealed class RefusedCallersTests
{
    private static readonly AuthResult s_unknown = new(AuthOutcome.Unknown, null, "not ours");
    private static readonly AuthResult s_missing = new(AuthOutcome.Missing, null, "nothing sent");

    [Fact]
    public void A_reason_is_told_at_once_then_once_per_pause_with_how_many_there_were()
    {
        var (clock, log) = (new MovableClock(), new KeptLog<RefusedCallers>());
        var refused = new RefusedCallers(clock, log);
        for (var i = 0; i < 4; i++) refused.Tell(s_unknown);
        refused.Tell(s_missing);
        log.Text.Split('\n').Select(line => line.Trim())
            .ShouldBe(["Warning A caller was refused with 401: not ours", "Warning A caller was refused with 401: nothing sent"]);
        clock.Move(RefusedCallers.Pause);
        refused.Tell(s_unknown);
        refused.Tell(s_missing);
        log.Text.Split('\n').Select(line => line.Trim()).Skip(2)
            .ShouldBe(["Warning A caller was refused with 401: not ours (and 3 more for this since the last line)", "Warning A caller was refused with 401: nothing sent"]);
    }

    [Theory]
    [InlineData("/v1/messages")]
    [InlineData("/v1/models")]
    public async Task A_running_gateway_tells_of_them_without_what_they_sent(string path)
    {
        var log = new CapturedLog();
        await using var gateway = await GatewayHarness.StartAsync(logging: log);
        var request = gateway.Post(path, "{}", "sk-of-a-vendor-4711");
        if (path == "/v1/models") (request.Method, request.Content) = (HttpMethod.Get, null);
        await gateway.SendAsync(request);
        var text = string.Join('\n', log.Entries);
        text.ShouldContain("A caller was refused with 401: This is not a token of this Gatehouse.");
        text.ShouldNotContain("4711");
    }
}
