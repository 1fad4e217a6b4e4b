using System.Net;
using System.Net.Sockets;
using System.Text;
using Gatehouse.Gateway.Tests.Access;
using Gatehouse.Gateway.Tests.Soak;
using Gatehouse.Gateway.Upstream;
using Gatehouse.Gateway.Upstream.Http1;

namespace Gatehouse.Gateway.Tests.Upstream.Http1;

/// <summary>Holds a read of a chunked body that must be waited for to its budget. One thread does everything, so its counter counts all of it.</summary>
public sealed class BodyAllocationTests
{
    private const int Rounds = 1_000;

    [Fact]
    public async Task Reading_a_chunk_stays_in_its_budget()
    {
        var measured = await Task.Factory.StartNew(Measure, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

        measured.ShouldBeLessThanOrEqualTo(AllocationBudget.Of("upstream_chunk"));
    }

    private static long Measure()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Connect(listener.LocalEndPoint!);
        var provider = Calls.Provider("http://127.0.0.1");
        var pool = new Http1Pool(
            new UpstreamConnector(provider, new AddressGuard(() => [])), new CallAddress(new Uri("http://127.0.0.1")), new HeaderTexts(), TimeProvider.System);
        using var stream = new HandedStream();
        var connection = new Http1Connection(pool, new UpstreamSocket(socket), stream, 0);
        var filling = connection.FillAsync();
        stream.Deliver("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"u8.ToArray());
        connection.Filled(filling.Result).ShouldBeTrue();
        connection.ReadHead().ShouldBe(HeadRead.Whole);
        using var body = new Http1Body(connection, CancellationToken.None);

        Play(stream, body);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Play(stream, body);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        connection.Close();
        return allocated / Rounds;
    }

    private static readonly byte[] s_chunk = Encoding.ASCII.GetBytes("19\r\ndata: {\"text\":\"a word\"}\n\n\r\n");
    private static readonly byte[] s_memory = new byte[256];

    private static void Play(HandedStream stream, Http1Body body)
    {
        for (var i = 0; i < Rounds; i++)
        {
            var reading = body.ReadAsync(s_memory);
            if (reading.IsCompleted) throw new InvalidOperationException("The read did not wait.");
            stream.Deliver(s_chunk);
            if (reading.GetAwaiter().GetResult() != 0x19) throw new InvalidOperationException("Not the whole chunk was read.");
        }
    }
}
