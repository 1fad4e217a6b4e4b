namespace Gatehouse.Dialects.Tap;

/// <summary>Takes a UTF-8 byte order mark off the start of a document that comes in pieces. Bytes that only begin like one are lost: no JSON begins so.</summary>
internal sealed class JsonStart
{
    private int _matched;

    private static ReadOnlySpan<byte> Mark => [0xEF, 0xBB, 0xBF];

    /// <summary>A whole document without the mark.</summary>
    public static ReadOnlySpan<byte> WithoutMark(ReadOnlySpan<byte> document) => document.StartsWith(Mark) ? document[Mark.Length..] : document;

    /// <summary>Starts another document.</summary>
    public void Reset() => _matched = 0;

    /// <summary>The piece without the mark.</summary>
    public ReadOnlySpan<byte> SkipMark(ReadOnlySpan<byte> piece)
    {
        while (_matched < Mark.Length && !piece.IsEmpty)
        {
            if (piece[0] != Mark[_matched])
            {
                _matched = Mark.Length;
                break;
            }

            _matched++;
            piece = piece[1..];
        }

        return piece;
    }
}
