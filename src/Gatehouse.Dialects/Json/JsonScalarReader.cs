using System.Buffers;
using System.Buffers.Text;

namespace Gatehouse.Dialects.Json;

/// <summary>Reads one number or literal that comes in pieces.</summary>
internal sealed class JsonScalarReader
{
    private static readonly SearchValues<byte> NumberBytes = SearchValues.Create("0123456789+-.eE"u8);

    /// <summary>
    /// The largest count that is believed. No answer has a trillion tokens; sums of counts up to here, and what they cost, stay within 64 bits, so that no
    /// upstream can turn a user's books over or make a sum of the ledger fail.
    /// </summary>
    internal const long LargestCount = 1_000_000_000_000;

    private readonly byte[] _text = new byte[32];
    private int _length;

    /// <summary>Starts with the first byte.</summary>
    public void Begin(byte first)
    {
        _text[0] = first;
        _length = 1;
    }

    /// <summary>Reads on; true when a byte that cannot belong to it stands next.</summary>
    public bool Read(ReadOnlySpan<byte> bytes, ref int at)
    {
        for (; at < bytes.Length; at++)
        {
            var value = bytes[at];
            if (value is (byte)',' or (byte)'}' or (byte)']' or (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t')
                return true;
            if (_length < _text.Length)
                _text[_length++] = value;
        }

        return false;
    }

    /// <summary>What was read; None when it is no JSON. A number too long for the buffer keeps its kind and reads as none.</summary>
    public JsonKind End()
    {
        var text = _text.AsSpan(0, _length);
        return text[0] switch
        {
            (byte)'n' when text.SequenceEqual("null"u8) => JsonKind.Null,
            (byte)'t' when text.SequenceEqual("true"u8) => JsonKind.True,
            (byte)'f' when text.SequenceEqual("false"u8) => JsonKind.False,
            (byte)'n' or (byte)'t' or (byte)'f' => JsonKind.None,
            _ => text.IndexOfAnyExcept(NumberBytes) < 0 ? JsonKind.Number : JsonKind.None,
        };
    }

    /// <summary>The number as a count. All wanted numbers are counts: a negative or an absurd one is as good as none.</summary>
    public bool TryCount(out long count)
    {
        var text = _text.AsSpan(0, _length);
        if (Utf8Parser.TryParse(text, out count, out var used) && used == text.Length)
            return count is >= 0 and <= LargestCount;
        var isReal = Utf8Parser.TryParse(text, out double real, out used) && used == text.Length && real is >= 0 and <= LargestCount;
        count = isReal ? (long)real : 0;
        return isReal;
    }
}
