namespace Gatehouse.Gateway.Upstream;

/// <summary>
/// A body that has the length which its head declares, or breaks off: over HTTP/2 the platform's handler holds nobody to it (RFC 9113 §8.1.1), and the client, who is told the
/// same length, could neither be given more nor take less for the whole. One reader at a time.
/// </summary>
/// <param name="body">The body.</param>
/// <param name="length">Its bytes, as declared.</param>
internal sealed class DeclaredBody(Stream body, long length) : BodyStream
{
    private long _left = length;

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await body.ReadAsync(buffer, cancellationToken);
        _left -= read;
        if (_left < 0 || (read == 0 && !buffer.IsEmpty && _left > 0))
            throw new IOException($"The upstream sent {(_left < 0 ? "more" : "less")} than the length that it declared.");
        return read;
    }
}
