namespace Gatehouse.Dialects.Facts;

/// <summary>What is read off an upstream's answer whatever its dialect. Owned by one tap, valid until that tap is reset.</summary>
public sealed class ResponseFacts
{
    /// <summary>Token counts; cumulative reports replace earlier ones, they are never added.</summary>
    public Usage Usage;

    /// <summary>Requests that the provider's own server tools made (web search, code execution …), by the provider's field name; null when none was reported.</summary>
    public Dictionary<string, long>? ServerTools { get; set; }

    /// <summary>The upstream's id for the answer (<c>msg_…</c>, <c>chatcmpl-…</c>, <c>resp_…</c>).</summary>
    public string? ResponseId { get; set; }

    /// <summary>The model that the upstream says it used.</summary>
    public string? Model { get; set; }

    /// <summary>
    /// Why the model stopped, in the upstream's own word: <c>stop_reason</c>, <c>finish_reason</c>, or for Responses
    /// <c>incomplete_details.reason</c> when there is one, else the status.
    /// </summary>
    public string? StopReason { get; set; }

    /// <summary>The service tier that the upstream says it used.</summary>
    public string? ServiceTier { get; set; }

    /// <summary>The type or code of the upstream's own error, from an error body or an error event; null when there was none.</summary>
    public string? ErrorType { get; set; }

    /// <summary>Forgets everything, so that the object can serve another answer.</summary>
    public void Clear()
    {
        Usage = default;
        ServerTools = null;
        ResponseId = Model = StopReason = ServiceTier = ErrorType = null;
    }
}
