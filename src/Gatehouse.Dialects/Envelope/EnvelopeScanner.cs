using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Envelope;

/// <summary>
/// Finds the top-level facts of a request body in one pass, without a DOM and without allocating. The top level is checked whole;
/// below it strings must end and brackets must balance, and everything else is the upstream's to refuse. Safe on any thread.
/// </summary>
public static class EnvelopeScanner
{
    /// <summary>Scans a whole body. Never throws; faults are in the result.</summary>
    public static RequestEnvelope Scan(ReadOnlySpan<byte> body)
    {
        if (Blocks512.IsSupported)
            return ScanWith<Blocks512>(body);
        if (Blocks256.IsSupported)
            return ScanWith<Blocks256>(body);
        return Blocks128.IsSupported ? ScanWith<Blocks128>(body) : ScanWith<PortableBlocks>(body);
    }

    /// <summary>Scans with a chosen way of reading blocks.</summary>
    internal static RequestEnvelope ScanWith<TBlocks>(ReadOnlySpan<byte> body)
        where TBlocks : struct, IBlockReader
    {
        var scan = new EnvelopeScan<TBlocks>(body);
        scan.Run();
        return scan.Result;
    }
}
