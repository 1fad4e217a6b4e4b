namespace Gatehouse.Dialects.Translation;

/// <summary>
/// How hard a model shall think, on one scale for all dialects. <see cref="Unset"/> leaves it to the provider. Ordered from least to most.
/// </summary>
public enum Effort : byte
{
    /// <summary>Nobody said.</summary>
    Unset,

    /// <summary>Not at all.</summary>
    None,

    /// <summary>Barely.</summary>
    Minimal,

    /// <summary>Little.</summary>
    Low,

    /// <summary>Some.</summary>
    Medium,

    /// <summary>Much.</summary>
    High,

    /// <summary>Very much.</summary>
    XHigh,

    /// <summary>As much as the model can.</summary>
    Max,
}

/// <summary>By which field a model is told how hard to think.</summary>
[Flags]
public enum ReasoningControl : byte
{
    /// <summary>It does not think, or can't be told: the request says nothing about it.</summary>
    None = 0,

    /// <summary>A word: <c>output_config.effort</c>, <c>reasoning_effort</c>, <c>reasoning.effort</c>.</summary>
    Effort = 1,

    /// <summary>A number of tokens: <c>thinking.budget_tokens</c>.</summary>
    Budget = 2,

    /// <summary>It decides itself: <c>thinking.type = adaptive</c>.</summary>
    Adaptive = 4,
}

/// <summary>Which sampling fields a model takes; the others are left out and disclosed.</summary>
[Flags]
public enum SamplingFields : byte
{
    /// <summary>None: it refuses them all.</summary>
    None = 0,

    /// <summary><c>temperature</c>.</summary>
    Temperature = 1,

    /// <summary><c>top_p</c>.</summary>
    TopP = 2,

    /// <summary><c>top_k</c>.</summary>
    TopK = 4,

    /// <summary><c>frequency_penalty</c> and <c>presence_penalty</c>.</summary>
    Penalties = 8,

    /// <summary><c>seed</c>.</summary>
    Seed = 16,

    /// <summary><c>stop</c> and <c>stop_sequences</c>.</summary>
    Stop = 32,

    /// <summary><c>logprobs</c> and <c>top_logprobs</c>.</summary>
    LogProbs = 64,

    /// <summary>All of them.</summary>
    All = Temperature | TopP | TopK | Penalties | Seed | Stop | LogProbs,
}

/// <summary>
/// What one model can do at one provider, as far as translations must know: data of the catalog, overridable in configuration. Identity
/// never looks at it. Immutable.
/// </summary>
public sealed record ModelTraits
{
    /// <summary>A model that nobody described: everything that its dialect can say, an effort word, at most four stop strings.</summary>
    public static ModelTraits Default { get; } = new();

    /// <summary>Whether it sees images.</summary>
    public bool Images { get; init; } = true;

    /// <summary>Whether it reads documents (PDF).</summary>
    public bool Documents { get; init; } = true;

    /// <summary>Whether it calls tools.</summary>
    public bool Tools { get; init; } = true;

    /// <summary>Whether it may be told how many tools to call at once (<c>parallel_tool_calls</c>, <c>disable_parallel_tool_use</c>).</summary>
    public bool ParallelToolControl { get; init; } = true;

    /// <summary>Whether a tool's <c>strict</c> is understood.</summary>
    public bool StrictTools { get; init; } = true;

    /// <summary>Whether free-form tools with a grammar (<c>type: custom</c>) are understood.</summary>
    public bool CustomTools { get; init; } = true;

    /// <summary>Schema keywords that the host refuses in tools and output formats; taken out wherever they stand as a keyword.</summary>
    public IReadOnlyList<string> RefusedSchemaKeywords { get; init; } = [];

    /// <summary>Whether an answer can be held to a JSON schema natively; otherwise a forced tool stands in.</summary>
    public bool StructuredOutput { get; init; } = true;

    /// <summary>How it is told how hard to think.</summary>
    public ReasoningControl Reasoning { get; init; } = ReasoningControl.Effort;

    /// <summary>The efforts that it takes, from least to most; a wish between or beyond them is clamped to the nearest.</summary>
    public IReadOnlyList<Effort> Efforts { get; init; } = [Effort.Low, Effort.Medium, Effort.High];

    /// <summary>Whether thinking text of earlier tool turns must come back as <c>reasoning_content</c> (DeepSeek's way).</summary>
    public bool ReasoningContentEcho { get; init; }

    /// <summary>Whether the state of what was thought comes as <c>reasoning_details</c> and wants to come back (OpenRouter's way).</summary>
    public bool ReasoningDetails { get; init; }

    /// <summary>Whether cache markers (<c>cache_control</c>) are understood.</summary>
    public bool CacheMarkers { get; init; } = true;

    /// <summary>Whether <c>prompt_cache_key</c> is understood.</summary>
    public bool CacheKey { get; init; } = true;

    /// <summary>The most tokens that it puts out; null when nobody knows.</summary>
    public int? MaxOutput { get; init; }

    /// <summary>Tokens that input and output share; null when nobody knows.</summary>
    public int? ContextWindow { get; init; }

    /// <summary>The sampling fields that it takes.</summary>
    public SamplingFields Sampling { get; init; } = SamplingFields.All;

    /// <summary>The most stop strings that it takes.</summary>
    public int MaxStops { get; init; } = 4;

    /// <summary>The longest name that a tool may have.</summary>
    public int MaxToolName { get; init; } = 64;

    /// <summary>The exact number of letters and digits that tool call ids must have (Mistral: 9); null when any will do.</summary>
    public int? ToolIdLength { get; init; }

    /// <summary>Whether a chat request may name the end user (<c>user</c>); Mistral refuses the field.</summary>
    public bool EndUser { get; init; } = true;

    /// <summary>Whether a chat request names its output limit <c>max_completion_tokens</c>; older hosts know only <c>max_tokens</c>.</summary>
    public bool MaxCompletionTokens { get; init; }

    /// <summary>Whether messages with the role <c>developer</c> are understood; otherwise they go as <c>system</c>.</summary>
    public bool DeveloperRole { get; init; }

    /// <summary>Whether instructions (<c>system</c>, <c>developer</c>) may stand between messages; otherwise later ones become user messages.</summary>
    public bool SystemAnywhere { get; init; } = true;

    /// <summary>Whether a chat tool message may hold images; otherwise they follow in a user message.</summary>
    public bool ImagesInToolResults { get; init; }

    /// <summary>Whether the provider counts tokens itself (<c>count_tokens</c>, <c>input_tokens</c>).</summary>
    public bool TokenCounter { get; init; }

    /// <summary>Whether the provider runs code itself when asked by its own tool (<c>code_interpreter</c>).</summary>
    public bool CodeExecution { get; init; }

    /// <summary>Whether the provider connects to MCP servers that a request names (<c>mcp_servers</c>, tools of type <c>mcp</c>).</summary>
    public bool Mcp { get; init; }

    /// <summary>
    /// Whether a summary of the thoughts may be asked for (<c>reasoning.summary</c>). OpenAI refuses that to organisations which were not verified: they say
    /// so in their configuration.
    /// </summary>
    public bool ReasoningSummary { get; init; } = true;

    /// <summary>Whether the provider searches the web itself when asked by its own tool.</summary>
    public bool WebSearch { get; init; }
}
