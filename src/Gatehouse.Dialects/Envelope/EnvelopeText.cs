using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Envelope;

/// <summary>Reads the strings that an envelope points at, unescaped. Each call allocates the string it returns.</summary>
internal static class EnvelopeText
{
    /// <summary>The model asked for; empty when the body named none.</summary>
    /// <param name="envelope">The result of a scan without fault.</param>
    /// <param name="body">The bytes that were scanned.</param>
    public static string ModelName(this in RequestEnvelope envelope, ReadOnlySpan<byte> body) =>
        JsonText.Read(body.Slice(envelope.Model.Start, envelope.Model.Length), envelope.ModelEscaped);

    /// <summary>The response that the caller continues, or null.</summary>
    /// <param name="envelope">The result of a scan without fault.</param>
    /// <param name="body">The bytes that were scanned.</param>
    public static string? PreviousResponse(this in RequestEnvelope envelope, ReadOnlySpan<byte> body) =>
        envelope.PreviousResponseId.Exists
            ? JsonText.Read(body.Slice(envelope.PreviousResponseId.Start, envelope.PreviousResponseId.Length), escaped: true)
            : null;
}
