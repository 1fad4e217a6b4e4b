namespace Gatehouse.Dialects.Json;

/// <summary>Reads the content of one string that comes in pieces, up to its closing quote.</summary>
internal struct JsonStringReader
{
    private bool _escapeNext;

    /// <summary>Whether the content so far holds escapes.</summary>
    public bool HasEscapes { get; private set; }

    /// <summary>Starts behind an opening quote.</summary>
    public void Begin() => _escapeNext = HasEscapes = false;

    /// <summary>The bytes up to the closing quote, or all there are. The quote is used up, but not part of the piece.</summary>
    public ReadOnlySpan<byte> Read(ReadOnlySpan<byte> bytes, scoped ref int at, out bool ended)
    {
        var start = at;
        ended = false;
        if (_escapeNext)
        {
            _escapeNext = false;
            at++;
        }

        while (at < bytes.Length)
        {
            var next = bytes[at..].IndexOfAny((byte)'"', (byte)'\\');
            if (next < 0)
            {
                at = bytes.Length;
                break;
            }

            at += next;
            if (bytes[at] == '"')
            {
                ended = true;
                at++;
                return bytes[start..(at - 1)];
            }

            HasEscapes = true;
            _escapeNext = at + 1 == bytes.Length;
            at = Math.Min(at + 2, bytes.Length);
        }

        return bytes[start..at];
    }
}
