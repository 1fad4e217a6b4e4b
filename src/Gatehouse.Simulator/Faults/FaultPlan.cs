namespace Gatehouse.Simulator.Faults;

/// <summary>How an answer breaks once it has begun.</summary>
internal enum BodyFault
{
    None,

    /// <summary>The connection is reset.</summary>
    Reset,

    /// <summary>Nothing more comes, and the connection stays open until the caller goes.</summary>
    Stall,

    /// <summary>The HTTP message ends properly, the answer does not.</summary>
    Eof,

    /// <summary>The connection is closed without the end of the HTTP message, inside an event.</summary>
    Truncate,

    /// <summary>One malformed payload, then the rest (streams); a body that does not parse (JSON).</summary>
    BadJson,

    /// <summary>The dialect's own way of failing after a 200.</summary>
    ErrorEvent,
}

/// <summary>Everything that shall go wrong with one answer. Immutable.</summary>
internal sealed record FaultPlan
{
    /// <summary>Nothing goes wrong.</summary>
    public static FaultPlan None { get; } = new();

    /// <summary>An error status to answer in place of anything else.</summary>
    public int? Status { get; init; }

    /// <summary>Seconds in that answer's <c>retry-after</c>.</summary>
    public int? RetryAfter { get; init; }

    /// <summary>Whether the connection is reset before any byte of the answer.</summary>
    public bool ResetBeforeHeaders { get; init; }

    /// <summary>Whether status and early reset come for each other request only.</summary>
    public bool Once { get; init; }

    public BodyFault Body { get; init; }

    /// <summary>After how many content events <see cref="Body"/> strikes, at the latest before the terminal event.</summary>
    public int After { get; init; } = 2;

    /// <summary>Whether it strikes inside an event: half of the next one is sent first.</summary>
    public bool Inside { get; init; }

    public TimeSpan FirstByte { get; init; }

    /// <summary>The wait between the headers and the first event.</summary>
    public TimeSpan FirstEvent { get; init; }

    /// <summary>Kilobytes of text in one added event.</summary>
    public int HugeEventKb { get; init; }

    /// <summary>Whether a web page is answered with status 200.</summary>
    public bool Html { get; init; }

    /// <summary><c>gzip</c>, <c>br</c> or <c>deflate</c>.</summary>
    public string? Encoding { get; init; }

    /// <summary>Whether the body is compressed even for callers that did not offer it.</summary>
    public bool EncodingForced { get; init; }

    public bool NoUsage { get; init; }

    /// <summary>Bytes per write; 0 = as they come.</summary>
    public int Split { get; init; }

    /// <summary>Whether event lines end in CR LF.</summary>
    public bool Crlf { get; init; }

    /// <summary>Whether a comment precedes every event.</summary>
    public bool Comments { get; init; }
}
