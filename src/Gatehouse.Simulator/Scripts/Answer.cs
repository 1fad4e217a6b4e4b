namespace Gatehouse.Simulator.Scripts;

/// <summary>Why an answer ends; each dialect has its own words for it.</summary>
internal enum AnswerEnd
{
    /// <summary>Nothing more to say.</summary>
    Finished,

    /// <summary>The caller has tools to run.</summary>
    ToolCalls,

    /// <summary>The token limit of the request was reached.</summary>
    TokenLimit,

    /// <summary>One of the caller's stop sequences came up.</summary>
    StopSequence,

    /// <summary>The model declined.</summary>
    Refusal,
}

/// <summary>One piece of an answer, in no vendor's words.</summary>
internal abstract record AnswerPart;

/// <summary>Visible text.</summary>
/// <param name="Fragments">How the text is cut into deltas.</param>
internal sealed record TextPart(IReadOnlyList<string> Fragments) : AnswerPart
{
    public string Text => string.Concat(Fragments);

    /// <summary>Whether it rests on the page that a search before it found, and says so in the dialect's way.</summary>
    public bool CitesPage { get; init; }
}

/// <summary>Reasoning that the caller may see (Anthropic: signed; Responses: a summary and encrypted content).</summary>
internal sealed record ThinkingPart(string Text) : AnswerPart;

/// <summary>Reasoning that only the vendor can read (Anthropic's <c>redacted_thinking</c>).</summary>
internal sealed record RedactedPart : AnswerPart;

/// <summary>A call of a function tool.</summary>
/// <param name="Name">The tool's name.</param>
/// <param name="Arguments">Its input: a JSON object as text, passed on as written.</param>
/// <param name="Namespace">The Responses namespace the tool was found in, if any.</param>
internal sealed record ToolCallPart(string Name, string Arguments, string? Namespace = null) : AnswerPart;

/// <summary>A call of a free-text tool (Responses and Chat <c>custom</c> tools).</summary>
internal sealed record CustomCallPart(string Name, string Input) : AnswerPart;

/// <summary>Something that the vendor itself does for the model.</summary>
internal enum HostedKind
{
    /// <summary>A search of the web.</summary>
    Search,

    /// <summary>A piece of code that is run.</summary>
    Code,

    /// <summary>A tool of an MCP server that the request names.</summary>
    Mcp,
}

/// <summary>A tool of the vendor's own that was called.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Server">The MCP server, where it is one's.</param>
internal sealed record HostedCallPart(HostedKind Kind, string Server) : AnswerPart;

/// <summary>What the tool of the vendor's own gave, where that is told apart.</summary>
internal sealed record HostedResultPart(HostedKind Kind) : AnswerPart;

/// <summary>What the simulated model says, planned before a byte is written. Immutable.</summary>
internal sealed record Answer(IReadOnlyList<AnswerPart> Parts)
{
    public AnswerEnd End { get; init; } = AnswerEnd.Finished;

    /// <summary>The stop sequence that was met, when <see cref="End"/> says so.</summary>
    public string? StopSequence { get; init; }

    /// <summary>The wait between two events.</summary>
    public TimeSpan Pause { get; init; }

    /// <summary>Whether the answer has calls for the caller to run.</summary>
    public bool CallsTools => Parts.Any(p => p is ToolCallPart or CustomCallPart);
}
