using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace Gatehouse.Gateway.Upstream.Http1;

/// <summary>Why a connection was closed from this side before its answer was over.</summary>
internal enum Abort
{
    /// <summary>It was not.</summary>
    None,

    /// <summary>The caller ended the call.</summary>
    Cancelled,

    /// <summary>The answer did not begin in time.</summary>
    TimedOut,
}

/// <summary>
/// One HTTP/1.1 connection: a stream, and the bytes that were read of it and not yet used. Carries one call at a time; <see cref="End"/> may
/// be called from any thread, everything else by the call that has it. While it lies idle a read is pending, which is the first read of the
/// next answer, and tells at once when the other side closes.
/// </summary>
internal sealed class Http1Connection(Http1Pool pool, Stream socket, Stream stream, long opened)
{
    private const int SmallBuffer = 4 * 1024;
    private const int LargeBuffer = 64 * 1024;

    private readonly byte[] _small = new byte[SmallBuffer];
    private byte[]? _large;
    private int _floor;
    private int _start;
    private int _end;
    private ValueTask<int> _idleRead;
    private bool _idle;
    private bool _heard;
    private bool _wantsLarger;
    private int _thread;
    private long _dueAt;
    private int _abort;
    private int _closed;

    /// <summary>When it was opened; a time stamp.</summary>
    public long Opened => opened;

    /// <summary>When it was last given back; a time stamp.</summary>
    public long IdleSince { get; private set; }

    /// <summary>Whether its answers come on the thread that asks: by its socket, where that is ours, else by where the last one ended.</summary>
    public bool IsNear => socket is WireStream { Wire: var wire } ? wire.IsNear : _thread == Environment.CurrentManagedThreadId;

    /// <summary>The head of the answer in hand.</summary>
    public ResponseHead Head { get; } = new();

    /// <summary>For how long it may lie idle.</summary>
    public TimeSpan IdleLimit { get; private set; } = UpstreamConnector.IdleLimit;

    /// <summary>Why it was closed from this side.</summary>
    public Abort Aborted => (Abort)Volatile.Read(ref _abort);

    /// <summary>Whether any byte of the answer was read.</summary>
    public bool AnswerStarted => _heard;

    /// <summary>Whether the other side said something, or closed, while it lay idle.</summary>
    public bool IsStale => _idle && _idleRead.IsCompleted;

    /// <summary>The bytes of the answer's body, or of its head, that were read and not used.</summary>
    public ReadOnlySpan<byte> Unread => Buffer.AsSpan(_start, _end - _start);

    /// <summary>The same, to be lent: as it is until more is read.</summary>
    public Memory<byte> UnreadMemory => Buffer.AsMemory(_start, _end - _start);

    private byte[] Buffer => _large ?? _small;

    /// <summary>The bytes of the answer's head; there until the answer is over.</summary>
    public Span<byte> HeadBytes(HeaderLine line) => Buffer.AsSpan(line.Start, line.Length);

    /// <summary>Lets its answers come on the thread that asks, where that can be chosen.</summary>
    public void ComeNear() => (socket as WireStream)?.Wire.MoveHere();

    /// <summary>Begins a call: the answer must have begun by a time stamp, or the connection is closed.</summary>
    public void Begin(long dueAt)
    {
        Head.Reset();
        _heard = false;
        Volatile.Write(ref _dueAt, dueAt);
    }

    /// <summary>The answer has begun; false when its time ran out before.</summary>
    public bool Began() => Interlocked.Exchange(ref _dueAt, 0) >= 0;

    /// <summary>Closes the connection when the answer in hand is overdue.</summary>
    public void CheckDue(long now)
    {
        var due = Volatile.Read(ref _dueAt);
        if (due > 0 && now >= due && Interlocked.CompareExchange(ref _dueAt, -1, due) == due) End(Abort.TimedOut);
    }

    /// <summary>Sends a request. What the other side no longer hears is passed over: its answer, or its silence, follows.</summary>
    public ValueTask SendAsync(UpstreamRequest request, ProviderTarget target, CallAddress address, LentCredential? credential)
    {
        var (buffer, length, bodyBytes) = RequestBytes.Write(request, target, address, credential);
        var head = buffer.AsMemory(0, length);
        var sending = stream is WireStream wire ? wire.WriteAsync(head, request.Body, bodyBytes) : WriteAsync(head, request.Body, bodyBytes);
        if (!sending.IsCompletedSuccessfully) return GiveBackAsync(sending, buffer);
        ArrayPool<byte>.Shared.Return(buffer);
        return sending;
    }

    /// <summary>Reads the head out of what is there. When it is whole, the body begins with what is unread.</summary>
    public HeadRead ReadHead()
    {
        var read = Head.Read(Unread, out var length);
        if (read != HeadRead.Whole) return read;
        if (Head.Status is >= 200)
        {
            // The head stays where it is until the answer is over: its values are looked up later.
            _start = _floor = length;
            if (Head.KeepAlive is { } limit && limit < UpstreamConnector.IdleLimit) IdleLimit = limit - TimeSpan.FromSeconds(1);
            return HeadRead.Whole;
        }

        // 101 would be another protocol, which nobody asked for; other interim answers are passed over.
        if (Head.Status == 101) return HeadRead.Wrong;
        Unread[length..].CopyTo(Buffer);
        _end -= length;
        Head.Reset();
        return ReadHead();
    }

    /// <summary>Reads more bytes behind the unread ones; <see cref="Filled"/> must follow.</summary>
    public ValueTask<int> FillAsync()
    {
        if (_idle)
        {
            _idle = false;
            return _idleRead;
        }

        MakeRoom();
        return stream.ReadAsync(Buffer.AsMemory(_end));
    }

    /// <summary>Takes in what was read; false when the other side has closed.</summary>
    public bool Filled(int bytes)
    {
        _end += bytes;
        _heard |= bytes > 0;
        _wantsLarger = _end == SmallBuffer;
        return bytes > 0;
    }

    /// <summary>Reads body bytes straight into a caller's memory; only while nothing is unread.</summary>
    public ValueTask<int> ReadAsync(Memory<byte> memory) => stream.ReadAsync(memory);

    /// <summary>Marks unread bytes as used.</summary>
    public void Use(int bytes)
    {
        _start += bytes;
        if (_start == _end) _start = _end = _floor;
    }

    /// <summary>Begins to lie idle; false when the connection must not be used again.</summary>
    [SuppressMessage(
        "Reliability", "CA2012", Justification = "The read is awaited once, by the next answer's first fill; by nobody when the connection is closed before.")]
    public bool BeginIdle(long now)
    {
        if (Aborted != Abort.None || _start != _end) return false;
        _floor = _start = _end = 0;

        // Only here: where an answer was broken off, a read may still be writing into it, and it is left to the garbage collector.
        if (_large is not null) ArrayPool<byte>.Shared.Return(_large);
        _large = null;
        IdleSince = now;
        _thread = Environment.CurrentManagedThreadId;
        _idleRead = stream.ReadAsync(_small.AsMemory());
        _idle = true;
        return !_idleRead.IsCompleted;
    }

    /// <summary>Closes the connection at once; a pending read fails.</summary>
    public void End(Abort reason)
    {
        Interlocked.CompareExchange(ref _abort, (int)reason, (int)Abort.None);
        Close();
    }

    /// <summary>Closes the connection.</summary>
    public void Close()
    {
        if (Interlocked.Exchange(ref _closed, 1) != 0) return;
        pool.Forget(this);

        // The socket first: TLS would wait to say goodbye, and the provider should stop generating now.
        socket.Dispose();
        if (!ReferenceEquals(stream, socket)) stream.Dispose();
    }

    private static async ValueTask GiveBackAsync(ValueTask sending, byte[] buffer)
    {
        try
        {
            await sending;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async ValueTask WriteAsync(ReadOnlyMemory<byte> head, ReadOnlyMemory<ReadOnlyMemory<byte>> body, int sent)
    {
        await stream.WriteAsync(head);
        for (var i = 0; i < body.Length; i++)
        {
            var segment = body.Span[i];
            var skipped = Math.Min(sent, segment.Length);
            sent -= skipped;
            if (skipped < segment.Length) await stream.WriteAsync(segment[skipped..]);
        }
    }

    private void MakeRoom()
    {
        if (_wantsLarger && _large is null)
        {
            // What comes faster than it is read out comes in fewer, larger pieces.
            Enlarge(LargeBuffer);
            return;
        }

        var buffer = Buffer;
        if (_end < buffer.Length) return;
        if (_start == _floor)
        {
            // Full of what nobody can use yet: a long head.
            Enlarge(buffer.Length * 4);
            return;
        }

        Unread.CopyTo(buffer.AsSpan(_floor));
        (_start, _end) = (_floor, _floor + _end - _start);
    }

    private void Enlarge(int bytes)
    {
        var larger = ArrayPool<byte>.Shared.Rent(bytes);
        Buffer.AsSpan(0, _end).CopyTo(larger);
        if (_large is not null) ArrayPool<byte>.Shared.Return(_large);
        _large = larger;
    }
}
