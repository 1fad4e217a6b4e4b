namespace Gatehouse.Dialects.Translation.ChatToAnthropic;

/// <summary>What a chat client's request and its answer may lose on an Anthropic upstream.</summary>
internal static class ChatToAnthropicLosses
{
    public static readonly Loss Temperature = new("temperature", "Anthropic's scale ends at 1, and thinking models take none: a higher one becomes 1, or it is left out.");
    public static readonly Loss TopP = new("top_p", "Left out where the model refuses it, where it thinks, and beside a temperature.");
    public static readonly Loss TopK = new("top_k", "Left out where the model refuses it, and where it thinks.");
    public static readonly Loss Stop = new("stop", "Stop strings of white space alone, and those beyond what the model takes, are left out.");
    public static readonly Loss MaxTokens = new("max_tokens", "Lowered to the most that the model puts out.");
    public static readonly Loss Seed = new("seed", "Anthropic has none.");
    public static readonly Loss FrequencyPenalty = new("frequency_penalty", "Anthropic has none.");
    public static readonly Loss PresencePenalty = new("presence_penalty", "Anthropic has none.");
    public static readonly Loss LogitBias = new("logit_bias", "Anthropic has none.");
    public static readonly Loss Logprobs = new("logprobs", "Anthropic tells none: the answer comes without.");
    public static readonly Loss ServiceTier = new("service_tier", "Tiers other than auto and default: priority asks for auto, the others are left out.");
    public static readonly Loss Metadata = new("metadata", "Anthropic keeps none but the user's id.");
    public static readonly Loss User = new("user", "Only one id of at most 256 bytes is carried: safety_identifier before user.");
    public static readonly Loss Store = new("store", "Anthropic stores no answers.");
    public static readonly Loss Prediction = new("prediction", "Anthropic takes none: the answer comes at usual speed.");
    public static readonly Loss Moderation = new("moderation", "Anthropic has none that could be asked for.");
    public static readonly Loss Verbosity = new("verbosity", "Anthropic has no field for it.");
    public static readonly Loss Audio = new("audio", "The voice is left out: no audio comes back.");
    public static readonly Loss PromptCacheKey = new("prompt_cache_key", "Anthropic finds cached prefixes by their bytes and needs no key.");
    public static readonly Loss CacheTtl = new("prompt_cache.ttl", "Anthropic keeps a prefix for five minutes or an hour: longer ones become an hour at a breakpoint, and are left out elsewhere.");
    public static readonly Loss Unknown = new("unknown", "Fields that this edge doesn't know are left out.");
    public static readonly Loss ResponseFormat = new("response_format", "The format goes as a tool that must be called, and whose input is the answer's text.");
    public static readonly Loss Effort = new("reasoning_effort", "Another effort than the one wished for, or none, is what the model takes.");
    public static readonly Loss Thinking = new("thinking", "The model doesn't think this time: a tool must be called, its earlier thinking is gone, or the output limit leaves no room.");
    public static readonly Loss ThinkingState = new("thinking.state", "What the model thought before earlier calls is not remembered any more, and left out.");
    public static readonly Loss ReasoningContent = new("messages.reasoning_content", "Thinking text without its signature can't be given back, and is left out.");
    public static readonly Loss CacheMarkers = new("cache_control", "Left out: this provider takes no cache markers.");
    public static readonly Loss Tools = new("tools", "Left out: the model calls none.");
    public static readonly Loss Strict = new("tools.strict", "Left out: the model's arguments are not held to the schema.");
    public static readonly Loss CustomTools = new("tools.custom", "A free-form tool goes as a function with one string argument; its grammar is told in words, and not enforced.");
    public static readonly Loss Schema = new("tools.schema", "Keywords that the host refuses are taken out of the schema.");
    public static readonly Loss CalledTools = new("tools.missing", "The history calls tools that the request doesn't name: they are named without a schema, and can't be called.");
    public static readonly Loss AllowedTools = new("tool_choice.allowed_tools", "The other tools are left out of this request, which costs the cached prefix.");
    public static readonly Loss ParallelToolCalls = new("parallel_tool_calls", "The model can't be told to call one tool at a time.");
    public static readonly Loss WebSearch = new("web_search_options", "Left out: this provider searches nothing itself.");
    public static readonly Loss WebSearchSize = new("web_search_options.search_context_size", "Anthropic chooses itself how much of a page it reads.");
    public static readonly Loss MessageName = new("messages.name", "Anthropic's messages carry no name of a participant.");
    public static readonly Loss MessageAudio = new("messages.audio", "An earlier spoken answer is known to OpenAI alone.");
    public static readonly Loss MessageAnnotations = new("messages.annotations", "The sources of earlier answers are left out; their text is there.");
    public static readonly Loss LateSystem = new("messages.system", "A system message behind others keeps its place, as a reminder in the user's turn.");
    public static readonly Loss FirstMessage = new("messages.first", "A conversation must begin with the user: a user's message saying that it begins is put first.");
    public static readonly Loss LastMessage = new("messages.last", "A conversation that ends with the model's turn gets a user's message that asks it to go on.");
    public static readonly Loss MissingResult = new("messages.tool_result_missing", "A call without a result gets one that says so, as an error.");
    public static readonly Loss LooseResult = new("messages.tool_result_loose", "A result whose call is gone goes as text in the user's turn.");
    public static readonly Loss Arguments = new("messages.arguments", "Arguments that are no JSON object go as text in the member 'arguments'.");
    public static readonly Loss Image = new("messages.image", "The model sees no images: a line of text says that one was left out.");
    public static readonly Loss ImageDetail = new("messages.image_detail", "Anthropic looks at every image alike.");
    public static readonly Loss Document = new("messages.file", "The model reads no documents: a line of text says that one was left out.");
    public static readonly Loss ServerTools = new("answer.server_tools", "What the provider's own tools did, and what they found, is not shown.");
    public static readonly Loss FormatText = new("answer.format_text", "Text beside the answer in the format asked for is left out.");
    public static readonly Loss ThinkingKept = new("answer.thinking_state", "The signature of thinking before an answer without calls is not kept: the next turn does without.");
    public static readonly Loss Citations = new("answer.citations", "Places in the client's own documents can't be told in a chat answer.");
    public static readonly Loss StopSequence = new("answer.stop_sequence", "The answer ends with stop, without the stop string that was met.");
    public static readonly Loss StopDetails = new("answer.stop_details", "Of a refusal the explanation is told, not its category.");
    public static readonly Loss PauseTurn = new("answer.pause_turn", "The provider paused a long turn: the answer ends with stop, and can't be taken up where it paused.");
    public static readonly Loss Malformed = new("answer.malformed", "Pieces of blocks that never began, and events that nobody knows, are left out.");
    public static readonly Loss SecondCall = new("answer.function_call", "A client that knows only function_call gets the first call of a turn.");

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Loss> All { get; } =
    [
        Temperature, TopP, TopK, Stop, MaxTokens, Seed, FrequencyPenalty, PresencePenalty, LogitBias, Logprobs, ServiceTier, Metadata, User, Store, Prediction, Moderation,
        Verbosity, ResponseFormat, Effort, Thinking, ThinkingState, ReasoningContent, CacheMarkers, Schema, CalledTools, LastMessage, FormatText, ThinkingKept, Audio, PromptCacheKey, CacheTtl, Unknown, Tools, Strict, CustomTools, AllowedTools, ParallelToolCalls, WebSearch, WebSearchSize, MessageName, MessageAudio,
        MessageAnnotations, LateSystem, FirstMessage, MissingResult, LooseResult, Arguments, Image, ImageDetail, Document, ServerTools, Citations, StopSequence, StopDetails, PauseTurn,
        Malformed, SecondCall,
    ];
}
