using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Gatehouse.Gateway.Configuration;
using Gatehouse.Gateway.Server;
using Gatehouse.Gateway.Sockets;
using Gatehouse.Gateway.Tests.Sockets;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gatehouse.Gateway.Tests.Server;

public sealed class SocketOutputTests : IAsyncDisposable
{
    private readonly WirePair _pair = new();
    private readonly BlockPool _pool = new(TimeProvider.System);
    private readonly SocketOutput _output;

    public SocketOutputTests()
    {
        _output = new SocketOutput(_pair.Wire, _pool);
        _pair.Wire.Watch(SocketLoop.Next());
    }

    private static CancellationToken Ceiling => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync()
    {
        _pool.Dispose();
        return _pair.DisposeAsync();
    }

    [Fact]
    public async Task What_is_flushed_is_sent_at_once_and_its_block_given_back()
    {
        _output.Write("hello"u8);
        _output.UnflushedBytes.ShouldBe(5);
        _output.FlushAsync(Ceiling).IsCompletedSuccessfully.ShouldBeTrue();
        (await _pair.ReceiveAsync(5)).ShouldBe("hello"u8.ToArray());
        _output.UnflushedBytes.ShouldBe(0);
        _pool.Free.ShouldBe(1);
    }

    [Fact]
    public async Task Several_blocks_are_sent_in_order()
    {
        // More of them than go out in one call.
        var bytes = Bytes((100 * BlockPool.BlockSize) + 17);
        _output.Write(bytes);
        _output.UnflushedBytes.ShouldBe(bytes.Length);
        var flushed = _output.FlushAsync(Ceiling);
        (await _pair.ReceiveAsync(bytes.Length)).AsSpan().SequenceEqual(bytes).ShouldBeTrue();
        (await flushed).IsCompleted.ShouldBeFalse();
        _pool.Free.ShouldBe(101);
    }

    [Fact]
    public async Task A_flush_waits_until_the_socket_has_taken_everything()
    {
        var bytes = Fill(out var full);
        full.IsCompleted.ShouldBeFalse();
        (await _pair.ReceiveAsync(bytes.Length)).AsSpan().SequenceEqual(bytes).ShouldBeTrue();
        (await full).IsCompleted.ShouldBeFalse();
        _output.Write("after"u8);
        _output.FlushAsync(Ceiling).IsCompletedSuccessfully.ShouldBeTrue();
        (await _pair.ReceiveAsync(5)).ShouldBe("after"u8.ToArray());
    }

    [Fact]
    public async Task After_a_flush_that_was_called_off_nothing_overtakes_what_was_left()
    {
        var bytes = Fill(out var full);
        _output.CancelPendingFlush();
        (await full).IsCanceled.ShouldBeTrue();
        _output.Write("after"u8);
        var next = _output.FlushAsync(Ceiling);
        (await _pair.ReceiveAsync(bytes.Length)).AsSpan().SequenceEqual(bytes).ShouldBeTrue();
        (await _pair.ReceiveAsync(5)).ShouldBe("after"u8.ToArray());
        (await next).IsCanceled.ShouldBeFalse();
    }

    [Fact]
    public async Task A_flush_can_be_called_off_before_it_began()
    {
        _output.CancelPendingFlush();
        _output.Write("a"u8);
        (await _output.FlushAsync(Ceiling)).IsCanceled.ShouldBeTrue();
        (await _output.FlushAsync(Ceiling)).IsCanceled.ShouldBeFalse();
        (await _pair.ReceiveAsync(1)).ShouldBe("a"u8.ToArray());
    }

    [Fact]
    public async Task A_token_calls_a_flush_off()
    {
        using var cancellation = new CancellationTokenSource();
        _output.Write(Bytes(32 * 1024 * 1024));
        var flushing = _output.FlushAsync(cancellation.Token).AsTask();
        await cancellation.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(flushing);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Of_a_lost_connection_the_flush_says_that_nobody_reads(bool closedHere)
    {
        if (closedHere) _pair.Wire.Dispose();
        else _pair.Reset();
        FlushResult flushed;
        do
        {
            _output.Write(Bytes(100_000));
            flushed = await _output.FlushAsync(Ceiling);
        }
        while (!flushed.IsCompleted);
        _output.Write("lost"u8);
        (await _output.FlushAsync(Ceiling)).IsCompleted.ShouldBeTrue();
        _output.UnflushedBytes.ShouldBe(0);
    }

    [Fact]
    public async Task A_flush_that_waits_ends_when_the_connection_is_closed()
    {
        Fill(out var full);
        _pair.Wire.Dispose();
        (await full).IsCompleted.ShouldBeTrue();
        _output.Complete();
        await _output.Drained;
    }

    [Fact]
    public async Task What_was_not_flushed_when_the_output_ends_is_still_sent()
    {
        var bytes = Bytes(32 * 1024 * 1024);
        _output.Write(bytes);
        _output.Complete();
        _output.Drained.IsCompleted.ShouldBeFalse();
        (await _pair.ReceiveAsync(bytes.Length)).AsSpan().SequenceEqual(bytes).ShouldBeTrue();
        await _output.Drained;
        _output.Complete();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_the_server_wrote_and_did_not_flush_reaches_the_client_when_the_connection_ends(bool platformSockets)
    {
        await using var host = await KestrelHost.StartAsync(
            new GatehouseConfig { Listen = [new ListenAddress(IPAddress.Loopback, 0)] },
            NullLoggerFactory.Instance,
            TimeProvider.System,
            async http =>
            {
                // The server throws at this write, behind a head that it has written and not flushed.
                http.Response.StatusCode = StatusCodes.Status304NotModified;
                await http.Response.BodyWriter.WriteAsync(ReadOnlyMemory<byte>.Empty, Ceiling);
            },
            Ceiling,
            platformSockets);

        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        using var answer = await client.GetAsync(host.Addresses[0], Ceiling);
        answer.StatusCode.ShouldBe(HttpStatusCode.NotModified);
        await host.StopAsync(Ceiling);
    }

    [Fact]
    public async Task Memory_beyond_a_block_can_be_asked_for()
    {
        _output.Write("a"u8);
        _output.GetMemory(BlockPool.BlockSize).Length.ShouldBe(BlockPool.BlockSize);
        _output.GetSpan(BlockPool.BlockSize + 1).Length.ShouldBeGreaterThan(BlockPool.BlockSize);
        Should.Throw<ArgumentOutOfRangeException>(() => _output.Advance(10_000_000));
        _output.GetSpan(1)[0] = (byte)'b';
        _output.Advance(1);
        _ = _output.FlushAsync(Ceiling);
        (await _pair.ReceiveAsync(2)).ShouldBe("ab"u8.ToArray());
        _pool.Free.ShouldBe(2);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_slow_reader_gets_every_byte(bool platformSockets)
    {
        var bytes = Bytes(24 * 1024 * 1024);
        var ours = false;
        await using var host = await KestrelHost.StartAsync(
            new GatehouseConfig { Listen = [new ListenAddress(IPAddress.Loopback, 0)] },
            NullLoggerFactory.Instance,
            TimeProvider.System,
            async http =>
            {
                ours = http.Features.Get<IConnectionTransportFeature>()?.Transport.Output is SocketOutput;
                var random = new Random(7);
                for (var at = 0; at < bytes.Length;)
                {
                    var length = Math.Min(random.Next(1, 300_000), bytes.Length - at);
                    await http.Response.BodyWriter.WriteAsync(bytes.AsMemory(at, length), Ceiling);
                    at += length;
                }
            },
            Ceiling,
            platformSockets);

        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        await using var stream = await client.GetStreamAsync(host.Addresses[0], Ceiling);
        var got = new MemoryStream();
        var buffer = new byte[50_000];
        while (await stream.ReadAsync(buffer, Ceiling) is var read and > 0)
        {
            got.Write(buffer, 0, read);

            // Slower than the writer, which so meets a full socket again and again.
            if (got.Length % 7 == 0) await Task.Yield();
        }

        ours.ShouldBe(!platformSockets);
        got.ToArray().AsSpan().SequenceEqual(bytes).ShouldBeTrue();
        await host.StopAsync(Ceiling);
    }

    private static byte[] Bytes(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }

    /// <summary>Writes more than the sockets hold in all.</summary>
    private byte[] Fill(out Task<FlushResult> flushed)
    {
        var bytes = Bytes(32 * 1024 * 1024);
        _output.Write(bytes);
        flushed = _output.FlushAsync(Ceiling).AsTask();
        return bytes;
    }
}
