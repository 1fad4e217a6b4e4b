using System.Buffers;
using System.Net;
using System.Net.Sockets;
using Gatehouse.Gateway.Configuration;
using Gatehouse.Gateway.Server;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gatehouse.Gateway.Tests.Server;

public sealed class KestrelHostTests
{
    [Fact]
    public async Task A_request_body_arrives_in_large_blocks()
    {
        var ceiling = TestContext.Current.CancellationToken;
        var longest = 0;
        await using var host = await KestrelHost.StartAsync(
            new GatehouseConfig { Listen = [new ListenAddress(IPAddress.Loopback, 0)] },
            NullLoggerFactory.Instance,
            TimeProvider.System,
            async http =>
            {
                // Nothing is taken until all is there, so the pieces are the server's own blocks.
                while (true)
                {
                    var read = await http.Request.BodyReader.ReadAsync(ceiling);
                    foreach (var piece in read.Buffer) longest = Math.Max(longest, piece.Length);
                    http.Request.BodyReader.AdvanceTo(read.IsCompleted ? read.Buffer.End : read.Buffer.Start, read.Buffer.End);
                    if (read.IsCompleted) return;
                }
            },
            ceiling);
        host.Pools.ShouldBeOfType<BlockPoolFactory>();

        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        using var answer = await client.PostAsync(host.Addresses[0], new ByteArrayContent(new byte[400_000]), ceiling);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        longest.ShouldBeGreaterThan(4096);
        await host.StopAsync(ceiling);
    }

    [Theory]
    [InlineData(SocketError.AccessDenied, "from 1024 on")]
    [InlineData(SocketError.AddressNotAvailable, "no such address")]
    public void An_address_that_can_not_be_had_is_told_with_one_that_can(SocketError error, string help)
    {
        // Which addresses those are is the machine's affair: what the platform throws is put in by hand, as it comes and as it comes wrapped.
        var config = new GatehouseConfig { Listen = [new ListenAddress(IPAddress.Loopback, 80)] };
        foreach (var thrown in (Exception[])[new SocketException((int)error), new IOException("Failed to bind.", new SocketException((int)error))])
        {
            var told = KestrelHost.Explain(thrown, config);
            told.PortInUse.ShouldBeNull();
            told.Message.ShouldStartWith("http://127.0.0.1:80 can't be listened on: ");
            told.Message.ShouldContain(help);
        }
    }

    [Theory]
    [InlineData(60_000)]
    [InlineData(BlockPool.BlockSize)]
    [InlineData(300_000)]
    public async Task An_answer_larger_than_a_block_is_sent_whole(int size)
    {
        var ceiling = TestContext.Current.CancellationToken;
        var piece = new byte[size];
        Random.Shared.NextBytes(piece);
        await using var host = await KestrelHost.StartAsync(
            new GatehouseConfig { Listen = [new ListenAddress(IPAddress.Loopback, 0)] },
            NullLoggerFactory.Instance,
            TimeProvider.System,
            async http =>
            {
                for (var i = 0; i < 3; i++)
                {
                    http.Response.BodyWriter.Write(piece.AsSpan());
                    await http.Response.BodyWriter.FlushAsync(ceiling);
                }
            },
            ceiling);

        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        (await client.GetByteArrayAsync(host.Addresses[0], ceiling)).ShouldBe([.. piece, .. piece, .. piece]);
        await host.StopAsync(ceiling);
    }

    [Fact]
    public async Task A_header_that_stays_the_same_on_a_connection_is_the_same_string()
    {
        // The memo of tokens' hashes goes by it.
        var ceiling = TestContext.Current.CancellationToken;
        var seen = new List<string>();
        await using var host = await KestrelHost.StartAsync(
            new GatehouseConfig { Listen = [new ListenAddress(IPAddress.Loopback, 0)] },
            NullLoggerFactory.Instance,
            TimeProvider.System,
            http =>
            {
                seen.Add(http.Request.Headers.Authorization[0]!);
                return Task.CompletedTask;
            },
            ceiling);

        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false, MaxConnectionsPerServer = 1 });
        foreach (var token in (string[])["one", "one", "two", "one"])
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, host.Addresses[0]);
            request.Headers.Authorization = new("Bearer", token);
            using var answer = await client.SendAsync(request, ceiling);
        }

        seen.ShouldBe(["Bearer one", "Bearer one", "Bearer two", "Bearer one"]);
        ReferenceEquals(seen[0], seen[1]).ShouldBeTrue();
        await host.StopAsync(ceiling);
    }
}
