using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Threading.Tasks.Sources;
using Gatehouse.Gateway.Exchanges;
using Gatehouse.Gateway.Sockets;
using Microsoft.AspNetCore.Connections;

namespace Gatehouse.Gateway.Server;

/// <summary>
/// What a client sends, received when it is asked for: nothing reads ahead, so an idle connection holds no memory, and what nobody reads stays with the kernel, which holds up
/// the client. Only when the client has ended, what it sent before is received at once, as far as there is room: its leaving must be noticed while nobody reads.
/// One reader at a time; all else may come from any thread.
/// </summary>
internal sealed class SocketInput : PipeReader, IValueTaskSource<ReadResult>, IBodyLanding
{
    private const int SmallBuffer = 16 * 1024;
    private const int LargeBuffer = 64 * 1024;

    private readonly Lock _gate = new();
    private readonly Wire _wire;
    private readonly Action _onEnd;
    private readonly Action _onReadable;
    private ManualResetValueTaskSourceCore<ReadResult> _read;
    private CancellationTokenRegistration _cancellation;
    private byte[] _buffer = [];
    private int _start;
    private int _end;
    private int _rent = SmallBuffer;
    private Memory<byte> _landing;
    private int _landed;
    private bool _seen = true;
    private bool _pending;
    private bool _cancelled;
    private bool _ended;
    private bool _left;
    private bool _endTold;
    private bool _completed;
    private Exception? _error;

    /// <summary>Prepares to read.</summary>
    /// <param name="wire">The connection's socket.</param>
    /// <param name="onEnd">Called once, on any thread, when the client has ended or the connection is lost.</param>
    public SocketInput(Wire wire, Action onEnd)
    {
        _wire = wire;
        _onEnd = onEnd;
        _onReadable = GoOn;
    }

    /// <summary>What is still held of what was received, taken or not: mostly a request from its first byte on. Asked by who reads.</summary>
    public ReadOnlySpan<byte> Held => _buffer.AsSpan(0, _end);

    /// <summary>Hears that the client has ended while nobody waits to read.</summary>
    public void HungUp()
    {
        lock (_gate)
        {
            if (!_pending) ReadAhead();
        }

        TellEnd();
    }

    /// <summary>Ends a pending read, and all that follow, with an error.</summary>
    public void Fail(Exception error)
    {
        bool pending;
        lock (_gate)
        {
            _ended = true;
            _error ??= error;
            (pending, _pending) = (_pending, false);
        }

        if (pending) _read.SetException(error);
        TellEnd();
    }

    /// <inheritdoc/>
    public void Land(Memory<byte> memory)
    {
        lock (_gate) (_landing, _landed) = (memory, 0);
    }

    /// <inheritdoc/>
    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        ReadResult result;
        bool isThere;
        lock (_gate)
        {
            isThere = TryResult(out result);
            if (!isThere && _error is null)
            {
                cancellationToken.ThrowIfCancellationRequested();
                _read.Reset();
                _pending = true;
            }
        }

        TellEnd();
        if (isThere) return new ValueTask<ReadResult>(result);
        if (!_pending && _error is not null) throw _error;
        var pending = new ValueTask<ReadResult>(this, _read.Version);
        if (cancellationToken.CanBeCanceled) _cancellation = cancellationToken.UnsafeRegister(static (input, token) => ((SocketInput)input!).Cancel(token), this);
        if (!_wire.WhenReadable(_onReadable)) GoOn();
        return pending;
    }

    /// <inheritdoc/>
    public override bool TryRead(out ReadResult result)
    {
        bool isThere;
        lock (_gate) isThere = TryResult(out result);
        TellEnd();
        return isThere || _error is null ? isThere : throw _error;
    }

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        lock (_gate)
        {
            if (_landed > 0)
            {
                _landing = _landing[_landed..];
                _landed = 0;
                _seen = true;
            }
            else if (ReferenceEquals(consumed.GetObject(), _buffer))
            {
                _start = Index(consumed);
                _seen = _start == _end || Index(examined) == _end;
                if (_start == _end) GiveBack();
            }

            if (_wire.IsHungUp) ReadAhead();
        }

        TellEnd();
    }

    /// <inheritdoc/>
    public override void CancelPendingRead()
    {
        ReadResult result;
        lock (_gate)
        {
            if (!_pending)
            {
                _cancelled = true;
                return;
            }

            _pending = false;
            result = new ReadResult(Unread(), isCanceled: true, isCompleted: false);
        }

        _read.SetResult(result);
    }

    /// <inheritdoc/>
    public override void Complete(Exception? exception = null)
    {
        lock (_gate)
        {
            _completed = true;
            _landing = default;
            _landed = 0;
            GiveBack();
        }
    }

    ReadResult IValueTaskSource<ReadResult>.GetResult(short token)
    {
        // Waits for a cancellation that is on its way: it must not reach the next read.
        _cancellation.Dispose();
        _cancellation = default;
        return _read.GetResult(token);
    }

    ValueTaskSourceStatus IValueTaskSource<ReadResult>.GetStatus(short token) => _read.GetStatus(token);

    void IValueTaskSource<ReadResult>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) => _read.OnCompleted(continuation, state, token, flags);

    private static int Index(SequencePosition position) => position.GetInteger() & int.MaxValue;

    /// <summary>Goes on with the read that waits.</summary>
    private void GoOn()
    {
        while (true)
        {
            ReadResult result;
            bool isThere;
            Exception? error;
            lock (_gate)
            {
                if (!_pending) break;
                isThere = TryResult(out result);
                // Looked at here and not again: who sets it later ends the read, and that may be done once.
                error = _error;
                _pending = !isThere && error is null;
            }

            if (isThere)
            {
                TellEnd();
                _read.SetResult(result);
                return;
            }

            if (error is not null)
            {
                TellEnd();
                _read.SetException(error);
                return;
            }

            if (_wire.WhenReadable(_onReadable)) return;
        }

        // The read was called off in the meantime, and what came may be the client's end.
        if (_wire.IsHungUp) HungUp();
    }

    private void Cancel(CancellationToken token)
    {
        lock (_gate)
        {
            if (!_pending) return;
            _pending = false;
        }

        _read.SetException(new OperationCanceledException(token));
    }

    private void TellEnd()
    {
        if (!(_ended || _left) || Interlocked.Exchange(ref _endTold, true)) return;
        _onEnd();
    }

    /// <summary>What a read can be given now; false when more must come first, or when there is an error.</summary>
    private bool TryResult(out ReadResult result)
    {
        result = default;
        if (_seen && !_cancelled && !_ended && _wire.IsReadable) Receive();
        if (_error is not null || (_seen && !_cancelled && !_ended)) return false;
        result = new ReadResult(Unread(), _cancelled, _ended);
        _cancelled = false;
        return true;
    }

    private ReadOnlySequence<byte> Unread() =>
        _landed > 0 ? new ReadOnlySequence<byte>(_landing[.._landed]) : new ReadOnlySequence<byte>(_buffer, _start, _end - _start);

    private void Receive()
    {
        try
        {
            if (_start == _end && !_landing.IsEmpty) _landed = Received(_wire.Receive(_landing.Span));
            else ReceiveBehind();
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            _ended = true;
            _error ??= e switch
            {
                SocketException { SocketErrorCode: SocketError.ConnectionReset } => new ConnectionResetException(e.Message, e),
                SocketException => new IOException(e.Message, e),
                _ => new ConnectionAbortedException(e.Message, e),
            };
        }
    }

    /// <summary>Receives behind what is unread.</summary>
    private void ReceiveBehind()
    {
        if (_end == _buffer.Length) MakeRoom();
        var room = _buffer.Length - _end;
        var received = 0;
        try
        {
            received = Received(_wire.Receive(_buffer.AsSpan(_end)));
        }
        finally
        {
            // What comes faster than it is read comes in fewer, larger pieces.
            _rent = received == room ? LargeBuffer : SmallBuffer;
            _end += received;
            if (_start == _end) GiveBack();
        }
    }

    private int Received(int bytes)
    {
        if (bytes == 0) _ended = true;
        if (bytes > 0) _seen = false;
        return Math.Max(bytes, 0);
    }

    /// <summary>Receives what lies before the client's end, as far as there is room for it behind what a reader may have in hand.</summary>
    private void ReadAhead()
    {
        while (!_ended && !_completed && _landing.IsEmpty && _wire.IsReadable && (_end < _buffer.Length || _start == _end)) Receive();

        // There is no more room: the end lies behind more than is held, and would be come to by nobody as long as an answer is waited for.
        _left |= !_completed && _landing.IsEmpty && _wire.IsReadable;
    }

    private void MakeRoom()
    {
        var unread = _end - _start;
        if (_start > _buffer.Length / 2)
        {
            _buffer.AsSpan(_start, unread).CopyTo(_buffer);
            (_start, _end) = (0, unread);
            return;
        }

        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_rent, unread * 2));
        _buffer.AsSpan(_start, unread).CopyTo(larger);
        GiveBack();
        (_buffer, _end) = (larger, unread);
    }

    private void GiveBack()
    {
        if (_buffer.Length > 0) ArrayPool<byte>.Shared.Return(_buffer);
        (_buffer, _start, _end) = ([], 0, 0);
    }
}
