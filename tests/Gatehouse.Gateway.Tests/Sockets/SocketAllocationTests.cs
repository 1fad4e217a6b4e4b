using System.Buffers;
using System.Net.Sockets;
using Gatehouse.Gateway.Server;
using Gatehouse.Gateway.Sockets;
using Gatehouse.Gateway.Tests.Access;
using Gatehouse.Gateway.Upstream;

namespace Gatehouse.Gateway.Tests.Sockets;

/// <summary>
/// Holds what is received and sent on our sockets to its budget. No loop watches them: the test tells what has changed, so one thread does everything and its
/// counter counts all of it.
/// </summary>
public sealed class SocketAllocationTests : IAsyncDisposable
{
    private const int Rounds = 1_000;

    private readonly WirePair _pair = new();
    private readonly byte[] _buffer = new byte[256];

    public ValueTask DisposeAsync() => _pair.DisposeAsync();

    [Fact]
    public void A_read_that_waits_and_a_flush_to_a_client_stay_in_their_budget()
    {
        using var pool = new BlockPool(TimeProvider.System);
        var input = new SocketInput(_pair.Wire, static () => { });
        var output = new SocketOutput(_pair.Wire, pool);
        Spent(() =>
        {
            var reading = input.ReadAsync();
            if (reading.IsCompleted) throw new InvalidOperationException("The read did not wait.");
            Arrive();
            var read = reading.GetAwaiter().GetResult();
            if (read.Buffer.Length != 5) throw new InvalidOperationException("Not everything was read.");
            input.AdvanceTo(read.Buffer.End);
            output.Write("data: x\n\n"u8);
            if (!output.FlushAsync().IsCompletedSuccessfully) throw new InvalidOperationException("The flush had to wait.");
            _pair.Far.Receive(_buffer);
        }).ShouldBeLessThanOrEqualTo(AllocationBudget.Of("client_socket"));
    }

    [Fact]
    public void A_read_that_waits_and_a_write_to_a_provider_stay_in_their_budget()
    {
        using var stream = new WireStream(_pair.Wire);
        ReadOnlyMemory<byte> head = "head"u8.ToArray();
        ReadOnlyMemory<ReadOnlyMemory<byte>> body = new ReadOnlyMemory<byte>[] { "body"u8.ToArray() };
        var memory = new byte[64];
        Spent(() =>
        {
            var reading = stream.ReadAsync(memory);
            if (reading.IsCompleted) throw new InvalidOperationException("The read did not wait.");
            Arrive();
            if (reading.GetAwaiter().GetResult() != 5) throw new InvalidOperationException("Not everything was read.");
            if (!stream.WriteAsync(head, body, 0).IsCompletedSuccessfully) throw new InvalidOperationException("The write had to wait.");
            _pair.Far.Receive(_buffer);
        }).ShouldBeLessThanOrEqualTo(AllocationBudget.Of("provider_socket"));
    }

    private static long Spent(Action round)
    {
        round();
        return AllocationBudget.Spent(() =>
        {
            for (var i = 0; i < Rounds; i++) round();
        }) / Rounds;
    }

    private void Arrive()
    {
        _pair.Far.Send("hello"u8);
        _pair.Wire.Changed(LinuxSockets.In);
    }
}
