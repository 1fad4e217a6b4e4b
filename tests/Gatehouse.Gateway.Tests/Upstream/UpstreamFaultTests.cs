using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gatehouse.Gateway.Routing;
using Gatehouse.Gateway.Upstream;

namespace Gatehouse.Gateway.Tests.Upstream;

/// <summary>Held by every way of HTTP/1.1.</summary>
public abstract class UpstreamFaultTests(Way way)
{
    private static readonly ProviderDeadlines Short = ProviderDeadlines.Default with
    {
        Connect = TimeSpan.FromMilliseconds(400),
        FirstByte = TimeSpan.FromMilliseconds(400),
    };

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_connection_lost_before_the_answer_is_tried_once_more_on_a_new_one(bool reset)
    {
        await using var server = new RawUpstream(async connection =>
        {
            await connection.ReadRequestAsync();
            if (connection.Number == 1) Lose(connection, reset);
            else await connection.WriteAsync(RawUpstream.Ok);
        });
        using var upstream = Calls.Upstream(way);

        var seen = await Calls.SendAsync(upstream, server, Calls.Request(Calls.Provider(server.Address), body: ["{\"a\":1}"u8.ToArray()]));

        server.Connections.Count.ShouldBe(2);
        seen.Body.ShouldBe("{\"a\":1}"u8.ToArray());
        server.Connections[0].Requests[0].Head.ShouldBe(seen.Head);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_connection_lost_twice_is_given_up(bool reset)
    {
        await using var server = new RawUpstream(async connection =>
        {
            await connection.ReadRequestAsync();
            Lose(connection, reset);
        });
        var health = new UpstreamHealth(TimeProvider.System);
        using var upstream = Calls.Upstream(way, health);

        var outcome = await upstream.SendAsync(Calls.Request(Calls.Provider(server.Address)), CancellationToken.None);

        outcome.Fault.ShouldBe(UpstreamFault.ConnectionLost, outcome.Detail);
        outcome.Answer.ShouldBeNull();
        server.Connections.Count.ShouldBe(2);
        health.Of("local").ConsecutiveFaults.ShouldBe(1);
        health.Of("local").LastFailureKind.ShouldBe("connection_lost");
    }

    [Fact]
    public async Task An_answer_that_broke_off_inside_its_headers_is_not_asked_for_again()
    {
        await using var server = new RawUpstream(async connection =>
        {
            await connection.ReadRequestAsync();
            await connection.WriteAsync("HTTP/1.1 200 OK\r\nx-a: 1\r\nx-b");
            connection.Close();
        });
        using var upstream = Calls.Upstream(way);

        var outcome = await upstream.SendAsync(Calls.Request(Calls.Provider(server.Address)), CancellationToken.None);

        outcome.Fault.ShouldBe(UpstreamFault.ConnectionLost, outcome.Detail);
        server.Connections.Count.ShouldBe(1);
    }

    [Fact]
    public async Task The_second_try_does_not_take_another_idle_connection_that_may_be_dead_too()
    {
        var both = new TaskCompletionSource();
        var waiting = 0;
        await using var server = new RawUpstream(async connection =>
        {
            await connection.ReadRequestAsync();
            if (connection.Number <= 2)
            {
                // Two connections at once, so that two lie idle afterwards.
                if (Interlocked.Increment(ref waiting) == 2) both.SetResult();
                await both.Task;
                await connection.WriteAsync(RawUpstream.Ok);
                await connection.ReadRequestAsync();
                connection.Reset();
            }
            else
            {
                await connection.WriteAsync(RawUpstream.Ok);
            }
        });
        using var upstream = Calls.Upstream(way);
        var provider = Calls.Provider(server.Address);
        await Task.WhenAll(
            Calls.SendAsync(upstream, server, Calls.Request(provider)), Calls.SendAsync(upstream, server, Calls.Request(provider)));

        await Calls.SendAsync(upstream, server, Calls.Request(provider));

        server.Connections.Count.ShouldBe(3);
    }

    [Theory]
    [InlineData("this is not HTTP at all\r\n\r\n")]
    [InlineData("HTTP/1.1 abc OK\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nno colon here\r\n\r\n")]
    public async Task Garbage_is_a_protocol_fault(string garbage)
    {
        await using var server = RawUpstream.Answering(garbage);
        using var upstream = Calls.Upstream(way);

        var outcome = await upstream.SendAsync(Calls.Request(Calls.Provider(server.Address)), CancellationToken.None);

        outcome.Fault.ShouldBe(UpstreamFault.Protocol, outcome.Detail);
        server.Connections.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Endless_headers_are_a_protocol_fault()
    {
        await using var server = new RawUpstream(async connection =>
        {
            await connection.ReadRequestAsync();
            await connection.WriteAsync("HTTP/1.1 200 OK\r\n");
            for (var i = 0; i < 100; i++) await connection.WriteAsync($"x-{i}: {new string('a', 1000)}\r\n");
            await connection.WaitClosedAsync();
        });
        using var upstream = Calls.Upstream(way);

        var outcome = await upstream.SendAsync(Calls.Request(Calls.Provider(server.Address)), CancellationToken.None);

        outcome.Fault.ShouldBe(UpstreamFault.Protocol, outcome.Detail);
    }

    [Fact]
    public async Task An_upstream_that_stays_silent_is_left_when_the_first_byte_is_overdue()
    {
        await using var server = new RawUpstream(async connection =>
        {
            await connection.ReadRequestAsync();
            await connection.WaitClosedAsync();
        });
        using var upstream = Calls.Upstream(way);

        var outcome = await upstream.SendAsync(Calls.Request(Calls.Provider(server.Address, deadlines: Short)), CancellationToken.None);

        outcome.Fault.ShouldBe(UpstreamFault.Timeout);
        outcome.Detail.ShouldBe($"127.0.0.1:{server.Port} gave no answer within 0.4 s.");
        await server.Connections[0].Closed;
    }

    [Fact]
    public async Task The_first_byte_deadline_does_not_reach_into_the_body()
    {
        var bodyDue = new TaskCompletionSource();
        await using var server = new RawUpstream(async connection =>
        {
            await connection.ReadRequestAsync();
            await connection.WriteAsync("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n");
            await bodyDue.Task;
            await connection.WriteAsync("{}");
        });
        using var upstream = Calls.Upstream(way);
        var outcome = await upstream.SendAsync(Calls.Request(Calls.Provider(server.Address, deadlines: Short)), CancellationToken.None);

        // Another call runs into the same deadline meanwhile: when it has, the time of the first is up too.
        await using var silent = new RawUpstream(connection => connection.WaitClosedAsync());
        (await upstream.SendAsync(Calls.Request(Named("silent", silent.Address)), CancellationToken.None)).Fault.ShouldBe(UpstreamFault.Timeout);
        bodyDue.SetResult();

        (await Calls.ReadAsync(outcome.Answer!)).ShouldBe("{}"u8.ToArray());
    }

    [Theory]
    [InlineData("content-length: 10\r\n\r\nhalf")]
    [InlineData("transfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n")]
    public async Task A_body_that_breaks_off_throws_and_never_ends_quietly(string rest)
    {
        await using var server = new RawUpstream(async connection =>
        {
            await connection.ReadRequestAsync();
            await connection.WriteAsync("HTTP/1.1 200 OK\r\n" + rest);
            connection.Close();
        });
        using var upstream = Calls.Upstream(way);
        var outcome = await upstream.SendAsync(Calls.Request(Calls.Provider(server.Address)), CancellationToken.None);

        await Should.ThrowAsync<IOException>(() => Calls.ReadAsync(outcome.Answer!));
    }

    [Fact]
    public async Task A_refused_connection_says_so_and_is_not_repeated()
    {
        using var closed = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        closed.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var port = ((IPEndPoint)closed.LocalEndPoint!).Port;
        using var upstream = Calls.Upstream(way);

        var outcome = await upstream.SendAsync(Calls.Request(Calls.Provider($"http://127.0.0.1:{port}")), CancellationToken.None);

        outcome.Fault.ShouldBe(UpstreamFault.ConnectFailed);
        outcome.Detail.ShouldBe($"No connection to 127.0.0.1:{port}: refused.");
    }

    [Fact]
    public async Task A_name_that_does_not_resolve_says_so()
    {
        using var upstream = Calls.Upstream(way, resolve: (_, _) => throw new SocketException((int)SocketError.HostNotFound));

        var outcome = await upstream.SendAsync(Calls.Request(Calls.Provider("http://nowhere.test:81")), CancellationToken.None);

        outcome.Fault.ShouldBe(UpstreamFault.NameNotResolved);
        outcome.Detail.ShouldBe("The name nowhere.test could not be resolved.");
    }

    [Fact]
    public async Task A_name_server_that_hangs_runs_into_the_connect_deadline()
    {
        using var upstream = Calls.Upstream(way, resolve: async (_, cancellation) =>
        {
            await Task.Delay(Timeout.Infinite, cancellation);
            return [];
        });
        var deadlines = Short with { FirstByte = TimeSpan.FromSeconds(10) };

        var outcome = await upstream.SendAsync(Calls.Request(Calls.Provider("http://slow.test:81", deadlines: deadlines)), CancellationToken.None);

        outcome.Fault.ShouldBe(UpstreamFault.Timeout);
        outcome.Detail.ShouldBe("slow.test:81 could not be connected to within 0.4 s.");
    }

    [Fact]
    public async Task A_handshake_that_nobody_answers_runs_into_the_connect_deadline()
    {
        await using var server = new RawUpstream(connection => connection.WaitClosedAsync());
        using var upstream = Calls.Upstream(way);
        var deadlines = Short with { FirstByte = TimeSpan.FromSeconds(10) };

        var outcome = await upstream.SendAsync(Calls.Request(Calls.Provider($"https://127.0.0.1:{server.Port}", deadlines: deadlines)), CancellationToken.None);

        outcome.Fault.ShouldBe(UpstreamFault.Timeout);
        outcome.Detail.ShouldBe($"127.0.0.1:{server.Port} could not be connected to within 0.4 s.");
        await server.Connections[0].Closed;
    }

    [Fact]
    public async Task A_certificate_that_nobody_vouches_for_is_a_tls_fault()
    {
        using var key = RSA.Create(2048);
        var name = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = name.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
        await using var server = new RawUpstream(async connection =>
        {
            await using var tls = new SslStream(connection.Stream);
            try
            {
                await tls.AuthenticateAsServerAsync(certificate);
            }
            catch (Exception e) when (e is IOException or System.Security.Authentication.AuthenticationException)
            {
            }
        });
        using var upstream = Calls.Upstream(way);

        var outcome = await upstream.SendAsync(Calls.Request(Calls.Provider($"https://127.0.0.1:{server.Port}")), CancellationToken.None);

        outcome.Fault.ShouldBe(UpstreamFault.TlsFailed, outcome.Detail);
        server.Connections.Count.ShouldBe(1);
    }

    [Fact]
    public async Task No_fault_names_the_credential()
    {
        await using var server = RawUpstream.Answering("HTTP/1.1 200 OK\r\nbroken " + Calls.Key + "\r\n\r\n");
        using var upstream = Calls.Upstream(way);

        var outcome = await upstream.SendAsync(
            Calls.Request(Calls.Provider(server.Address), credential: Calls.Credential()), CancellationToken.None);

        outcome.Fault.ShouldBe(UpstreamFault.Protocol);
        outcome.Detail!.ShouldNotContain("canary");
    }

    private static Provider Named(string name, string address)
    {
        var like = Calls.Provider(address, deadlines: Short with { FirstByte = TimeSpan.FromMilliseconds(500) });
        return new Provider
        {
            Name = name,
            Source = like.Source,
            Endpoints = like.Endpoints,
            AllowPrivateNetwork = true,
            Deadlines = like.Deadlines,
        };
    }

    private static void Lose(RawConnection connection, bool reset)
    {
        if (reset) connection.Reset();
        else connection.Close();
    }
}

public sealed class OwnUpstreamFaultTests() : UpstreamFaultTests(Way.OwnConnections);

public sealed class PlatformSocketUpstreamFaultTests() : UpstreamFaultTests(Way.OwnConnectionsOverPlatformSockets);

public sealed class HandlerUpstreamFaultTests() : UpstreamFaultTests(Way.Handler);
