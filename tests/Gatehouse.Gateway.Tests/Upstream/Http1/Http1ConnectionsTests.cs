using System.Text;
using Gatehouse.Gateway.Tests.Exchanges;
using Gatehouse.Gateway.Upstream;
using Gatehouse.Gateway.Upstream.Http1;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Gateway.Tests.Upstream.Http1;

/// <summary>What holds for the connections of our own alone: when one is used again, and what is refused on it.</summary>
public abstract class Http1ConnectionsTests(Way way)
{
    [Theory]
    [InlineData("content-length: 2\r\n\r\n{}", true)]
    [InlineData("transfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nx-sum: 1\r\n\r\n", true)]
    [InlineData("content-length: 2\r\nconnection: close\r\n\r\n{}", false)]
    [InlineData("content-length: 2\r\n\r\n{}HTTP/1.1 200 OK\r\n", false)]
    [InlineData("transfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\nmore", false)]
    public async Task A_connection_is_used_again_only_after_a_whole_answer_and_nothing_behind_it(string rest, bool again)
    {
        await using var server = RawUpstream.Answering("HTTP/1.1 200 OK\r\n" + rest);
        using var upstream = Calls.Upstream(way);
        var provider = Calls.Provider(server.Address);

        for (var i = 0; i < 3; i++) await Calls.SendAsync(upstream, server, Calls.Request(provider));

        server.Connections.Count.ShouldBe(again ? 1 : 3);
    }

    [Fact]
    public async Task A_connection_that_the_other_side_closed_while_it_lay_idle_is_not_tried()
    {
        await using var server = new RawUpstream(async connection =>
        {
            await connection.ReadRequestAsync();
            await connection.WriteAsync(RawUpstream.Ok);
            connection.Close();
        });
        var provider = Calls.Provider(server.Address);
        var address = new CallAddress(new Uri(server.Address));
        var pool = new Http1Pool(new UpstreamConnector(provider, new AddressGuard(() => []), way == Way.OwnConnectionsOverPlatformSockets), address, new HeaderTexts(), TimeProvider.System);
        var connection = await pool.OpenAsync(CancellationToken.None);
        var target = new ProviderTarget(provider, new Http1Connections(provider, new AddressGuard(() => []), TimeProvider.System, platformSockets: false), new UpstreamHealth(TimeProvider.System).Of("x"));
        await connection.SendAsync(Calls.Request(provider), target, address, null);
        while (connection.ReadHead() == HeadRead.Unfinished) connection.Filled(await connection.FillAsync()).ShouldBeTrue();
        connection.Use(connection.Unread.Length);
        pool.Return(connection);

        await GatewayHarness.EventuallyAsync(() => Task.FromResult(connection.IsStale), "the close is noticed");

        pool.Take().ShouldBeNull();
    }

    [Theory]
    [InlineData("", 54, true)]
    [InlineData("", 56, false)]
    [InlineData("keep-alive: timeout=5\r\n", 3, true)]
    [InlineData("keep-alive: timeout=5\r\n", 5, false)]
    [InlineData("keep-alive: timeout=900\r\n", 56, false)]
    public async Task An_idle_connection_is_used_again_only_as_long_as_the_other_side_surely_keeps_it(string header, int seconds, bool again)
    {
        await using var server = RawUpstream.Answering($"HTTP/1.1 200 OK\r\n{header}content-length: 2\r\n\r\n{{}}");
        var clock = new ForwardClock();
        using var upstream = Calls.Upstream(way, time: clock);
        var provider = Calls.Provider(server.Address);
        await Calls.SendAsync(upstream, server, Calls.Request(provider));

        clock.Forward(TimeSpan.FromSeconds(seconds));
        await Calls.SendAsync(upstream, server, Calls.Request(provider));

        server.Connections.Count.ShouldBe(again ? 1 : 2);
    }

    [Fact]
    public async Task A_connection_is_renewed_after_five_minutes_however_busy_it_is()
    {
        await using var server = RawUpstream.Answering(RawUpstream.Ok);
        var clock = new ForwardClock();
        using var upstream = Calls.Upstream(way, time: clock);
        var provider = Calls.Provider(server.Address);
        for (var i = 0; i < 8; i++)
        {
            await Calls.SendAsync(upstream, server, Calls.Request(provider));
            clock.Forward(TimeSpan.FromSeconds(50));
        }

        server.Connections.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Idle_connections_that_are_over_are_closed_without_a_call()
    {
        await using var server = new RawUpstream(async connection =>
        {
            await connection.ReadRequestAsync();
            await connection.WriteAsync(RawUpstream.Ok);
            await connection.WaitClosedAsync();
        });
        var clock = new ForwardClock();
        using var upstream = Calls.Upstream(way, time: clock);
        await Calls.SendAsync(upstream, server, Calls.Request(Calls.Provider(server.Address)));

        clock.Forward(TimeSpan.FromSeconds(56));

        await server.Connections[0].Closed;
    }

    [Fact]
    public async Task A_body_that_ends_with_the_connection_is_whole()
    {
        await using var server = new RawUpstream(async connection =>
        {
            await connection.ReadRequestAsync();
            await connection.WriteAsync("HTTP/1.0 200 OK\r\n\r\nuntil the end");
            connection.Close();
        });
        using var upstream = Calls.Upstream(way);

        var outcome = await upstream.SendAsync(Calls.Request(Calls.Provider(server.Address)), CancellationToken.None);

        outcome.Answer!.ContentLength.ShouldBeNull();
        Encoding.ASCII.GetString(await Calls.ReadAsync(outcome.Answer)).ShouldBe("until the end");
    }

    [Theory]
    [InlineData("HTTP/1.1 100 Continue\r\n\r\n")]
    [InlineData("HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n")]
    public async Task Interim_answers_are_passed_over(string interim)
    {
        await using var server = RawUpstream.Answering(interim + RawUpstream.Ok);
        using var upstream = Calls.Upstream(way);
        var provider = Calls.Provider(server.Address);

        for (var i = 0; i < 2; i++)
        {
            var outcome = await upstream.SendAsync(Calls.Request(provider), CancellationToken.None);
            outcome.Answer!.Status.ShouldBe(200);
            var headers = new HeaderDictionary();
            outcome.Answer.CopyHeadersTo(headers);
            headers.Keys.ShouldBe(["content-type", "Content-Length"], ignoreOrder: true);
            (await Calls.ReadAsync(outcome.Answer)).ShouldBe("{}"u8.ToArray());
        }

        server.Connections.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\nupgrade: h2c\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n{}")]
    [InlineData("HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}")]
    [InlineData("HTTP/1.1 200 OK\r\nx: a\r\n folded\r\n\r\n")]
    public async Task An_answer_whose_end_is_doubtful_is_a_protocol_fault_and_closes_the_connection(string answer)
    {
        await using var server = new RawUpstream(async connection =>
        {
            await connection.ReadRequestAsync();
            await connection.WriteAsync(answer);
            await connection.WaitClosedAsync();
        });
        using var upstream = Calls.Upstream(way);

        var outcome = await upstream.SendAsync(Calls.Request(Calls.Provider(server.Address)), CancellationToken.None);

        outcome.Fault.ShouldBe(UpstreamFault.Protocol);
        outcome.Tries.ShouldBe(1);
        await server.Connections.ShouldHaveSingleItem().Closed;
    }

    [Fact]
    public async Task Chunks_that_go_wrong_break_the_body_off()
    {
        await using var server = new RawUpstream(async connection =>
        {
            await connection.ReadRequestAsync();
            await connection.WriteAsync("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nhi\r\nxyz\r\n");
            await connection.WaitClosedAsync();
        });
        using var upstream = Calls.Upstream(way);
        var outcome = await upstream.SendAsync(Calls.Request(Calls.Provider(server.Address)), CancellationToken.None);

        await Should.ThrowAsync<IOException>(() => Calls.ReadAsync(outcome.Answer!));

        await server.Connections[0].Closed;
    }

    [Theory]
    [InlineData(100)]
    [InlineData(5_000)]
    [InlineData(40_000)]
    public async Task Long_heads_and_bodies_pass_in_one_piece(int length)
    {
        var (value, text) = (new string('v', length), string.Concat(Enumerable.Range(0, length).Select(i => (char)('a' + (i % 26)))));
        await using var server = new RawUpstream(async connection =>
        {
            while (await connection.ReadRequestAsync() is not null)
                await connection.WriteAsync($"HTTP/1.1 200 OK\r\nx-long: {value}\r\ntransfer-encoding: chunked\r\n\r\n{length:x}\r\n{text}\r\n5\r\nfirst\r\n0\r\n\r\n");
        });
        using var upstream = Calls.Upstream(way);
        var provider = Calls.Provider(server.Address);
        for (var i = 0; i < 2; i++)
        {
            var outcome = await upstream.SendAsync(Calls.Request(provider), CancellationToken.None);
            var body = new List<byte>();
            var piece = new byte[97];
            for (int read; (read = await outcome.Answer!.Body.ReadAsync(piece)) > 0;) body.AddRange(piece.AsSpan(0, read));
            Encoding.ASCII.GetString([.. body]).ShouldBe(text + "first");

            // The head is there until the answer is over, whatever was read meanwhile.
            var headers = new HeaderDictionary();
            outcome.Answer!.CopyHeadersTo(headers);
            headers["x-long"].ToString().ShouldBe(value);
            await outcome.Answer.DisposeAsync();
        }

        server.Connections.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_header_value_can_begin_no_line_of_its_own()
    {
        await using var server = RawUpstream.Answering(RawUpstream.Ok);
        using var upstream = Calls.Upstream(way);
        var headers = new HeaderDictionary { ["x-bad"] = "a\r\nx-injected: 1", ["x-return"] = "a\rb", ["x bad name"] = "1", ["x-good"] = "1" };

        var seen = await Calls.SendAsync(upstream, server, Calls.Request(Calls.Provider(server.Address), headers: headers));

        seen.Lines.Select(l => l[..l.IndexOf(':', StringComparison.Ordinal)]).ShouldBe(["host", "x-good", "accept-encoding", "content-length"], ignoreOrder: true);
    }

    private sealed class ForwardClock : TimeProvider
    {
        private long _ahead;

        public void Forward(TimeSpan by) => Interlocked.Add(ref _ahead, (long)(by.TotalSeconds * TimestampFrequency));

        public override long GetTimestamp() => base.GetTimestamp() + Interlocked.Read(ref _ahead);
    }
}

public sealed class OwnHttp1ConnectionsTests() : Http1ConnectionsTests(Way.OwnConnections);

public sealed class PlatformSocketHttp1ConnectionsTests() : Http1ConnectionsTests(Way.OwnConnectionsOverPlatformSockets);
