namespace Gatehouse.Gateway.Upstream;

/// <summary>
/// A body that has the length which its head declares, or breaks off: over HTTP/2 the platform's handler holds nobody to it (RFC 9113 §8.1.1), and the client, who is told the
/// same length, could neither be given more nor take less for the whole. One reader at a time.
/// </summary>
/// <param name="body">The body.</param>
/// <param name="length">Its bytes, as declared.</param>
internal sealed class DeclaredBody(Stream body, long length) : Stream
{
    private long _left = length;

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
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await body.ReadAsync(buffer, cancellationToken);
        _left -= read;
        if (_left < 0 || (read == 0 && !buffer.IsEmpty && _left > 0))
            throw new IOException($"The upstream sent {(_left < 0 ? "more" : "less")} than the length that it declared.");
        return read;
    }

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
