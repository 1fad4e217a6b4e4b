namespace Gatehouse.Dialects.Tap;

/// <summary>A content decoder that is given compressed pieces and hands out plain bytes. Bad data is a value, not an exception.</summary>
internal interface IPieceDecoder : IDisposable
{
    /// <summary>Whether the end of the compressed data is known to have been read.</summary>
    bool HasEnded { get; }

    /// <summary>Gives the next piece; the one before has been used up.</summary>
    void Give(ReadOnlySpan<byte> piece);

    /// <summary>Writes the next plain bytes: their number, 0 when more input is needed or the end was reached, -1 for bad data.</summary>
    int Take(Span<byte> plain);
}
