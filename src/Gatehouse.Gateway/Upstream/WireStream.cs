using System.Net.Sockets;
using System.Threading.Tasks.Sources;
using Gatehouse.Gateway.Sockets;

namespace Gatehouse.Gateway.Upstream;

/// <summary>
/// A connection to a provider over a socket of our own. As with <see cref="UpstreamSocket"/>, a write that the other side no longer hears is passed over and the rest not
/// sent: the read that follows brings its answer or the loss. One reader and one writer at a time. Nothing is allocated per read or write.
/// </summary>
internal sealed class WireStream : Stream, IValueTaskSource<int>, IValueTaskSource
{
    private readonly Wire _wire;
    private readonly Action _onReadable;
    private readonly Action _onWritable;
    private ManualResetValueTaskSourceCore<int> _read;
    private ManualResetValueTaskSourceCore<bool> _write;
    private Memory<byte> _reading;
    private ReadOnlyMemory<byte> _writing;
    private ReadOnlyMemory<ReadOnlyMemory<byte>> _pieces;
    private int _skipped;
    private bool _unheard;

    public WireStream(Wire wire)
    {
        _wire = wire;
        (_onReadable, _onWritable) = (GoOnReading, GoOnWriting);
    }

    /// <summary>The socket.</summary>
    public Wire Wire => _wire;

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <inheritdoc/>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        // The token may have ended the connection with the read before, and a read of nothing (so TLS begins) does not notice.
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled<int>(cancellationToken);
        if (_wire.IsReadable && TryRead(buffer, out var received)) return new ValueTask<int>(received);
        _reading = buffer;
        _read.Reset();
        var pending = new ValueTask<int>(this, _read.Version);
        if (!_wire.WhenReadable(_onReadable)) GoOnReading();
        return cancellationToken.CanBeCanceled ? CancellableAsync(pending, cancellationToken) : pending;
    }

    /// <inheritdoc/>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var writing = WriteAsync(buffer, default, 0);
        return cancellationToken.CanBeCanceled && !writing.IsCompleted ? CancellableAsync(writing, cancellationToken) : writing;
    }

    /// <summary>Writes a head and the pieces behind it, less so many of their first bytes, in as few calls as can be. All of it stays as it is until then.</summary>
    public ValueTask WriteAsync(ReadOnlyMemory<byte> head, ReadOnlyMemory<ReadOnlyMemory<byte>> pieces, int skipped)
    {
        if (_unheard) return ValueTask.CompletedTask;
        (_writing, _pieces, _skipped) = (head, pieces, skipped);

        // Nearly every write fits the socket's buffer, and then is one plain call.
        if (SendAll()) return ValueTask.CompletedTask;
        _write.Reset();
        var pending = new ValueTask(this, _write.Version);
        if (!_wire.WhenWritable(_onWritable)) GoOnWriting();
        return pending;
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Flush()
    {
        // What was written is sent.
    }

    /// <inheritdoc/>
    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    int IValueTaskSource<int>.GetResult(short token) => _read.GetResult(token);

    void IValueTaskSource.GetResult(short token) => _write.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) => _read.GetStatus(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _write.GetStatus(token);

    void IValueTaskSource<int>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _read.OnCompleted(continuation, state, token, flags);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _write.OnCompleted(continuation, state, token, flags);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) _wire.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>Reads what is there, the other side's end included; of no memory it is asked whether anything is.</summary>
    private bool TryRead(Memory<byte> buffer, out int received)
    {
        try
        {
            received = buffer.IsEmpty ? 0 : _wire.Receive(buffer.Span);
            return received >= 0;
        }
        catch (SocketException e)
        {
            throw new IOException(e.Message, e);
        }
    }

    private void GoOnReading()
    {
        try
        {
            int received;
            while (!TryRead(_reading, out received))
            {
                if (_wire.WhenReadable(_onReadable)) return;
            }

            _read.SetResult(received);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            _read.SetException(e);
        }
    }

    private void GoOnWriting()
    {
        while (!SendAll())
        {
            if (_wire.WhenWritable(_onWritable)) return;
        }

        _write.SetResult(true);
    }

    /// <summary>Sends what is left; false when there is no room for all of it yet.</summary>
    private bool SendAll()
    {
        try
        {
            while (_writing.Length > 0 || _pieces.Length > 0)
            {
                var next = NextPiece();
                var length = _writing.Length + next.Length;
                var sent = next.IsEmpty ? _wire.Send(_writing.Span) : _wire.Send(_writing.Span, next.Span);
                if (sent < _writing.Length)
                {
                    _writing = _writing[sent..];
                    return false;
                }

                _writing = next[(sent - _writing.Length)..];
                if (_pieces.Length > 0) (_pieces, _skipped) = (_pieces[1..], 0);
                if (sent < length) return false;
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            _unheard = true;
        }

        (_writing, _pieces) = (default, default);
        return true;
    }

    /// <summary>The next piece that has bytes to send, less what is skipped of it; none when there is no more.</summary>
    private ReadOnlyMemory<byte> NextPiece()
    {
        while (_pieces.Length > 0)
        {
            var piece = _pieces.Span[0];
            if (_skipped < piece.Length) return piece[_skipped..];
            _skipped -= piece.Length;
            _pieces = _pieces[1..];
        }

        return default;
    }

    // Half a read can't be taken back, so the connection ends with it.
    private async ValueTask<int> CancellableAsync(ValueTask<int> pending, CancellationToken cancellation)
    {
        await using var registration = cancellation.UnsafeRegister(static wire => ((Wire)wire!).Dispose(), _wire);
        try
        {
            return await pending;
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException && cancellation.IsCancellationRequested)
        {
            throw new OperationCanceledException(e.Message, e, cancellation);
        }
    }

    private async ValueTask CancellableAsync(ValueTask pending, CancellationToken cancellation)
    {
        await using var registration = cancellation.UnsafeRegister(static wire => ((Wire)wire!).Dispose(), _wire);
        await pending;
        cancellation.ThrowIfCancellationRequested();
    }
}
