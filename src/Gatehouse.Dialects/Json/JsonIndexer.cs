using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Gatehouse.Dialects.Json;

/// <summary>
/// Checks a whole document against JSON's grammar, byte for byte as strict as <c>Utf8JsonReader</c>, and notes on the way where its values lie. Pure.
/// </summary>
internal static class JsonIndexer
{
    /// <summary>Reads a document; false when it is not JSON or nests deeper than <see cref="JsonView.DeepestNesting"/>, and then the index means nothing.</summary>
    public static bool TryRead(ReadOnlySpan<byte> document, JsonIndex index) =>
        Blocks512.IsSupported ? TryRead<Blocks512>(document, index)
        : Blocks256.IsSupported ? TryRead<Blocks256>(document, index)
        : TryRead<Blocks128>(document, index);

    /// <summary>The same with blocks of one kind.</summary>
    [SkipLocalsInit]
    public static bool TryRead<TBlocks>(ReadOnlySpan<byte> document, JsonIndex index)
        where TBlocks : struct, IBlockReader
    {
        Span<int> places = stackalloc int[StructuralScan<TBlocks>.RoomFor(document.Length)];
        Span<int> open = stackalloc int[JsonView.DeepestNesting];
        var scan = new StructuralScan<TBlocks>(document, places);
        return TryWalk(document, ref scan, places, open, index) && scan.IsGood;
    }

    /// <summary>
    /// Reads a document's one value with all that it holds. A stack of its own instead of recursion: how deep a document nests is its sender's choice. One
    /// long method with a few variables, because these must stay in registers: as fields of something, each step would wait for the one before to be stored.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool TryWalk<TBlocks>(
        ReadOnlySpan<byte> document, ref StructuralScan<TBlocks> scan, ReadOnlySpan<int> places, Span<int> open, JsonIndex index)
        where TBlocks : struct, IBlockReader
    {
        var entries = index.Begin(document.Length);
        var (count, depth, next, held) = (0, 0, 0, scan.Refill(0));
        var at = places[next++];
        while (true)
        {
            // Here stands a value. Asked once per value whether enough places are there: what is behind the last one is the document's end, at which nothing stands.
            if (held - next < StructuralScan<TBlocks>.Needed) (held, next) = (scan.Refill(next), 0);
            if (entries.Length - count < 2) entries = index.Grow(count);
            var first = At(document, at);
            if ((first | 0x20) == '{')
            {
                if (depth == open.Length) return false;
                var isObject = first == '{';
                open[depth++] = (count << 1) | (isObject ? 1 : 0);
                if (count < entries.Length) entries[count++] = new JsonIndex.Entry(at, at, 1);
                at = places[next++];
                if (At(document, at) != first + 2)
                {
                    if (!isObject) continue;
                    if (At(document, at) != '"') return false;
                    if (count < entries.Length) entries[count++] = new JsonIndex.Entry(at, places[next] + 1, 1);
                    if (At(document, places[next + 1]) != ':') return false;
                    at = places[next + 2];
                    next += 3;
                    continue;
                }

                Close(entries, open[--depth] >> 1, at + 1, count);
            }
            else
            {
                var end = first == '"' ? places[next++] + 1 : ScalarEnd(document, at);
                if (end == at) return false;
                if (count < entries.Length) entries[count++] = new JsonIndex.Entry(at, end, 1);
            }

            // A value has ended: so may what holds it.
            while (true)
            {
                if (held - next < StructuralScan<TBlocks>.Needed) (held, next) = (scan.Refill(next), 0);
                at = places[next++];
                if (depth == 0)
                {
                    index.End(count);
                    return next > held;
                }

                var isObject = (open[depth - 1] & 1) != 0;
                if (At(document, at) == ',')
                {
                    at = places[next++];
                    if (!isObject) break;
                    if (entries.Length - count < 2) entries = index.Grow(count);
                    if (At(document, at) != '"') return false;
                    if (count < entries.Length) entries[count++] = new JsonIndex.Entry(at, places[next] + 1, 1);
                    if (At(document, places[next + 1]) != ':') return false;
                    at = places[next + 2];
                    next += 3;
                    break;
                }

                if (At(document, at) != (isObject ? '}' : ']')) return false;
                Close(entries, open[--depth] >> 1, at + 1, count);
            }
        }
    }

    /// <summary>The byte at a place; none that JSON has at the document's end.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static byte At(ReadOnlySpan<byte> document, int place) =>
        (uint)place < (uint)document.Length ? Unsafe.Add(ref MemoryMarshal.GetReference(document), (nint)(uint)place) : (byte)0;

    /// <summary>Ends a container.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Close(Span<JsonIndex.Entry> entries, int container, int end, int count)
    {
        if ((uint)container < (uint)entries.Length) entries[container] = new JsonIndex.Entry(entries[container].Start, end, count - container);
    }

    /// <summary>The offset behind a number or word; its own where there is none, or where it is followed by what may not follow.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int ScalarEnd(ReadOnlySpan<byte> document, int at)
    {
        var end = at + JsonScalars.Length(document[at..]);
        return end == document.Length || document[end] is (byte)',' or (byte)'}' or (byte)']' or (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t' ? end : at;
    }
}
