using System.Threading.Channels;
using Gatehouse.Dialects;
using Gatehouse.Gateway.Exchanges;
using Gatehouse.Gateway.Metering;
using Gatehouse.Gateway.Tests.Exchanges;

namespace Gatehouse.Gateway.Tests.Faults;

/// <summary>What a client is sent last before a stream breaks off reaches it before the break does.</summary>
public sealed class LastWordsTests
{
    public static TheoryData<Dialect, bool, bool> Cases()
    {
        var cases = new TheoryData<Dialect, bool, bool>();
        foreach (var dialect in Caller.All)
        {
            foreach (var own in new[] { false, true })
            {
                cases.Add(dialect, own, false);
                cases.Add(dialect, own, true);
            }
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_client_has_a_moment_for_them_before_it_sees_the_break(Dialect dialect, bool own, bool leaves)
    {
        // The provider's own error comes in one piece with the end of its connection; or the connection ends, and Gatehouse tells it.
        var told = own ? OddStreamTests.ErrorEvent(dialect) : ": begun\n\n";
        await using var upstream = new ScriptedUpstream(async (connection, _) =>
        {
            await connection.WriteAsync(ScriptedUpstream.StreamHead + told);
            connection.Close();
        });
        var clock = new WaitingClock(AnswerCarrier.LastWords);
        await using var gateway = await GatewayHarness.StartAsync(upstream.Address, time: clock);
        await using var client = await RawClient.PostAsync(gateway, Caller.Path(dialect), Caller.Body(dialect, "m", stream: true));
        var before = await client.UntilAsync(a => a.Count(Caller.ErrorEvent(dialect)) == 1 && a.Text.EndsWith("\n\n", StringComparison.Ordinal));
        before.IsClosed.ShouldBeFalse();
        var moment = await clock.WaitedAsync();
        if (leaves) client.Leave();
        else
        {
            moment();
            var answer = await client.AnswerAsync();
            answer.IsCut.ShouldBeTrue();
            answer.Text.ShouldBe(before.Text);
        }

        await AtRest.ShouldComeAsync(gateway);
        var row = (await gateway.RowsAsync()).ShouldHaveSingleItem();
        (row.End, row.ErrorType).ShouldBe((ExchangeEnd.UpstreamError, own ? "overloaded_error" : "upstream_truncated"), "that the client leaves now changes nothing");
        (await ProviderReport.OfAsync(gateway)).Faults.ShouldBe(1);
    }

    /// <summary>The system's clock, but for timers of one length: those wait for the test.</summary>
    private sealed class WaitingClock(TimeSpan length) : TimeProvider
    {
        private readonly Channel<Action> _waiting = Channel.CreateUnbounded<Action>();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime != length) return base.CreateTimer(callback, state, dueTime, period);
            _waiting.Writer.TryWrite(() => callback(state));
            return base.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        /// <summary>Waits for one to begin; what it gives ends it.</summary>
        public async Task<Action> WaitedAsync() => await _waiting.Reader.ReadAsync().AsTask().WaitAsync(GatewayHarness.Ceiling);
    }
}
