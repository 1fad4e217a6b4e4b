namespace Gatehouse.Dialects.Tap;

/// <summary>
/// Reads the facts of a compressed answer: pieces go through a decoder into a <see cref="ResponseTap"/>, and nothing of them is kept.
/// The decoded bytes pass through one fixed buffer, so that an answer that unpacks to gigabytes costs time in proportion to what is read
/// and no memory; past <see cref="MostDecoded"/> reading stops. Never throws. One per answer; not thread-safe.
/// </summary>
public sealed class CompressedTap : IDisposable
{
    /// <summary>Decoded bytes after which an answer is no longer read: no model writes a gigabyte.</summary>
    internal const long MostDecoded = 1L << 30;

    private readonly ResponseTap _tap;
    private readonly IPieceDecoder _decoder;
    private readonly byte[] _buffer = new byte[8 * 1024];
    private long _decoded;

    private CompressedTap(ResponseTap tap, IPieceDecoder decoder) => (_tap, _decoder) = (tap, decoder);

    /// <summary>Whether the bytes could not be decoded, so that the tap knows only what came before.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Whether the coding's own end was seen. False where it has none that can be told, as with <c>deflate</c>.</summary>
    public bool HasEnded => !IsBroken && _decoder.HasEnded;

    /// <summary>
    /// Makes a decoder in front of a tap; null when the coding is not one that can be read (the answer is then relayed unmetered).
    /// </summary>
    /// <param name="contentEncoding">The answer's <c>content-encoding</c>: <c>gzip</c>, <c>x-gzip</c>, <c>br</c>, <c>deflate</c> or <c>zlib</c>.</param>
    /// <param name="tap">A tap that was reset for the answer.</param>
    public static CompressedTap? TryCreate(string? contentEncoding, ResponseTap tap)
    {
        IPieceDecoder? decoder = contentEncoding?.Trim().ToUpperInvariant() switch
        {
            "GZIP" or "X-GZIP" => new ZlibPieces(ZlibFormat.Gzip),
            "DEFLATE" or "ZLIB" => new ZlibPieces(ZlibFormat.Deflate),
            "BR" => new BrotliPieces(),
            _ => null,
        };
        return decoder is null ? null : new CompressedTap(tap, decoder);
    }

    /// <summary>Reads the next piece of the compressed bytes.</summary>
    public void Read(ReadOnlySpan<byte> piece)
    {
        if (IsBroken || piece.IsEmpty)
            return;
        _decoder.Give(piece);
        while (true)
        {
            var written = _decoder.Take(_buffer);
            if (written <= 0)
            {
                IsBroken = written < 0;
                return;
            }

            _decoded += written;
            IsBroken = _decoded > MostDecoded;
            if (IsBroken)
                return;
            _tap.Read(_buffer.AsSpan(0, written));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _decoder.Dispose();
}
