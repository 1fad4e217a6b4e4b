using Gatehouse.Dialects.Envelope;
using Gatehouse.Dialects.Errors;
using Gatehouse.Gateway.Metering;

namespace Gatehouse.Gateway.Exchanges;

/// <summary>Says in words why a body can't be routed.</summary>
internal static class EnvelopeErrors
{
    /// <summary>The error for what the scan found, or null when the body can be routed.</summary>
    public static DialectError? Of(in RequestEnvelope envelope, ExchangeOperation operation) => envelope.Fault switch
    {
        EnvelopeFault.None => null,
        // A response that continues another may leave its model to that one; compaction and counting likewise.
        EnvelopeFault.ModelMissing when operation is ExchangeOperation.ResponsesCompact or ExchangeOperation.ResponsesInputTokens
            && envelope.PreviousResponseId.Exists => null,
        EnvelopeFault.Empty => Invalid("The request has no body. Send a JSON object with a model in it."),
        EnvelopeFault.NotJson => Invalid($"The request body is not valid JSON (noticed at byte {envelope.FaultOffset})."),
        EnvelopeFault.NotAnObject => Invalid("The request body must be a JSON object."),
        EnvelopeFault.DuplicateKey => Invalid(
            $"The key '{envelope.FaultKey}' stands in the request more than once or in another case than the API defines. "
            + "It decides where the request goes, so it must be unambiguous.",
            envelope.FaultKey),
        EnvelopeFault.ModelMissing => Invalid("The request names no model. Add \"model\".", "model"),
        EnvelopeFault.ModelNotAString => Invalid("\"model\" must be a non-empty string.", "model"),
        EnvelopeFault.StreamNotABoolean => Invalid("\"stream\" must be true or false.", "stream"),
        _ => Invalid($"The value of '{envelope.FaultKey}' has the wrong type.", envelope.FaultKey),
    };

    private static DialectError Invalid(string message, string? param = null) => new(ErrorKind.InvalidRequest, message, Param: param);
}
