using System.Buffers;

namespace Gatehouse.Dialects.Tap;

/// <summary>A readable stream over the pieces given so far; at their end it reads 0 bytes, and may be given more.</summary>
internal sealed class PieceStream : Stream
{
    private readonly ArrayBufferWriter<byte> _bytes = new(4096);
    private int _used;

    /// <summary>What has been given and not yet read.</summary>
    public ReadOnlySpan<byte> Ahead => _bytes.WrittenSpan[_used..];

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Adds a piece; the bytes are copied.</summary>
    public void Give(ReadOnlySpan<byte> piece)
    {
        if (_used == _bytes.WrittenCount)
        {
            _bytes.ResetWrittenCount();
            _used = 0;
        }

        _bytes.Write(piece);
    }

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        var count = Math.Min(buffer.Length, Ahead.Length);
        Ahead[..count].CopyTo(buffer);
        _used += count;
        return count;
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
