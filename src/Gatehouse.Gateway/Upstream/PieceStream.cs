using System.Buffers;

namespace Gatehouse.Gateway.Upstream;

/// <summary>
/// A body that can lend its bytes where they lie, so that a relay needs no buffer of its own and waits for the socket itself: between the
/// arrival of an event and the relay's loop stands no other one. One reader at a time.
/// </summary>
internal abstract class PieceStream : BodyStream
{
    /// <summary>
    /// Lends the next bytes of the body, none at its end; false when more must be read first. They stay as they are until then. Throws as
    /// <see cref="UpstreamAnswer.Body"/> says.
    /// </summary>
    public abstract bool TryPiece(out ReadOnlyMemory<byte> piece);

    /// <summary>Reads more, whose number <see cref="Filled"/> must be told. Throws as <see cref="UpstreamAnswer.Body"/> says.</summary>
    public abstract ValueTask<int> FillAsync();

    /// <summary>Takes in what was read; 0 when the other side closed. Throws as <see cref="UpstreamAnswer.Body"/> says.</summary>
    public abstract void Filled(int bytes);
}

/// <summary>Any other body in pieces, by way of a borrowed buffer that grows when reads fill it. Disposing it leaves the body itself alone.</summary>
internal sealed class BufferedPieces(Stream body, CancellationToken caller) : PieceStream
{
    private const int FirstBuffer = 4 * 1024;
    private const int LargeBuffer = 64 * 1024;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(FirstBuffer);
    private int _unread;
    private bool _pending;
    private bool _ended;
    private bool _wantsLarger;

    /// <inheritdoc/>
    public override bool TryPiece(out ReadOnlyMemory<byte> piece)
    {
        piece = _buffer.AsMemory(0, _unread);
        _unread = 0;
        return _ended || piece.Length > 0;
    }

    /// <inheritdoc/>
    public override ValueTask<int> FillAsync()
    {
        if (_wantsLarger) Enlarge();
        _pending = true;
        return body.ReadAsync(_buffer, caller);
    }

    /// <inheritdoc/>
    public override void Filled(int bytes)
    {
        _pending = false;
        _unread = bytes;
        _ended = bytes == 0;
        _wantsLarger = bytes == _buffer.Length && bytes < LargeBuffer;
    }

    /// <inheritdoc/>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        body.ReadAsync(buffer, cancellationToken);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        // A read that never came back may still write into the buffer, and so may one that failed: then it is left to the garbage collector.
        if (!_pending && _buffer.Length > 0) ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
        base.Dispose(disposing);
    }

    private void Enlarge()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = ArrayPool<byte>.Shared.Rent(LargeBuffer);
        _wantsLarger = false;
    }
}
