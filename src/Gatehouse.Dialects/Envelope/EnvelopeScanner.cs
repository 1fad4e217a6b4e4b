using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Envelope;

/// <summary>
/// Finds the top-level facts of a request body in one pass, without a DOM and without allocating. The top level is checked whole;
/// below it strings must end and brackets must balance, and everything else is the upstream's to refuse. Safe on any thread.
/// </summary>
public static class EnvelopeScanner
{
    /// <summary>How much of a body is looked at for a model that stands first in it.</summary>
    private const int Start = 256;

    /// <summary>Scans a whole body. Never throws; faults are in the result.</summary>
    /// <param name="body">The body.</param>
    /// <param name="index">Where its values lie, if that is known: most of it is passed over then. The result is the same.</param>
    public static RequestEnvelope Scan(ReadOnlySpan<byte> body, BodyIndex? index = null)
    {
        var entries = index is not null && index.IsOf(body) ? index.Index.All : default;
        if (Blocks512.IsSupported)
            return ScanWith<Blocks512>(body, entries);
        if (Blocks256.IsSupported)
            return ScanWith<Blocks256>(body, entries);
        return Blocks128.IsSupported ? ScanWith<Blocks128>(body, entries) : ScanWith<PortableBlocks>(body, entries);
    }

    /// <summary>
    /// Whether a body begins with its model, as almost all do, without escapes in it: known before the body is scanned, and no more than a good guess, for
    /// nothing of the rest was checked.
    /// </summary>
    /// <param name="body">The body.</param>
    /// <param name="model">The content of the string.</param>
    public static bool TryModelAtStart(ReadOnlySpan<byte> body, out ByteRange model)
    {
        model = default;
        var cursor = new JsonCursor<Blocks128>(body[..Math.Min(body.Length, Start)]);
        _ = cursor.SkipWhite();
        if (!cursor.TryTake((byte)'{')) return false;
        _ = cursor.SkipWhite();
        if (!cursor.TryString(out var key) || !body.Slice(key.Start, key.Length).SequenceEqual("model"u8)) return false;
        _ = cursor.SkipWhite();
        if (!cursor.TryTake((byte)':')) return false;
        _ = cursor.SkipWhite();
        return cursor.TryString(out model) && !body.Slice(model.Start, model.Length).Contains((byte)'\\');
    }

    /// <summary>Scans with a chosen way of reading blocks.</summary>
    internal static RequestEnvelope ScanWith<TBlocks>(ReadOnlySpan<byte> body, ReadOnlySpan<JsonIndex.Entry> entries = default)
        where TBlocks : struct, IBlockReader
    {
        var scan = new EnvelopeScan<TBlocks>(body, entries);
        scan.Run();
        return scan.Result;
    }
}
