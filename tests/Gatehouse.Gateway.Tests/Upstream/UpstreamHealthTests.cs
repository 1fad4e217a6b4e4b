using Gatehouse.Gateway.Upstream;

namespace Gatehouse.Gateway.Tests.Upstream;

/// <summary>Held by every way of HTTP/1.1.</summary>
public abstract class UpstreamHealthTests(Way way)
{
    [Fact]
    public void A_provider_fails_after_three_faults_in_a_row_and_recovers_with_one_answer()
    {
        var provider = new UpstreamHealth(TimeProvider.System).Of("p");
        provider.State.ShouldBe(UpstreamState.Unknown);

        provider.Succeeded();
        provider.State.ShouldBe(UpstreamState.Ok);
        provider.Failed("http_503");
        provider.Failed("timeout");
        provider.State.ShouldBe(UpstreamState.Ok);
        provider.Failed("stream_reset");
        provider.State.ShouldBe(UpstreamState.Failing);
        provider.LastFailureKind.ShouldBe("stream_reset");

        provider.Succeeded();
        provider.State.ShouldBe(UpstreamState.Ok);
        provider.ConsecutiveFaults.ShouldBe(0);
    }

    [Theory]
    [InlineData(200, 1, 0)]
    [InlineData(301, 0, 1)]
    [InlineData(307, 0, 1)]
    [InlineData(304, 0, 0)]
    [InlineData(400, 0, 0)]
    [InlineData(401, 0, 0)]
    [InlineData(429, 0, 0)]
    [InlineData(500, 0, 1)]
    [InlineData(529, 0, 1)]
    public async Task Refusals_count_neither_way(int status, int successes, int failures)
    {
        await using var server = RawUpstream.Answering($"HTTP/1.1 {status} Word\r\ncontent-length: 2\r\n\r\n{{}}");
        var health = new UpstreamHealth(TimeProvider.System);
        using var upstream = Calls.Upstream(way, health);

        await Calls.SendAsync(upstream, server, Calls.Request(Calls.Provider(server.Address)));

        var provider = health.Of("local");
        provider.LastSuccess.HasValue.ShouldBe(successes > 0);
        provider.ConsecutiveFaults.ShouldBe(failures);
        provider.LastFailureKind.ShouldBe(failures > 0 ? $"http_{status}" : null);
        provider.LastFailure.HasValue.ShouldBe(failures > 0);
    }

    [Theory]
    [InlineData("date: Sat, 21 Nov 2026 10:00:00 GMT\r\n", 90.0)]
    [InlineData("date: Sat, 21 Nov 2026 11:00:00 GMT\r\n", -3510.0)]
    [InlineData("date: yesterday\r\n", null)]
    [InlineData("", null)]
    public async Task How_far_the_clock_is_ahead_is_read_off_the_answers(string header, double? ahead)
    {
        await using var server = RawUpstream.Answering($"HTTP/1.1 200 OK\r\n{header}content-length: 2\r\n\r\n{{}}");
        var health = new UpstreamHealth(new StoppedClock(new DateTimeOffset(2026, 11, 21, 10, 1, 30, TimeSpan.Zero)));
        using var upstream = Calls.Upstream(way, health);

        await Calls.SendAsync(upstream, server, Calls.Request(Calls.Provider(server.Address)));

        health.Of("local").ClockAhead?.TotalSeconds.ShouldBe(ahead!.Value);
        health.Of("local").ClockAhead.HasValue.ShouldBe(ahead.HasValue);
    }

    private sealed class StoppedClock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }

    [Fact]
    public async Task Answers_that_keep_breaking_off_fail_a_provider_though_their_headers_are_good()
    {
        await using var server = RawUpstream.Answering("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}");
        var health = new UpstreamHealth(TimeProvider.System);
        using var upstream = Calls.Upstream(way, health);
        for (var i = 0; i < 3; i++)
        {
            var outcome = await upstream.SendAsync(Calls.Request(Calls.Provider(server.Address)), CancellationToken.None);
            outcome.Answer!.BrokeOff("upstream_reset");
            await outcome.Answer.DisposeAsync();
        }

        health.Of("local").State.ShouldBe(UpstreamState.Failing);
        health.Of("local").LastFailureKind.ShouldBe("upstream_reset");
        health.Of("local").LastSuccess.ShouldBeNull();
    }

    [Fact]
    public void A_sentence_is_no_kind_of_failure()
    {
        var provider = new UpstreamHealth(TimeProvider.System).Of("p");

        provider.Failed("your key sk-canary is bad");

        provider.LastFailureKind.ShouldBe("other");
    }

    [Fact]
    public void Names_are_compared_without_case_and_listed_in_order()
    {
        var health = new UpstreamHealth(TimeProvider.System);

        health.Of("zeta").Succeeded();
        health.Of("Alpha").Succeeded();
        health.Of("ALPHA").ShouldBeSameAs(health.Of("Alpha"));

        health.All().Select(p => p.Provider).ShouldBe(["Alpha", "zeta"]);
    }
}

public sealed class OwnUpstreamHealthTests() : UpstreamHealthTests(Way.OwnConnections);

public sealed class HandlerUpstreamHealthTests() : UpstreamHealthTests(Way.Handler);
