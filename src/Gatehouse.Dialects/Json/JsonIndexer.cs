using System.Runtime.CompilerServices;

namespace Gatehouse.Dialects.Json;

/// <summary>
/// Checks a whole document against JSON's grammar, byte for byte as strict as <c>Utf8JsonReader</c>, and notes on the way where its values lie. Pure.
/// </summary>
internal static class JsonIndexer
{
    /// <summary>Structural bytes that are found ahead: 4 KB on the stack, enough to keep the two loops apart.</summary>
    private const int MostAhead = 1024;

    /// <summary>Reads a document; false when it is not JSON or nests deeper than <see cref="JsonView.DeepestNesting"/>, and then the index means nothing.</summary>
    public static bool TryRead(ReadOnlySpan<byte> document, JsonIndex index) =>
        Blocks512.IsSupported ? TryRead<Blocks512>(document, index)
        : Blocks256.IsSupported ? TryRead<Blocks256>(document, index)
        : TryRead<Blocks128>(document, index);

    /// <summary>The same with blocks of one kind.</summary>
    public static bool TryRead<TBlocks>(ReadOnlySpan<byte> document, JsonIndex index)
        where TBlocks : struct, IBlockReader
    {
        index.Begin(document.Length);
        Span<int> ahead = stackalloc int[Math.Min(MostAhead, (document.Length + 127) & ~63)];
        Span<int> open = stackalloc int[JsonView.DeepestNesting];
        var scan = new StructuralScan<TBlocks>(document, ahead);
        return TryWalk(document, ref scan, open, index) && !scan.TryNext(out _) && scan.IsGood;
    }

    /// <summary>Reads one value with all that it holds. A stack of its own instead of recursion: how deep a document nests is its sender's choice.</summary>
    private static bool TryWalk<TBlocks>(ReadOnlySpan<byte> document, ref StructuralScan<TBlocks> scan, Span<int> open, JsonIndex index)
        where TBlocks : struct, IBlockReader
    {
        var depth = 0;
        if (!scan.TryNext(out var at)) return false;
        while (true)
        {
            // Here stands a value.
            var first = document[at];
            if ((first | 0x20) == '{')
            {
                if (depth == open.Length) return false;
                var isObject = first == '{';
                open[depth++] = (index.Open(at) << 1) | (isObject ? 1 : 0);
                if (!scan.TryNext(out at)) return false;
                if (document[at] != first + 2)
                {
                    if (isObject && !TryName(document, ref scan, ref at, index)) return false;
                    continue;
                }

                index.Close(open[--depth] >> 1, at + 1);
            }
            else if (!TryLeaf(document, ref scan, first, at, index)) return false;

            // A value has ended: so may what holds it.
            while (true)
            {
                if (depth == 0) return true;
                if (!scan.TryNext(out at)) return false;
                var isObject = (open[depth - 1] & 1) != 0;
                if (document[at] == ',')
                {
                    if (!scan.TryNext(out at) || (isObject && !TryName(document, ref scan, ref at, index))) return false;
                    break;
                }

                if (document[at] != (isObject ? '}' : ']')) return false;
                index.Close(open[--depth] >> 1, at + 1);
            }
        }
    }

    /// <summary>A string, a number or a word.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryLeaf<TBlocks>(ReadOnlySpan<byte> document, ref StructuralScan<TBlocks> scan, byte first, int at, JsonIndex index)
        where TBlocks : struct, IBlockReader
    {
        int end;
        if (first == '"')
        {
            if (!scan.TryNext(out end)) return false;
            end++;
        }
        else
        {
            end = at + JsonScalars.Length(document[at..]);
            if (end == at || (end < document.Length && !Ends(document[end]))) return false;
        }

        index.Add(at, end);
        return true;
    }

    /// <summary>A member's name and its colon; moves to the value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryName<TBlocks>(ReadOnlySpan<byte> document, ref StructuralScan<TBlocks> scan, ref int at, JsonIndex index)
        where TBlocks : struct, IBlockReader
    {
        if (document[at] != '"' || !scan.TryNext(out var end)) return false;
        index.Add(at, end + 1);
        return scan.TryNext(out var colon) && document[colon] == ':' && scan.TryNext(out at);
    }

    /// <summary>Whether a number or word may stand before this byte. What may stand there otherwise is the grammar's to say.</summary>
    private static bool Ends(byte next) => next is (byte)',' or (byte)'}' or (byte)']' or (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t';
}
