namespace Gatehouse.Dialects.Translation.Anthropic;

/// <summary>What both edges of Messages clients may lose, each once, so that the same thing has the same id everywhere.</summary>
internal static class MessagesLosses
{
    // Fields.
    public static readonly Loss UnknownField = new("unknown_field", "A field of the request that this gateway does not know is left out.");
    public static readonly Loss CacheControl = new(
        "cache_control",
        "Cache markers are left out where neither they nor a cache key can be sent; the provider may cache by itself.");
    public static readonly Loss MaxTokens = new("max_tokens", "Changed to the most that the model puts out, or the least that the provider takes.");
    public static readonly Loss Temperature = new("temperature", "Left out: the model takes none.");
    public static readonly Loss TopP = new("top_p", "Left out: the model takes none.");
    public static readonly Loss TopK = new("top_k", "Left out: the dialect or the model takes none.");
    public static readonly Loss StopSequences = new(
        "stop_sequences",
        "Stop strings beyond those that can be sent are looked for in the answer's text, which ends there; the model may "
        + "have written on.");
    public static readonly Loss StopSequenceValue = new(
        "stop_sequence.value",
        "The provider does not say whether a stop string ended the answer, nor which: an ordinary end is reported.");
    public static readonly Loss UserId = new(
        "metadata.user_id",
        "Replaced by its hash where the provider takes at most 64 characters, and left out where it takes none.");
    public static readonly Loss ServiceTier = new("service_tier", "Left out: there is no counterpart.");
    public static readonly Loss McpServers = new("mcp_servers", "Left out: the provider connects to no MCP servers.");

    // Thinking.
    public static readonly Loss Thinking = new("thinking", "Left out: this model can't be told how hard to think.");
    public static readonly Loss Budget = new("thinking.budget_tokens", "The number of tokens becomes the nearest effort word.");
    public static readonly Loss ThinkingDisabled = new(
        "thinking.disabled",
        "The model can't be kept from thinking: the least effort is asked for.");
    public static readonly Loss BetweenTools = new(
        "thinking.between_tools",
        "The model can't be kept to thinking between tools: it thinks when it likes.");
    public static readonly Loss ThinkingDisplay = new(
        "thinking.display",
        "Thinking is shown as the provider gives it, in place of the updates asked for.");
    public static readonly Loss BlockBinding = new(
        "thinking.block_binding",
        "Left out: thinking blocks are bound to the provider that issued them.");
    public static readonly Loss Effort = new("output_config.effort", "Replaced by the nearest effort that the model takes.");
    public static readonly Loss TaskBudget = new("output_config.task_budget", "Left out: there is no budget over several calls.");
    public static readonly Loss Format = new(
        "output_config.format",
        "The model can't be held to a schema: a forced tool stands in for it.");
    public static readonly Loss FormatStrict = new(
        "output_config.format.strict",
        "The provider takes no such schema strictly: the model is shown it, but not held to it.");
    public static readonly Loss FormatSchema = new(
        "output_config.format.schema",
        "Keywords that the provider refuses are taken out of the schema.");
    public static readonly Loss Signature = new(
        "thinking.signature",
        "State that this provider, model or account did not issue is left out.");
    public static readonly Loss Redacted = new("redacted_thinking", "Left out: only the provider that issued it can read it.");

    // Messages.
    public static readonly Loss Prefill = new(
        "messages.prefill",
        "A last message of the assistant's is sent as it is, but most models answer it in place of going on from its last "
        + "word.");
    public static readonly Loss SystemPlace = new(
        "messages.system",
        "Instructions between messages become a user message: the model takes them at the beginning only.");
    public static readonly Loss UnknownBlock = new(
        "content.unknown",
        "A content block of a kind that this gateway does not know is left out.");
    public static readonly Loss Images = new("images", "The model sees no images: a note stands in their place.");
    public static readonly Loss Documents = new("documents", "The model reads no documents: a note stands in their place.");
    public static readonly Loss DocumentUrl = new(
        "documents.url",
        "The dialect takes no documents by their address: the address stands as text.");
    public static readonly Loss DocumentCitations = new("documents.citations", "The model can't be told to cite documents.");
    public static readonly Loss Citations = new("citations", "Citations of earlier answers are left out; their text stays.");
    public static readonly Loss SearchResult = new("search_result", "Becomes text with its title and source.");
    public static readonly Loss ContainerUpload = new("container_upload", "Left out: the file lies with Anthropic.");
    public static readonly Loss ServerTools = new(
        "server_tool_use",
        "Calls and results of tools that another provider ran are left out of the history.");
    public static readonly Loss Compaction = new(
        "compaction",
        "A summary made by Anthropic is sent as text where it can be read, and left out where it is sealed.");
    public static readonly Loss Fallback = new("fallback", "The mark of a change of models is left out.");
    public static readonly Loss ImageTransformations = new("image.transformations", "Left out: the image is sent as it is.");
    public static readonly Loss IsError = new(
        "tool_result.is_error",
        "The dialect has no mark for failed calls: their text begins with \"Error: \".");
    public static readonly Loss OrphanResult = new("tool_result.orphan", "A result whose call is not in the turn before it becomes text.");
    public static readonly Loss OrphanCall = new("tool_use.orphan", "A call without a result gets one that says so.");
    public static readonly Loss ToolReference = new("tool_reference", "Becomes a line of text; the tool that it names is sent.");
    public static readonly Loss BrowserState = new("browser_state", "Left out: the state of a browser that the provider does not know.");

    // Tools.
    public static readonly Loss ToolSchema = new("tools.input_schema", "Keywords that the provider refuses are taken out of the schema.");
    public static readonly Loss Strict = new(
        "tools.strict",
        "Left out: the provider does not hold calls to their schema, or takes no such schema strictly.");
    public static readonly Loss InputExamples = new("tools.input_examples", "Left out: tools have no examples.");
    public static readonly Loss EagerInput = new("tools.eager_input_streaming", "Left out: the provider streams input as it does.");
    public static readonly Loss AllowedCallers = new("tools.allowed_callers", "Left out: the model calls the tool itself.");
    public static readonly Loss DeferLoading = new("tools.defer_loading", "The provider can't search tools: all of them are sent.");
    public static readonly Loss ToolSearch = new("tools.tool_search", "Left out: all tools are sent.");
    public static readonly Loss AnthropicTool = new(
        "tools.anthropic_schema",
        "A tool that Anthropic's models know by name is sent as a function with its schema written out.");
    public static readonly Loss ComputerUse = new(
        "tools.computer_use",
        "Computer and browser tools are left out: other models don't know them.");
    public static readonly Loss WebSearch = new("tools.web_search", "Left out: the provider does not search the web.");
    public static readonly Loss WebSearchOptions = new(
        "tools.web_search.options",
        "Options of web search that the provider has no counterpart for are left out.");
    public static readonly Loss WebFetch = new("tools.web_fetch", "Left out: the provider does not fetch pages.");
    public static readonly Loss CodeExecution = new("tools.code_execution", "Left out: the provider runs no code.");
    public static readonly Loss Advisor = new("tools.advisor", "Left out: the advisor is a model of Anthropic's.");
    public static readonly Loss McpToolset = new("tools.mcp_toolset", "Left out with its server.");
    public static readonly Loss UnknownTool = new("tools.unknown", "A tool of a kind that this gateway does not know is left out.");
    public static readonly Loss ParallelTools = new(
        "tool_choice.disable_parallel_tool_use",
        "Left out: the provider can't be told how many tools to call at once.");
    public static readonly Loss ToolChoice = new("tool_choice", "The tool asked for was left out: the model chooses itself.");

    // Answers.
    public static readonly Loss UnknownPart = new("answer.unknown", "A part of the answer that this gateway does not know is left out.");
    public static readonly Loss ToolInput = new(
        "tool_use.input",
        "The model wrote arguments that are no JSON object: passed on as they are, in a document as the member "
        + "_raw_arguments.");
    public static readonly Loss HiddenThinking = new(
        "answer.thinking",
        "The model thought although the client did not ask for thinking: not shown.");
    public static readonly Loss Annotation = new("answer.annotations", "Annotations other than citations of pages are left out.");
    public static readonly Loss CitedText = new("answer.citations.cited_text", "Citations of pages come without the text cited.");
    public static readonly Loss Audio = new("answer.audio", "Spoken output is left out; its transcript stands as text.");
    public static readonly Loss EstimatedUsage = new(
        "usage",
        "The provider reported no usage, or the answer was ended before it did: figures are estimated.");

    /// <summary>Top-level fields that are left out for want of any counterpart, by name.</summary>
    public static readonly (byte[] Name, Loss Loss)[] Fields =
    [
        .. new (string Name, string What)[]
        {
            ("billing_policy", "Left out: Anthropic's billing."),
            ("betas", "Left out: Anthropic's trial features."),
            ("compaction", "Left out: the provider does not shorten conversations."),
            ("container", "Left out: the container and its skills lie with Anthropic."),
            ("context_management", "Left out: the provider does not edit the conversation; it gets all of it."),
            ("diagnostics", "Left out: Anthropic's cache diagnostics."),
            ("fallback_credit_token", "Left out: Anthropic's billing."),
            ("fallbacks", "Left out: other models are tried by the gateway's own routes."),
            ("inference_geo", "Left out: the provider can't be told where to run the model."),
            ("speed", "Left out: there is no counterpart."),
            ("user_profile_id", "Left out: a profile at Anthropic."),
            ("workspace_id", "Left out: a workspace at Anthropic."),
        }.Select(static field => (System.Text.Encoding.UTF8.GetBytes(field.Name), field.Name == "compaction" ? Compaction : new Loss(field.Name, field.What))),
        ("cache_control"u8.ToArray(), CacheControl),
    ];

    /// <summary>Those that any edge of Messages clients may meet.</summary>
    public static IReadOnlyList<Loss> Shared { get; } =
    [
        .. Fields.Select(static field => field.Loss),
        UnknownField, McpServers, MaxTokens, Temperature, TopP, TopK, StopSequences, UserId, ServiceTier,
        Thinking, Budget, ThinkingDisabled, BetweenTools, ThinkingDisplay, BlockBinding, Effort, TaskBudget, Format, FormatStrict, FormatSchema, Signature,
        Prefill, UnknownBlock, Images, Documents, DocumentUrl, DocumentCitations, Citations, SearchResult, ContainerUpload, ServerTools, Fallback, ImageTransformations,
        IsError, OrphanResult, OrphanCall, ToolReference, BrowserState,
        ToolSchema, Strict, InputExamples, EagerInput, AllowedCallers, DeferLoading, ToolSearch, AnthropicTool, ComputerUse, WebSearch, WebSearchOptions, WebFetch, CodeExecution, McpToolset, Advisor,
        UnknownTool, ParallelTools, ToolChoice,
        UnknownPart, ToolInput, Annotation, CitedText, HiddenThinking, EstimatedUsage,
    ];
}
