using Gatehouse.Gateway.Upstream;

namespace Gatehouse.Gateway.Tests.Upstream;

/// <summary>Calls that are ended from this side. Held by every way of HTTP/1.1.</summary>
public abstract class UpstreamCancellationTests(Way way)
{
    [Fact]
    public async Task Cancelling_closes_the_connection()
    {
        var received = new TaskCompletionSource();
        await using var server = new RawUpstream(async connection =>
        {
            await connection.ReadRequestAsync();
            received.SetResult();
            await connection.WaitClosedAsync();
        });
        var health = new UpstreamHealth(TimeProvider.System);
        using var upstream = Calls.Upstream(way, health);
        using var caller = new CancellationTokenSource();
        var sending = upstream.SendAsync(Calls.Request(Calls.Provider(server.Address)), caller.Token).AsTask();
        await received.Task.WaitAsync(TimeSpan.FromSeconds(10));

        await caller.CancelAsync();

        (await sending.WaitAsync(TimeSpan.FromSeconds(10))).Fault.ShouldBe(UpstreamFault.Cancelled);
        await server.Connections[0].Closed;
        health.Of("local").State.ShouldBe(UpstreamState.Unknown);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_call_is_given_up_only_while_its_answer_has_not_begun(bool begins)
    {
        using var giveUp = new CancellationTokenSource();
        var goOn = new TaskCompletionSource();
        await using var server = new RawUpstream(async connection =>
        {
            await connection.ReadRequestAsync();
            if (begins) await connection.WriteAsync("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n");
            else await giveUp.CancelAsync();
            if (begins) await goOn.Task;
            if (begins) await connection.WriteAsync("{}");
            await connection.WaitClosedAsync();
        });
        var health = new UpstreamHealth(TimeProvider.System);
        using var upstream = Calls.Upstream(way, health);

        var outcome = await upstream.SendAsync(Calls.Request(Calls.Provider(server.Address), giveUp: giveUp.Token), CancellationToken.None)
            .AsTask().WaitAsync(TimeSpan.FromSeconds(10));
        if (begins)
        {
            await giveUp.CancelAsync();
            goOn.SetResult();
            (await Calls.ReadAsync(outcome.Answer!)).ShouldBe("{}"u8.ToArray());
            return;
        }

        outcome.Fault.ShouldBe(UpstreamFault.Cancelled);
        await server.Connections[0].Closed;
        health.Of("local").State.ShouldBe(UpstreamState.Unknown);
        (await upstream.SendAsync(Calls.Request(Calls.Provider(server.Address), giveUp: giveUp.Token), CancellationToken.None)).Fault.ShouldBe(UpstreamFault.Cancelled);
        server.Connections.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Cancelling_a_read_of_the_body_closes_the_connection()
    {
        await using var server = new RawUpstream(async connection =>
        {
            await connection.ReadRequestAsync();
            await connection.WriteAsync("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nhi\r\n");
            await connection.WaitClosedAsync();
        });
        using var upstream = Calls.Upstream(way);
        using var caller = new CancellationTokenSource();
        var outcome = await upstream.SendAsync(Calls.Request(Calls.Provider(server.Address)), caller.Token);
        await using var answer = outcome.Answer!;
        (await answer.Body.ReadAsync(new byte[2], caller.Token)).ShouldBe(2);
        var reading = answer.Body.ReadAsync(new byte[2], caller.Token).AsTask();

        await caller.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => reading);
        await server.Connections[0].Closed;
    }

    [Fact]
    public async Task Cancelling_a_handshake_closes_the_connection()
    {
        var begun = new TaskCompletionSource();
        await using var server = new RawUpstream(async connection =>
        {
            await connection.Stream.ReadExactlyAsync(new byte[1]);
            begun.SetResult();
            await connection.WaitClosedAsync();
        });
        using var upstream = Calls.Upstream(way);
        using var caller = new CancellationTokenSource();
        var sending = upstream.SendAsync(Calls.Request(Calls.Provider($"https://127.0.0.1:{server.Port}")), caller.Token).AsTask();
        await begun.Task.WaitAsync(TimeSpan.FromSeconds(10));

        await caller.CancelAsync();

        (await sending.WaitAsync(TimeSpan.FromSeconds(10))).Fault.ShouldBe(UpstreamFault.Cancelled);
        await server.Connections[0].Closed;
    }
}

public sealed class OwnUpstreamCancellationTests() : UpstreamCancellationTests(Way.OwnConnections);

public sealed class PlatformSocketUpstreamCancellationTests() : UpstreamCancellationTests(Way.OwnConnectionsOverPlatformSockets);

public sealed class HandlerUpstreamCancellationTests() : UpstreamCancellationTests(Way.Handler);
