using System.Buffers;
using System.IO.Compression;

namespace Gatehouse.Dialects.Tap;

/// <summary>Decodes Brotli.</summary>
internal sealed class BrotliPieces : IPieceDecoder
{
    private readonly ArrayBufferWriter<byte> _input = new(4096);
    private BrotliDecoder _decoder;
    private int _used;

    /// <inheritdoc/>
    public bool HasEnded { get; private set; }

    /// <inheritdoc/>
    public void Give(ReadOnlySpan<byte> piece)
    {
        if (HasEnded)
            return;
        if (_used == _input.WrittenCount)
        {
            _input.ResetWrittenCount();
            _used = 0;
        }

        _input.Write(piece);
    }

    /// <inheritdoc/>
    public int Take(Span<byte> plain)
    {
        if (HasEnded)
            return 0;
        var status = _decoder.Decompress(_input.WrittenSpan[_used..], plain, out var used, out var written);
        _used += used;
        HasEnded = status == OperationStatus.Done;
        return status == OperationStatus.InvalidData ? -1 : written;
    }

    /// <inheritdoc/>
    public void Dispose() => _decoder.Dispose();
}
