using System.Net;
using System.Net.Sockets;
using System.Text;
using Gatehouse.Gateway.Routing;
using Gatehouse.Gateway.Upstream;

namespace Gatehouse.Gateway.Tests.Upstream;

/// <summary>Held by every way of HTTP/1.1.</summary>
public abstract class HttpUpstreamTests(Way way)
{
    [Fact]
    public async Task The_body_arrives_byte_for_byte_with_its_length_and_its_content_type()
    {
        await using var server = RawUpstream.Answering(RawUpstream.Ok);
        using var upstream = Calls.Upstream(way);
        var bytes = new byte[300_000];
        new Random(7).NextBytes(bytes);
        var headers = new Microsoft.AspNetCore.Http.HeaderDictionary { ["Content-Type"] = "application/json;CHARSET=\"utf-8\" ; x=1" };
        var request = Calls.Request(
            Calls.Provider(server.Address), headers: headers, body: [bytes.AsMemory(0, 10), default, bytes.AsMemory(10, 70_000), bytes.AsMemory(70_010)]);

        var seen = await Calls.SendAsync(upstream, server, request);

        seen.Body.AsSpan().SequenceEqual(bytes).ShouldBeTrue();
        seen["content-length"].ShouldBe("300000");
        seen["content-type"].ShouldBe("application/json;CHARSET=\"utf-8\" ; x=1");
        seen["transfer-encoding"].ShouldBeNull();
        seen["expect"].ShouldBeNull();
        seen.RequestLine.ShouldBe("POST /v1/messages?beta=true HTTP/1.1");
    }

    [Fact]
    public async Task A_call_without_a_body_sends_none()
    {
        await using var server = RawUpstream.Answering(RawUpstream.Ok);
        using var upstream = Calls.Upstream(way);

        var seen = await Calls.SendAsync(upstream, server, Calls.Request(Calls.Provider(server.Address + "/v1"), "/models", "GET"));

        seen.RequestLine.ShouldBe("GET /v1/models HTTP/1.1");
        seen["content-length"].ShouldBeNull();
        seen["content-type"].ShouldBeNull();
    }

    [Fact]
    public async Task Calls_one_after_the_other_share_a_connection()
    {
        await using var server = RawUpstream.Answering(RawUpstream.Ok);
        using var upstream = Calls.Upstream(way);
        var provider = Calls.Provider(server.Address);

        for (var i = 0; i < 5; i++) await Calls.SendAsync(upstream, server, Calls.Request(provider));

        server.Connections.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Connections_survive_a_reload_that_leaves_the_provider_as_it_was()
    {
        await using var server = RawUpstream.Answering(RawUpstream.Ok);
        using var upstream = Calls.Upstream(way);

        await Calls.SendAsync(upstream, server, Calls.Request(Calls.Provider(server.Address)));
        await Calls.SendAsync(upstream, server, Calls.Request(Calls.Provider(server.Address, headers: new() { ["x-org"] = "a" })));

        server.Connections.Count.ShouldBe(1);
        server.Connections[0].Requests[1]["x-org"].ShouldBe("a");
    }

    [Fact]
    public async Task A_changed_definition_takes_new_connections_while_a_running_answer_goes_on_over_the_old_one()
    {
        var more = new TaskCompletionSource();
        await using var server = new RawUpstream(async connection =>
        {
            await connection.ReadRequestAsync();
            if (connection.Number > 1)
            {
                await connection.WriteAsync(RawUpstream.Ok);
                return;
            }

            await connection.WriteAsync("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nfirst");
            await more.Task;
            await connection.WriteAsync("later");
            await connection.WaitClosedAsync();
        });
        using var upstream = Calls.Upstream(way);
        var running = await upstream.SendAsync(Calls.Request(Calls.Provider(server.Address)), CancellationToken.None);

        var deadlines = ProviderDeadlines.Default with { Connect = TimeSpan.FromSeconds(7) };
        await Calls.SendAsync(upstream, server, Calls.Request(Calls.Provider(server.Address, deadlines: deadlines)));
        more.SetResult();

        Encoding.ASCII.GetString(await Calls.ReadAsync(running.Answer!)).ShouldBe("firstlater");
        server.Connections.Count.ShouldBe(2);
        await server.Connections[0].Closed;
    }

    [Fact]
    public async Task A_removed_provider_gives_up_its_idle_connections()
    {
        await using var server = new RawUpstream(async connection =>
        {
            await connection.ReadRequestAsync();
            await connection.WriteAsync(RawUpstream.Ok);
            await connection.WaitClosedAsync();
        });
        var health = new UpstreamHealth(TimeProvider.System);
        using var upstream = Calls.Upstream(way, health);
        await Calls.SendAsync(upstream, server, Calls.Request(Calls.Provider(server.Address)));

        upstream.Retain(["another"]);

        await server.Connections[0].Closed;
        health.All().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_redirect_is_an_answer_and_is_not_followed()
    {
        await using var server = RawUpstream.Answering("HTTP/1.1 307 Temporary Redirect\r\nlocation: /elsewhere\r\ncontent-length: 0\r\n\r\n");
        using var upstream = Calls.Upstream(way);

        var outcome = await upstream.SendAsync(Calls.Request(Calls.Provider(server.Address)), CancellationToken.None);

        outcome.Answer!.Status.ShouldBe(307);
        await outcome.Answer.DisposeAsync();
        server.Connections.Single().Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_compressed_answer_passes_as_it_is()
    {
        await using var server = RawUpstream.Answering("HTTP/1.1 200 OK\r\ncontent-encoding: GZIP\r\ncontent-length: 4\r\n\r\n\x1f\x8b\x08\xff");
        using var upstream = Calls.Upstream(way);

        var outcome = await upstream.SendAsync(Calls.Request(Calls.Provider(server.Address)), CancellationToken.None);

        outcome.Answer!.ContentEncoding.ShouldBe("gzip");
        outcome.Answer.ContentLength.ShouldBe(4);
        (await Calls.ReadAsync(outcome.Answer)).ShouldBe([0x1f, 0x8b, 0x08, 0xff]);
    }

    [Fact]
    public async Task A_path_that_leaves_the_base_address_is_refused()
    {
        await using var server = RawUpstream.Answering(RawUpstream.Ok);
        using var upstream = Calls.Upstream(way);
        var provider = Calls.Provider(server.Address + "/v1");

        foreach (var path in new[] { "/responses/../../files", "/responses/%2e%2E/files", "@evil.example/x", ":1/x", "/responses\\..\\x" })
        {
            var outcome = await upstream.SendAsync(Calls.Request(provider, path, "GET"), CancellationToken.None);
            outcome.Fault.ShouldBe(UpstreamFault.AddressRefused, path);
        }

        server.Connections.ShouldBeEmpty();
    }

    [Fact]
    public async Task Disposing_an_unfinished_answer_closes_its_connection_at_once()
    {
        await using var server = new RawUpstream(async connection =>
        {
            await connection.ReadRequestAsync();
            await connection.WriteAsync("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n");
            await connection.WaitClosedAsync();
        });
        using var upstream = Calls.Upstream(way);
        var outcome = await upstream.SendAsync(Calls.Request(Calls.Provider(server.Address)), CancellationToken.None);
        (await outcome.Answer!.Body.ReadAsync(new byte[5])).ShouldBe(5);

        await outcome.Answer.DisposeAsync();

        await server.Connections[0].Closed;
    }

    [Fact]
    public async Task An_answer_given_before_the_whole_body_was_heard_still_arrives()
    {
        await using var server = new RawUpstream(async connection =>
        {
            // The head and a little of the body; what is left unread turns the close into a reset.
            await connection.Stream.ReadExactlyAsync(new byte[100_000]);
            await connection.WriteAsync("HTTP/1.1 413 Too Large\r\nconnection: close\r\ncontent-length: 9\r\n\r\ntoo large");
            connection.Close();
        });
        using var upstream = Calls.Upstream(way);

        var outcome = await upstream.SendAsync(
            Calls.Request(Calls.Provider(server.Address), body: [new byte[30_000_000]]), CancellationToken.None);

        outcome.Fault.ShouldBe(UpstreamFault.None, outcome.Detail);
        outcome.Answer!.Status.ShouldBe(413);
        Encoding.ASCII.GetString(await Calls.ReadAsync(outcome.Answer)).ShouldBe("too large");
        server.Connections.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Http2_is_offered_only_where_it_is_switched_on(bool http2)
    {
        byte[] hello = [];
        await using var server = new RawUpstream(async connection =>
        {
            var header = new byte[5];
            await connection.Stream.ReadExactlyAsync(header);
            var rest = new byte[(header[3] << 8) | header[4]];
            await connection.Stream.ReadExactlyAsync(rest);
            hello = rest;
            connection.Close();
        });
        using var upstream = Calls.Upstream(way);
        var like = Calls.Provider($"https://127.0.0.1:{server.Port}");
        var provider = new Provider { Name = "h2", Source = "file", Endpoints = like.Endpoints, AllowPrivateNetwork = true, Http2 = http2 };

        var outcome = await upstream.SendAsync(Calls.Request(provider), CancellationToken.None);

        outcome.Fault.ShouldBe(UpstreamFault.TlsFailed, outcome.Detail);

        // The protocol list of the greeting (ALPN), each name after its length.
        (hello.AsSpan().IndexOf("\u0002h2"u8) >= 0).ShouldBe(http2);
    }

    [Fact]
    public async Task Http2_without_tls_falls_back()
    {
        await using var server = RawUpstream.Answering(RawUpstream.Ok);
        using var upstream = Calls.Upstream(way);
        var like = Calls.Provider(server.Address);

        var seen = await Calls.SendAsync(upstream, server, Calls.Request(
            new Provider { Name = "h2", Source = "file", Endpoints = like.Endpoints, AllowPrivateNetwork = true, Http2 = true }));

        seen.RequestLine.ShouldEndWith("HTTP/1.1");
    }

    [Fact]
    public async Task A_provider_that_was_disposed_of_takes_no_more_calls()
    {
        var upstream = Calls.Upstream(way);
        upstream.Dispose();
        await Should.ThrowAsync<ObjectDisposedException>(async () =>
            await upstream.SendAsync(Calls.Request(Calls.Provider("http://127.0.0.1:1")), CancellationToken.None));
    }
}

public sealed class OwnHttpUpstreamTests() : HttpUpstreamTests(Way.OwnConnections);

public sealed class PlatformSocketHttpUpstreamTests() : HttpUpstreamTests(Way.OwnConnectionsOverPlatformSockets);

public sealed class HandlerHttpUpstreamTests() : HttpUpstreamTests(Way.Handler);
