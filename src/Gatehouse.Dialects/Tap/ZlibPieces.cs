using System.IO.Compression;

namespace Gatehouse.Dialects.Tap;

/// <summary>The formats around deflate data.</summary>
internal enum ZlibFormat : byte
{
    /// <summary>RFC 1952.</summary>
    Gzip,

    /// <summary>HTTP's <c>deflate</c>: RFC 1950 by the book, bare RFC 1951 from some servers. The first two bytes tell.</summary>
    Deflate,
}

/// <summary>
/// Decodes gzip and deflate. The platform decodes these only from a stream, so it is given one that holds the piece at hand and says 0
/// when that is used up; the decoder then keeps its state and goes on with the next piece.
/// </summary>
internal sealed class ZlibPieces(ZlibFormat format) : IPieceDecoder
{
    private readonly PieceStream _input = new();
    private Stream? _decoder;
    private uint _decoded;
    private uint _last;

    /// <summary>
    /// Gzip's last four bytes are the length of what was packed. The platform's decoder does not tell whether it has seen them.
    /// </summary>
    public bool HasEnded => format == ZlibFormat.Gzip && _decoded > 0 && _last == _decoded;

    /// <inheritdoc/>
    public void Give(ReadOnlySpan<byte> piece)
    {
        foreach (var b in piece.Length > 4 ? piece[^4..] : piece)
            _last = (_last >> 8) | ((uint)b << 24);

        // What the decoder left over lies behind the end of the data: keeping more of it would let memory grow.
        if (_decoder is null || _input.Ahead.IsEmpty)
            _input.Give(piece);
    }

    /// <inheritdoc/>
    public int Take(Span<byte> plain)
    {
        _decoder ??= Open();
        if (_decoder is null)
            return 0;
        try
        {
            var read = _decoder.Read(plain);
            _decoded += (uint)read;
            return read;
        }
        catch (Exception fault) when (fault is InvalidDataException or IOException)
        {
            return -1;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _decoder?.Dispose();
        _input.Dispose();
    }

    /// <summary>Chooses the decoder once two bytes are there: zlib's header names method 8 and is a multiple of 31.</summary>
    private Stream? Open()
    {
        if (_input.Ahead is not [var first, var second, ..])
            return null;
        if (format == ZlibFormat.Gzip)
            return new GZipStream(_input, CompressionMode.Decompress, leaveOpen: true);
        return (first & 0x0F) == 8 && ((first << 8) | second) % 31 == 0
            ? new ZLibStream(_input, CompressionMode.Decompress, leaveOpen: true)
            : new DeflateStream(_input, CompressionMode.Decompress, leaveOpen: true);
    }
}
