using System.Buffers;
using System.Runtime.CompilerServices;

namespace Gatehouse.Gateway.Upstream;

/// <summary>A body that can lend its bytes where they lie, so that a relay needs no buffer of its own. One reader at a time.</summary>
internal abstract class PieceStream : Stream
{
    /// <summary>
    /// The next bytes of the body; empty at its end. They stay as they are until the next read. Throws as <see cref="UpstreamAnswer.Body"/> says.
    /// </summary>
    public abstract ValueTask<ReadOnlyMemory<byte>> ReadPieceAsync(CancellationToken cancellation);

    /// <inheritdoc/>
    public abstract override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default);

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Flush()
    {
    }
}

/// <summary>Any other body in pieces, by way of a borrowed buffer that grows when reads fill it. Disposing it leaves the body itself alone.</summary>
internal sealed class BufferedPieces(Stream body) : PieceStream
{
    private const int FirstBuffer = 4 * 1024;
    private const int LargeBuffer = 64 * 1024;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(FirstBuffer);
    private bool _pending;
    private bool _wantsLarger;

    /// <inheritdoc/>
    public override ValueTask<ReadOnlyMemory<byte>> ReadPieceAsync(CancellationToken cancellation)
    {
        if (_wantsLarger) Enlarge();
        var reading = body.ReadAsync(_buffer, cancellation);
        if (!reading.IsCompletedSuccessfully) return WaitAsync(reading);
        return new(Piece(reading.Result));
    }

    /// <inheritdoc/>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        body.ReadAsync(buffer, cancellationToken);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        // A read that never came back may still write into the buffer: then it is left to the garbage collector.
        if (!_pending && _buffer.Length > 0) ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
        base.Dispose(disposing);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ReadOnlyMemory<byte>> WaitAsync(ValueTask<int> reading)
    {
        _pending = true;
        try
        {
            return Piece(await reading);
        }
        finally
        {
            _pending = false;
        }
    }

    private ReadOnlyMemory<byte> Piece(int read)
    {
        _wantsLarger = read == _buffer.Length && read < LargeBuffer;
        return _buffer.AsMemory(0, read);
    }

    private void Enlarge()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = ArrayPool<byte>.Shared.Rent(LargeBuffer);
        _wantsLarger = false;
    }
}
