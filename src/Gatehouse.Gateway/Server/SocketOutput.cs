using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace Gatehouse.Gateway.Server;

/// <summary>
/// A connection's output that sends what is flushed on the socket at once, where the transport would hand it to a second loop by way of a pipe.
/// What the socket does not take at once goes the transport's way, with its waiting, its back-pressure and its errors, and so does all that follows
/// until the transport has sent everything. Used by the server, which never writes while a flush is pending.
/// </summary>
/// <param name="socket">The connection's socket.</param>
/// <param name="transport">The transport's output; a flush of it must end only when all was sent.</param>
/// <param name="pool">Where blocks are borrowed from; they are held from a write to its flush.</param>
internal sealed class SocketOutput(Socket socket, PipeWriter transport, MemoryPool<byte> pool) : PipeWriter
{
    private readonly List<(IMemoryOwner<byte> Block, int Length)> _full = [];
    private IMemoryOwner<byte>? _block;
    private int _length;
    private bool _behind;

    /// <inheritdoc/>
    public override bool CanGetUnflushedBytes => true;

    /// <inheritdoc/>
    public override long UnflushedBytes => _length + _full.Sum(static full => (long)full.Length);

    /// <summary>Serves a connection with this output in place of its own; one without a socket is served as it is.</summary>
    public static Task ServeAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        if (connection.Features.Get<IConnectionSocketFeature>() is not { Socket: var socket }) return next(connection);
        var pool = connection.Features.Get<IMemoryPoolFeature>()?.MemoryPool ?? MemoryPool<byte>.Shared;

        // So that a send says how much it took and never waits; the transport's own calls do not wait either way.
        socket.Blocking = false;
        return ServeAsync(connection, next, new SocketOutput(socket, connection.Transport.Output, pool));
    }

    /// <inheritdoc/>
    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        if (_block is not null && _block.Memory.Length - _length >= Math.Max(sizeHint, 1)) return _block.Memory[_length..];
        if (_length > 0) _full.Add((_block!, _length));
        else _block?.Dispose();
        _length = 0;
        _block = sizeHint <= pool.MaxBufferSize ? pool.Rent(sizeHint) : MemoryPool<byte>.Shared.Rent(sizeHint);
        return _block.Memory;
    }

    /// <inheritdoc/>
    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    /// <inheritdoc/>
    public override void Advance(int bytes)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)bytes, (uint)((_block?.Memory.Length ?? 0) - _length));
        _length += bytes;
    }

    /// <inheritdoc/>
    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        // With nothing to send the transport is asked whether the connection still stands.
        if (_block is null || _behind || !SendAll()) return FlushTransportAsync(cancellationToken);
        return new ValueTask<FlushResult>(new FlushResult(isCanceled: false, isCompleted: false));
    }

    /// <inheritdoc/>
    public override void CancelPendingFlush() => transport.CancelPendingFlush();

    /// <inheritdoc/>
    public override void Complete(Exception? exception = null)
    {
        HandOver(0, 0);
        transport.Complete(exception);
    }

    private static async Task ServeAsync(ConnectionContext connection, ConnectionDelegate next, SocketOutput output)
    {
        connection.Transport = new Duplex(connection.Transport.Input, output);
        await next(connection);

        // The server leaves behind what it wrote and did not flush, for the transport to send while it closes.
        await output.CompleteAsync();
    }

    /// <summary>Sends what was written. False when the socket did not take all: then the transport has the rest.</summary>
    private bool SendAll()
    {
        var sent = 0;
        for (var i = 0; i < _full.Count; i++)
        {
            var (block, length) = _full[i];
            if (Takes(block.Memory.Span[..length], out sent)) continue;
            HandOver(i, sent);
            return false;
        }

        if (!Takes(_block!.Memory.Span[.._length], out sent))
        {
            HandOver(_full.Count, sent);
            return false;
        }

        DropBlocks();
        return true;
    }

    /// <summary>Offers bytes to the socket. It takes none when it is closed, which the transport then finds too.</summary>
    private bool Takes(ReadOnlySpan<byte> bytes, out int sent)
    {
        try
        {
            sent = socket.Send(bytes, SocketFlags.None, out _);
        }
        catch (ObjectDisposedException)
        {
            sent = 0;
        }

        return sent == bytes.Length;
    }

    private ValueTask<FlushResult> FlushTransportAsync(CancellationToken cancellation)
    {
        HandOver(0, 0);
        _behind = true;
        var pending = transport.FlushAsync(cancellation);
        if (!pending.IsCompletedSuccessfully) return CatchUpAsync(pending);
        var flushed = pending.Result;
        _behind = flushed.IsCanceled;
        return new ValueTask<FlushResult>(flushed);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<FlushResult> CatchUpAsync(ValueTask<FlushResult> pending)
    {
        var flushed = await pending;
        _behind = flushed.IsCanceled;
        return flushed;
    }

    /// <summary>Gives the transport what was written, from a block on and behind those of its bytes that were sent.</summary>
    private void HandOver(int first, int sent)
    {
        for (var i = first; i < _full.Count; i++)
        {
            transport.Write(_full[i].Block.Memory.Span[sent.._full[i].Length]);
            sent = 0;
        }

        if (_block is not null) transport.Write(_block.Memory.Span[sent.._length]);
        DropBlocks();
    }

    private void DropBlocks()
    {
        foreach (var (block, _) in _full) block.Dispose();
        _full.Clear();
        _block?.Dispose();
        (_block, _length) = (null, 0);
    }

    private sealed class Duplex(PipeReader input, PipeWriter output) : IDuplexPipe
    {
        public PipeReader Input => input;

        public PipeWriter Output => output;
    }
}
