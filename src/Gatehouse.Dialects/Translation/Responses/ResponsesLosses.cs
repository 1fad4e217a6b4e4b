namespace Gatehouse.Dialects.Translation.Responses;

/// <summary>What requests of Responses clients lose on every other dialect.</summary>
internal static class ResponsesLosses
{
    public static readonly Loss UnknownField = new("unknown_field", "A field that nobody knows is left out.");
    public static readonly Loss StreamOptions = new("stream_options", "Streams are not padded against traffic analysis.");
    public static readonly Loss ClientMetadata = new("client_metadata", "Codex's notes about the session stay with the gateway.");
    public static readonly Loss CacheRetention = new("prompt_cache_retention", "How long the prompt cache is kept is left to the provider.");
    public static readonly Loss ContextManagement = new("context_management", "The provider does not compact the conversation by itself.");
    public static readonly Loss Moderation = new("moderation", "The provider does not moderate on request.");
    public static readonly Loss AccessPrograms = new("access_programs", "OpenAI's access programs mean nothing elsewhere.");
    public static readonly Loss Image = new("image", "Images are not compressed in the context.");
    public static readonly Loss Verbosity = new("text.verbosity", "The model is not told how wordy to be.");
    public static readonly Loss Include = new("include", "The answer does not hold the extra parts asked for (search results, log probabilities, images).");
    public static readonly Loss Truncation = new("truncation", "An input that is too long is refused by the provider instead of being cut.");
    public static readonly Loss MaxToolCalls = new("max_tool_calls", "The number of the provider's own tool calls is not limited.");
    public static readonly Loss ReasoningContext = new("reasoning.context", "How much earlier reasoning the model is shown, and a pro mode, can't be chosen.");
    public static readonly Loss Effort = new("reasoning.effort", "The nearest effort that the model takes stands in for the one asked for.");
    public static readonly Loss ForeignReasoning = new("input.reasoning", "Reasoning that another provider, model or account issued is left out of the history.");
    public static readonly Loss LateSystem = new("input.system", "A developer's message in the middle of the conversation is told as a marked part of the user's.");
    public static readonly Loss OrphanOutput = new("input.orphan_output", "A tool's result without its call is told as text.");
    public static readonly Loss OrphanCall = new("input.orphan_call", "A tool call without a result gets one that says so.");
    public static readonly Loss WebSearchCall = new("input.web_search_call", "What an earlier search found, which can not be given back, is not shown again; what the model said about it is.");
    public static readonly Loss HostedItems = new("input.hosted_items", "Calls of OpenAI's own tools (files, computer, images, code, MCP) are left out of the history.");
    public static readonly Loss UnknownItems = new("input.unknown_items", "Items that nobody knows are left out of the history.");
    public static readonly Loss Compaction = new("input.compaction", "A compaction that somebody else made can't be read, and is left out.");
    public static readonly Loss UnknownContent = new("input.content", "Parts of a message that nobody knows are left out.");
    public static readonly Loss Annotations = new("input.annotations", "Citations in the model's earlier messages are left out of the history.");
    public static readonly Loss Phase = new("input.phase", "Whether an earlier message was commentary or the final answer is not told.");
    public static readonly Loss Images = new("input.images", "The model sees no images: a note stands in.");
    public static readonly Loss ImageDetail = new("input.image_detail", "How closely to look at an image is left to the provider.");
    public static readonly Loss Documents = new("input.files", "The model reads no documents: a note stands in.");
    public static readonly Loss HostedTools = new("tools.hosted", "OpenAI's own tools (files, computer, images, code, MCP, programs) are left out.");
    public static readonly Loss UnknownTools = new("tools.unknown", "Tools of a kind that nobody knows are left out.");
    public static readonly Loss WebSearchTool = new("tools.web_search", "The provider does not search the web: the tool is left out.");
    public static readonly Loss WebSearchOptions = new("tools.web_search_options", "The provider's search can't be told all that was asked of it: domains, size, or to open no live pages.");
    public static readonly Loss DeferLoading = new("tools.defer_loading", "Tools to be loaded when found are all loaded at once.");
    public static readonly Loss Grammar = new("tools.grammar", "A free-form tool's grammar is told in its description; nothing holds the model to it.");
    public static readonly Loss Strict = new("tools.strict", "The model is not held to a tool's schema.");
    public static readonly Loss Schema = new("tools.schema", "Keywords that the provider refuses are taken out of a tool's schema.");
    public static readonly Loss FormatSchema = new("text.format.schema", "Keywords that the provider refuses are taken out of the output schema.");
    public static readonly Loss OutputSchema = new("tools.output_schema", "A tool's result schema, its callers, its asynchrony and the description of its MCP server are not told.");
    public static readonly Loss AllowedTools = new("tool_choice.allowed_tools", "Tools that are not allowed are left out, which changes the cached prefix.");
    public static readonly Loss ParallelToolCalls = new("parallel_tool_calls", "The model can't be told whether to call several tools at once.");
    public static readonly Loss FormatTool = new("text.format", "A tool that must be called stands in for the output schema.");
    public static readonly Loss Logprobs = new("top_logprobs", "Log probabilities are not told.");
    public static readonly Loss Temperature = new("temperature", "The model does not take this temperature: the nearest one, or none, is sent.");
    public static readonly Loss TopP = new("top_p", "The model does not take top_p, or not together with what else is asked.");
    public static readonly Loss MaxOutput = new("max_output_tokens", "The model puts out less than asked for: its own limit is sent.");
    public static readonly Loss Metadata = new("metadata", "The client's notes are not sent on; the answer repeats them.");
    public static readonly Loss ServiceTier = new("service_tier", "The provider has no such tier.");
    public static readonly Loss CacheKey = new("prompt_cache_key", "The provider has no cache key.");
    public static readonly Loss StreamUnknown = new("stream.unknown", "The provider sent events or blocks that nobody knows.");

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Loss> All { get; } =
    [
        UnknownField, StreamOptions, ClientMetadata, CacheRetention, ContextManagement, Moderation, AccessPrograms, Image, Verbosity, Include, Truncation,
        MaxToolCalls, ReasoningContext, Effort, ForeignReasoning, LateSystem, OrphanOutput, OrphanCall, WebSearchCall, HostedItems, UnknownItems,
        Compaction, UnknownContent, Annotations, Phase, Images, ImageDetail, Documents, HostedTools, UnknownTools, WebSearchTool, WebSearchOptions, DeferLoading, Grammar,
        Strict, Schema, FormatSchema, OutputSchema, AllowedTools, ParallelToolCalls, FormatTool, Logprobs, Temperature, TopP, MaxOutput, Metadata, ServiceTier,
        CacheKey, StreamUnknown,
    ];
}
