namespace Gatehouse.Dialects.Translation.Chat;

/// <summary>What a chat client's request and answer lose on every upstream of another dialect.</summary>
internal static class ChatLosses
{
    public static readonly Loss Unknown = new("unknown", "Fields that this edge doesn't know are left out.");
    public static readonly Loss Strict = new("tools.strict", "Left out: the model's arguments are not held to the schema.");
    public static readonly Loss CustomTools = new("tools.custom", "A free-form tool goes as a function with one string argument; its grammar is told in words, and not enforced.");
    public static readonly Loss Schema = new("tools.schema", "Keywords that the host refuses are taken out of the schema.");
    public static readonly Loss ParallelToolCalls = new("parallel_tool_calls", "The model can't be told to call one tool at a time.");
    public static readonly Loss ResponseFormat = new("response_format", "The format goes as a tool that must be called, and whose input is the answer's text.");
    public static readonly Loss Effort = new("reasoning_effort", "Another effort than the one wished for, or none, is what the model takes.");
    public static readonly Loss ThinkingState = new("thinking.state", "What the model thought before earlier calls is not remembered any more, and left out.");
    public static readonly Loss ReasoningContent = new("messages.reasoning_content", "Thinking text without its signature can't be given back, and is left out.");
    public static readonly Loss ReasoningDetails = new("messages.reasoning_details", "Reasoning details of another provider, model or account are left out.");
    public static readonly Loss MessageName = new("messages.name", "The other dialect's messages carry no name of a participant.");
    public static readonly Loss MessageAudio = new("messages.audio", "An earlier spoken answer is known to OpenAI alone.");
    public static readonly Loss MessageAnnotations = new("messages.annotations", "The sources of earlier answers are left out; their text is there.");
    public static readonly Loss MissingResult = new("messages.tool_result_missing", "A call without a result gets one that says so.");
    public static readonly Loss LooseResult = new("messages.tool_result_loose", "A result whose call is gone goes as text in the user's turn.");
    public static readonly Loss Image = new("messages.image", "The model sees no images: a line of text says that one was left out.");
    public static readonly Loss Document = new("messages.file", "The model reads no documents: a line of text says that one was left out.");
    public static readonly Loss CacheMarkers = new("cache_control", "Left out: this provider takes no cache markers.");
    public static readonly Loss MaxTokens = new("max_tokens", "Changed to the most that the model puts out, or the least that the provider takes.");
    public static readonly Loss Temperature = new("temperature", "Left out where the model takes none; a value beyond the provider's scale becomes its end.");
    public static readonly Loss TopP = new("top_p", "Left out where the model refuses it, where it thinks, and beside a temperature that Anthropic gets.");
    public static readonly Loss TopK = new("top_k", "Left out where there is none, where the model refuses it, and where it thinks.");
    public static readonly Loss Seed = new("seed", "The provider's dialect has none.");
    public static readonly Loss FrequencyPenalty = new("frequency_penalty", "The provider's dialect has none.");
    public static readonly Loss PresencePenalty = new("presence_penalty", "The provider's dialect has none.");
    public static readonly Loss LogitBias = new("logit_bias", "The provider's dialect has none.");
    public static readonly Loss Logprobs = new("logprobs", "The answer comes without.");
    public static readonly Loss Prediction = new("prediction", "The provider's dialect takes none: the answer comes at usual speed.");
    public static readonly Loss Audio = new("audio", "The voice is left out: no audio comes back.");
    public static readonly Loss PromptCacheKey = new("prompt_cache_key", "Left out: the provider finds cached prefixes by their bytes.");
    public static readonly Loss WebSearch = new("web_search_options", "Left out: this provider searches nothing itself.");
    public static readonly Loss ServerTools = new("answer.server_tools", "What the provider's own tools did, and what they found, is not shown.");
    public static readonly Loss Citations = new("answer.citations", "Sources that are no web pages can't be told in a chat answer.");
    public static readonly Loss FormatText = new("answer.format_text", "Text beside the answer in the format asked for is left out.");
    public static readonly Loss Malformed = new("answer.malformed", "Pieces of what never began, and events that nobody knows, are left out.");
    public static readonly Loss SecondCall = new("answer.function_call", "A client that knows only function_call gets the first call of a turn.");

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Loss> All { get; } =
    [
        Unknown, Strict, CustomTools, Schema, ParallelToolCalls, ResponseFormat, Effort, ThinkingState, ReasoningContent, ReasoningDetails, MessageName, MessageAudio, MessageAnnotations,
        MissingResult, LooseResult, Image, Document, CacheMarkers, MaxTokens, Temperature, TopP, TopK, Seed, FrequencyPenalty, PresencePenalty, LogitBias, Logprobs,
        Prediction, Audio, PromptCacheKey, WebSearch, ServerTools, Citations, FormatText, Malformed, SecondCall,
    ];
}
