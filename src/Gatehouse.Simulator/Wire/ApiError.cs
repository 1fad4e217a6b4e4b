namespace Gatehouse.Simulator.Wire;

/// <summary>A refusal or failure as a vendor words it, before it is put into that vendor's envelope.</summary>
/// <param name="Status">HTTP status code.</param>
/// <param name="Type">The vendor's error type, for instance <c>invalid_request_error</c>.</param>
/// <param name="Message">What the vendor would say.</param>
/// <param name="Param">OpenAI only: the field at fault.</param>
/// <param name="Code">OpenAI only: the machine-readable code.</param>
internal sealed record ApiError(int Status, string Type, string Message, string? Param = null, string? Code = null)
{
    /// <summary>Seconds for the <c>retry-after</c> header, when it is sent.</summary>
    public int? RetryAfter { get; init; }

    /// <summary>A 400 of type <c>invalid_request_error</c>.</summary>
    public static ApiError Invalid(string message, string? param = null, string? code = null) =>
        new(400, "invalid_request_error", message, param, code);
}
