namespace Gatehouse.Dialects.Envelope;

/// <summary>Finds the top-level facts of a request body in one pass.</summary>
public static class EnvelopeScanner
{
    /// <summary>Scans a whole body. Never throws; faults are in the result.</summary>
    public static RequestEnvelope Scan(ReadOnlySpan<byte> body) => throw new NotImplementedException();
}
