using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Threading.Tasks.Sources;
using Gatehouse.Gateway.Sockets;

namespace Gatehouse.Gateway.Server;

/// <summary>
/// What goes to a client: a flush sends it there and then, in one call, on the thread that flushes. What the socket has no room for waits, and the flush with it; so a client that reads slowly holds up
/// whoever writes to it. Used by the server, which never writes while a flush is pending; a flush may be called off from any thread.
/// </summary>
internal sealed class SocketOutput : PipeWriter, IValueTaskSource<FlushResult>
{
    private const int MostPieces = 64;

    private readonly Lock _gate = new();
    private readonly Wire _wire;
    private readonly MemoryPool<byte> _pool;
    private readonly Action _onWritable;
    private readonly List<Block> _blocks = [];
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ManualResetValueTaskSourceCore<FlushResult> _flush;
    private byte[]? _instead;
    private bool _pending;
    private bool _cancelled;
    private bool _lost;
    private bool _completed;

    /// <summary>Prepares to write.</summary>
    /// <param name="wire">The connection's socket.</param>
    /// <param name="pool">Where blocks are borrowed from; they are held until their bytes are sent.</param>
    public SocketOutput(Wire wire, MemoryPool<byte> pool)
    {
        _wire = wire;
        _pool = pool;
        _onWritable = GoOn;
    }

    /// <inheritdoc/>
    public override bool CanGetUnflushedBytes => true;

    /// <inheritdoc/>
    public override long UnflushedBytes
    {
        get
        {
            lock (_gate)
            {
                var bytes = 0L;
                foreach (var block in _blocks) bytes += block.End - block.Start;
                return bytes;
            }
        }
    }

    /// <summary>Ends when all that was written is sent, or can't be any more. The output is completed first.</summary>
    public Task Drained => _drained.Task;

    /// <summary>Sends this in the place of the HTTP answer that is written next. All before has been sent.</summary>
    public void Replace(byte[] bytes)
    {
        lock (_gate) _instead = bytes;
    }

    /// <inheritdoc/>
    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        if (_blocks.Count > 0 && _blocks[^1] is var last && last.Owner.Memory.Length - last.End >= Math.Max(sizeHint, 1)) return last.Owner.Memory[last.End..];
        var owner = sizeHint <= _pool.MaxBufferSize ? _pool.Rent(Math.Max(sizeHint, 0)) : MemoryPool<byte>.Shared.Rent(sizeHint);
        if (_blocks.Count > 0 && _blocks[^1] is { End: 0 } empty)
        {
            empty.Owner.Dispose();
            _blocks.RemoveAt(_blocks.Count - 1);
        }

        _blocks.Add(new Block(owner, 0, 0));
        return owner.Memory;
    }

    /// <inheritdoc/>
    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    /// <inheritdoc/>
    public override void Advance(int bytes)
    {
        if (bytes == 0) return;
        var last = _blocks.Count > 0 ? _blocks[^1] : default;
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)bytes, (uint)((last.Owner?.Memory.Length ?? 0) - last.End));
        _blocks[^1] = last with { End = last.End + bytes };
    }

    /// <inheritdoc/>
    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            if (_cancelled)
            {
                _cancelled = false;
                return new ValueTask<FlushResult>(new FlushResult(isCanceled: true, isCompleted: _lost));
            }

            if (SendAll()) return new ValueTask<FlushResult>(new FlushResult(isCanceled: false, isCompleted: _lost));
            _flush.Reset();
            _pending = true;
        }

        var pending = new ValueTask<FlushResult>(this, _flush.Version);
        if (!_wire.WhenWritable(_onWritable)) GoOn();
        return cancellationToken.CanBeCanceled ? CancellableAsync(pending, cancellationToken) : pending;
    }

    /// <inheritdoc/>
    public override void CancelPendingFlush()
    {
        lock (_gate)
        {
            if (!_pending)
            {
                _cancelled = true;
                return;
            }

            _pending = false;
        }

        _flush.SetResult(new FlushResult(isCanceled: true, isCompleted: false));
    }

    /// <inheritdoc/>
    public override void Complete(Exception? exception = null)
    {
        lock (_gate)
        {
            if (_completed) return;
            _completed = true;
        }

        // The server leaves behind what it wrote and did not flush.
        GoOn();
    }

    FlushResult IValueTaskSource<FlushResult>.GetResult(short token) => _flush.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<FlushResult>.GetStatus(short token) => _flush.GetStatus(token);

    void IValueTaskSource<FlushResult>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) => _flush.OnCompleted(continuation, state, token, flags);

    /// <summary>There is room to send more.</summary>
    private void GoOn()
    {
        var flushed = false;
        var drained = false;
        while (true)
        {
            lock (_gate)
            {
                if (!_pending && !_completed) return;
                if (SendAll())
                {
                    (flushed, _pending, drained) = (_pending, false, _completed);
                    break;
                }
            }

            if (_wire.WhenWritable(_onWritable)) return;
        }

        if (flushed) _flush.SetResult(new FlushResult(isCanceled: false, isCompleted: _lost));
        if (drained) _drained.TrySetResult();
    }

    /// <summary>Sends what was written; false when the socket has no room for all of it yet. Of a lost connection it forgets everything.</summary>
    private bool SendAll()
    {
        if (_instead is not null && _blocks.Count > 0) PutInstead();
        try
        {
            while (_blocks.Count > 0 && !_lost)
            {
                var (sent, length) = _blocks.Count == 1 ? SendOne() : SendSeveral();
                Sent(sent);
                if (sent < length) return false;
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            _lost = true;
        }

        foreach (var block in _blocks) block.Owner.Dispose();
        _blocks.Clear();
        return true;
    }

    private void PutInstead()
    {
        var bytes = _instead!;
        _instead = null;
        // Who speaks HTTP/2 unasked is answered in its frames.
        if (!_blocks[0].Owner.Memory.Span[_blocks[0].Start.._blocks[0].End].StartsWith("HTTP/1.1 "u8)) return;
        foreach (var block in _blocks) block.Owner.Dispose();
        _blocks.Clear();
        bytes.CopyTo(GetMemory(bytes.Length));
        Advance(bytes.Length);
    }

    private (int Sent, int Length) SendOne()
    {
        var block = _blocks[0];
        var length = block.End - block.Start;
        return (length == 0 ? 0 : _wire.Send(block.Owner.Memory.Span[block.Start..block.End]), length);
    }

    private unsafe (int Sent, int Length) SendSeveral()
    {
        var count = Math.Min(_blocks.Count, MostPieces);
        Span<LinuxSockets.Piece> pieces = stackalloc LinuxSockets.Piece[count];
        var pins = new MemoryHandle[count];
        var length = 0;
        try
        {
            for (var i = 0; i < count; i++)
            {
                var block = _blocks[i];
                pins[i] = block.Owner.Memory.Pin();
                pieces[i] = new LinuxSockets.Piece { At = (byte*)pins[i].Pointer + block.Start, Length = block.End - block.Start };
                length += block.End - block.Start;
            }

            return (_wire.Send(pieces, length), length);
        }
        finally
        {
            foreach (var pin in pins) pin.Dispose();
        }
    }

    /// <summary>Forgets bytes that were sent.</summary>
    private void Sent(int bytes)
    {
        var gone = 0;
        while (gone < _blocks.Count && bytes >= _blocks[gone].End - _blocks[gone].Start)
        {
            bytes -= _blocks[gone].End - _blocks[gone].Start;
            _blocks[gone++].Owner.Dispose();
        }

        _blocks.RemoveRange(0, gone);
        if (bytes > 0) _blocks[0] = _blocks[0] with { Start = _blocks[0].Start + bytes };
    }

    private async ValueTask<FlushResult> CancellableAsync(ValueTask<FlushResult> pending, CancellationToken cancellation)
    {
        await using var registration = cancellation.UnsafeRegister(static output => ((SocketOutput)output!).CancelPendingFlush(), this);
        var flushed = await pending;
        cancellation.ThrowIfCancellationRequested();
        return flushed;
    }

    /// <summary>A borrowed block and which of its bytes are still to be sent.</summary>
    private readonly record struct Block(IMemoryOwner<byte> Owner, int Start, int End);
}
