using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Gatehouse.Gateway.Configuration;
using Gatehouse.Gateway.Server;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gatehouse.Gateway.Tests.Server;

public sealed class SocketOutputTests : IDisposable
{
    private readonly Socket _ours;
    private readonly Socket _theirs;
    private readonly BlockPool _pool = new(TimeProvider.System);

    // What the transport is given stays there until the test takes it: as a socket that takes nothing.
    private readonly Pipe _transport = new(new PipeOptions(
        pauseWriterThreshold: 1, resumeWriterThreshold: 0, readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline, useSynchronizationContext: false));

    public SocketOutputTests()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        _theirs = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        _theirs.Connect(listener.LocalEndPoint!);
        _ours = listener.Accept();
        _ours.Blocking = false;
    }

    private static CancellationToken Ceiling => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _ours.Dispose();
        _theirs.Dispose();
        _pool.Dispose();
    }

    [Fact]
    public void What_is_flushed_is_sent_without_the_transport_and_its_block_given_back()
    {
        var output = Output();
        output.Write("hello"u8);
        output.UnflushedBytes.ShouldBe(5);
        var flushed = output.FlushAsync(Ceiling);
        flushed.IsCompletedSuccessfully.ShouldBeTrue();
        Receive(5).ShouldBe("hello"u8.ToArray());
        _transport.Reader.TryRead(out _).ShouldBeFalse();
        output.UnflushedBytes.ShouldBe(0);
        _pool.Free.ShouldBe(1);
    }

    [Fact]
    public void Several_blocks_are_sent_in_order()
    {
        var output = Output();
        var bytes = Bytes(3 * BlockPool.BlockSize + 17);
        output.Write(bytes);
        output.UnflushedBytes.ShouldBe(bytes.Length);
        _ = output.FlushAsync(Ceiling);
        Receive(bytes.Length).ShouldBe(bytes);
        _pool.Free.ShouldBe(4);
    }

    [Fact]
    public async Task What_the_socket_does_not_take_goes_the_transports_way_and_so_does_what_follows_until_that_is_sent()
    {
        var output = Output();
        var first = Fill(output, out var full);
        full.IsCompleted.ShouldBeFalse();
        var rest = await TakeTransportAsync();
        rest.Length.ShouldBeGreaterThan(0);
        (await full).IsCompleted.ShouldBeFalse();

        // All is sent now, so the next goes out on the socket again, behind what it holds.
        Receive(first.Length - rest.Length).ShouldBe(first[..^rest.Length]);
        output.Write("after"u8);
        output.FlushAsync(Ceiling).IsCompletedSuccessfully.ShouldBeTrue();
        Receive(5).ShouldBe("after"u8.ToArray());
    }

    [Fact]
    public async Task A_flush_that_was_cancelled_leaves_the_transport_in_front()
    {
        var output = Output();
        _ = Fill(output, out var full);
        output.CancelPendingFlush();
        (await full).IsCanceled.ShouldBeTrue();
        _theirs.ReceiveTimeout = 5000;
        Receive(1024 * 1024);

        // The socket has room, but the rest of the first must not be overtaken.
        output.Write("after"u8);
        var next = output.FlushAsync(Ceiling);
        var transport = await TakeTransportAsync();
        transport.AsSpan()[^5..].ToArray().ShouldBe("after"u8.ToArray());
        (await next).IsCanceled.ShouldBeFalse();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_closed_socket_is_the_transports_to_find(bool disposed)
    {
        var output = Output();
        if (disposed) _ours.Dispose();
        else _ours.Shutdown(SocketShutdown.Both);
        await _transport.Reader.CompleteAsync();
        output.Write("lost"u8);
        (await output.FlushAsync(Ceiling)).IsCompleted.ShouldBeTrue();
        (await output.FlushAsync(Ceiling)).IsCompleted.ShouldBeTrue();
        _pool.Free.ShouldBe(1);
    }

    [Fact]
    public async Task What_was_not_flushed_when_the_output_ends_is_still_sent_by_the_transport()
    {
        var output = Output();
        output.Write("bye"u8);
        output.Complete();
        var read = await _transport.Reader.ReadAsync(Ceiling);
        read.IsCompleted.ShouldBeTrue();
        read.Buffer.ToArray().ShouldBe("bye"u8.ToArray());
        _pool.Free.ShouldBe(1);
    }

    [Fact]
    public async Task What_the_server_wrote_and_did_not_flush_reaches_the_client_when_the_connection_ends()
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
            Ceiling);

        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        using var answer = await client.GetAsync(host.Addresses[0], Ceiling);
        answer.StatusCode.ShouldBe(HttpStatusCode.NotModified);
        await host.StopAsync(Ceiling);
    }

    [Fact]
    public void Memory_beyond_a_block_can_be_asked_for()
    {
        var output = Output();
        output.Write("a"u8);
        output.GetMemory(BlockPool.BlockSize).Length.ShouldBe(BlockPool.BlockSize);
        output.GetSpan(BlockPool.BlockSize + 1).Length.ShouldBeGreaterThan(BlockPool.BlockSize);
        Should.Throw<ArgumentOutOfRangeException>(() => output.Advance(10_000_000));
        output.GetSpan(1)[0] = (byte)'b';
        output.Advance(1);
        _ = output.FlushAsync(Ceiling);
        Receive(2).ShouldBe("ab"u8.ToArray());
        _pool.Free.ShouldBe(2);
    }

    [Fact]
    public async Task The_server_sends_by_it_and_a_slow_reader_gets_every_byte()
    {
        var bytes = Bytes(24 * 1024 * 1024);
        var used = false;
        await using var host = await KestrelHost.StartAsync(
            new GatehouseConfig { Listen = [new ListenAddress(IPAddress.Loopback, 0)] },
            NullLoggerFactory.Instance,
            TimeProvider.System,
            async http =>
            {
                used = http.Features.Get<IConnectionTransportFeature>()?.Transport.Output is SocketOutput;
                var random = new Random(7);
                for (var at = 0; at < bytes.Length;)
                {
                    var length = Math.Min(random.Next(1, 300_000), bytes.Length - at);
                    await http.Response.BodyWriter.WriteAsync(bytes.AsMemory(at, length), Ceiling);
                    at += length;
                }
            },
            Ceiling);

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

        used.ShouldBeTrue();
        got.ToArray().AsSpan().SequenceEqual(bytes).ShouldBeTrue();
        await host.StopAsync(Ceiling);
    }

    private static byte[] Bytes(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }

    private SocketOutput Output() => new(_ours, _transport.Writer, _pool);

    /// <summary>Writes more than the sockets hold in all.</summary>
    private static byte[] Fill(SocketOutput output, out Task<FlushResult> flushed)
    {
        var bytes = Bytes(32 * 1024 * 1024);
        output.Write(bytes);
        flushed = output.FlushAsync(Ceiling).AsTask();
        return bytes;
    }

    private async Task<byte[]> TakeTransportAsync()
    {
        var read = await _transport.Reader.ReadAsync(Ceiling);
        var bytes = read.Buffer.ToArray();
        _transport.Reader.AdvanceTo(read.Buffer.End);
        return bytes;
    }

    private byte[] Receive(int length)
    {
        _theirs.ReceiveTimeout = 5000;
        var bytes = new byte[length];
        var at = 0;
        while (at < length && _theirs.Receive(bytes.AsSpan(at)) is var read and > 0) at += read;
        return bytes[..at];
    }
}
