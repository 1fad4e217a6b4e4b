using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Gatehouse.Gateway.Upstream.Http1;

/// <summary>
/// The body of one answer, without its framing. Reads allocate nothing. Throws <see cref="IOException"/> when the upstream breaks off or its
/// framing is broken, and <see cref="OperationCanceledException"/> when the call was cancelled. One reader at a time.
/// </summary>
internal sealed class Http1Body : PieceStream
{
    /// <summary>What is asked for in this size or more is read straight into the reader's memory.</summary>
    private const int ReadsDirectly = 4 * 1024;

    private readonly Http1Connection _connection;
    private readonly CancellationToken _caller;
    private readonly BodyLength _kind;
    private long _left;
    private ChunkReader _chunks;
    private bool _closed;

    /// <summary>Begins a body.</summary>
    /// <param name="connection">The connection, its head just read.</param>
    /// <param name="caller">The call's own token, which closes the connection by itself when it is cancelled.</param>
    public Http1Body(Http1Connection connection, CancellationToken caller)
    {
        _connection = connection;
        _caller = caller;
        _kind = connection.Head.Body;
        _left = connection.Head.ContentLength ?? 0;
    }

    /// <summary>Whether everything was read up to an end that the connection survives.</summary>
    public bool IsWhole => _kind switch
    {
        BodyLength.None => true,
        BodyLength.Declared => _left == 0,
        BodyLength.Chunked => _chunks.IsDone,
        _ => false,
    };

    /// <inheritdoc/>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled<int>(cancellationToken);
        if (_connection.Aborted == Abort.None && TryRead(buffer.Span, out var read)) return new ValueTask<int>(read);
        return cancellationToken == _caller || !cancellationToken.CanBeCanceled ? WaitAsync(buffer) : WaitCancellablyAsync(buffer, cancellationToken);
    }

    /// <inheritdoc/>
    public override bool TryPiece(out ReadOnlyMemory<byte> piece)
    {
        piece = default;
        if (_connection.Aborted != Abort.None) throw new IOException("The connection is closed.");
        var unread = _connection.UnreadMemory;
        if (_kind == BodyLength.Chunked)
        {
            // Data moves only towards the start, over framing that was read.
            _connection.Use(_chunks.Read(unread.Span, unread.Span, out var length));
            piece = unread[..length];
            if (length > 0 || _chunks.IsDone) return true;
            return _chunks.IsWrong ? throw Broken() : false;
        }

        if (IsWhole || _closed) return true;
        if (unread.IsEmpty) return false;
        piece = _kind == BodyLength.Declared && _left < unread.Length ? unread[..(int)_left] : unread;
        _connection.Use(piece.Length);
        _left -= piece.Length;
        return true;
    }

    /// <inheritdoc/>
    public override ValueTask<int> FillAsync() => _connection.FillAsync();

    /// <inheritdoc/>
    public override void Filled(int bytes)
    {
        if (!_connection.Filled(bytes)) AtClose();
    }

    /// <summary>Reads what is there; false when more must come first.</summary>
    private bool TryRead(Span<byte> target, out int read)
    {
        read = 0;
        if (target.IsEmpty) return true;
        var unread = _connection.Unread;
        if (_kind == BodyLength.Chunked)
        {
            _connection.Use(_chunks.Read(unread, target, out read));
            if (read > 0 || _chunks.IsDone) return true;
            return _chunks.IsWrong ? throw Broken() : false;
        }

        if (IsWhole || _closed) return true;
        if (unread.IsEmpty) return false;
        read = Math.Min(unread.Length, target.Length);
        if (_kind == BodyLength.Declared) read = (int)Math.Min(read, _left);
        unread[..read].CopyTo(target);
        _connection.Use(read);
        _left -= read;
        return true;
    }

    private async ValueTask<int> WaitCancellablyAsync(Memory<byte> buffer, CancellationToken cancellation)
    {
        await using var registration = cancellation.UnsafeRegister(static c => ((Http1Connection)c!).End(Abort.Cancelled), _connection);
        return await WaitAsync(buffer);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> WaitAsync(Memory<byte> buffer)
    {
        try
        {
            if (_kind != BodyLength.Chunked && buffer.Length >= ReadsDirectly) return await ReadDirectlyAsync(buffer);
            while (true)
            {
                if (!_connection.Filled(await _connection.FillAsync())) return AtClose();
                if (TryRead(buffer.Span, out var read)) return read;
            }
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
        {
            throw Meant(e);
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> ReadDirectlyAsync(Memory<byte> buffer)
    {
        if (_kind == BodyLength.Declared && _left < buffer.Length) buffer = buffer[..(int)_left];
        var read = await _connection.ReadAsync(buffer);
        if (read == 0) return AtClose();
        _left -= read;
        return read;
    }

    private int AtClose()
    {
        if (_kind != BodyLength.UntilClose) throw new IOException("The upstream closed the connection before its answer was complete.");
        _closed = true;
        return 0;
    }

    private Exception Meant(Exception e) => _connection.Aborted == Abort.Cancelled
        ? new OperationCanceledException("The call was cancelled.", e, _caller)
        : e as IOException ?? new IOException("The connection is closed.", e);

    private static IOException Broken() => new("The upstream's chunks are broken.");
}
