using Gatehouse.Dialects.Translation.Chat;

namespace Gatehouse.Dialects.Translation.ChatToAnthropic;

/// <summary>What a chat client's request and its answer may lose on an Anthropic upstream, beside what they lose on any.</summary>
internal static class ChatToAnthropicLosses
{
    public static readonly Loss Stop = new("stop", "Stop strings of white space alone, and those beyond what the model takes, are left out.");
    public static readonly Loss ServiceTier = new("service_tier", "Tiers other than auto and default: priority asks for auto, the others are left out.");
    public static readonly Loss Metadata = new("metadata", "Anthropic keeps none but the user's id.");
    public static readonly Loss User = new("user", "Only one id of at most 256 bytes is carried: safety_identifier before user.");
    public static readonly Loss Store = new("store", "Anthropic stores no answers.");
    public static readonly Loss Moderation = new("moderation", "Anthropic has none that could be asked for.");
    public static readonly Loss Verbosity = new("verbosity", "Anthropic has no field for it.");
    public static readonly Loss CacheTtl = new("prompt_cache.ttl", "Anthropic keeps a prefix for five minutes or an hour: longer ones become an hour at a breakpoint, and are left out elsewhere.");
    public static readonly Loss Thinking = new("thinking", "The model doesn't think this time: a tool must be called, its earlier thinking is gone, or the output limit leaves no room.");
    public static readonly Loss CalledTools = new("tools.missing", "The history calls tools that the request doesn't name: they are named without a schema, and can't be called.");
    public static readonly Loss AllowedTools = new("tool_choice.allowed_tools", "The other tools are left out of this request, which costs the cached prefix.");
    public static readonly Loss WebSearchSize = new("web_search_options.search_context_size", "Anthropic chooses itself how much of a page it reads.");
    public static readonly Loss LateSystem = new("messages.system", "A system message behind others keeps its place, as a reminder in the user's turn.");
    public static readonly Loss FirstMessage = new("messages.first", "A conversation must begin with the user: a user's message that says so is put first.");
    public static readonly Loss LastMessage = new("messages.last", "A conversation that ends with the model's turn gets a user's message that asks it to go on.");
    public static readonly Loss Arguments = new("messages.arguments", "Arguments that are no JSON object go as text in the member 'arguments'.");
    public static readonly Loss ImageDetail = new("messages.image_detail", "Anthropic looks at every image alike.");
    public static readonly Loss ThinkingKept = new("answer.thinking_state", "The signature of thinking before an answer without calls is not kept: the next turn does without.");
    public static readonly Loss StopSequence = new("answer.stop_sequence", "The answer ends with stop, without the stop string that was met.");
    public static readonly Loss StopDetails = new("answer.stop_details", "Of a refusal the explanation is told, not its category.");
    public static readonly Loss PauseTurn = new("answer.pause_turn", "The provider paused a long turn: the answer ends with stop, and can't be taken up where it paused.");

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Loss> All { get; } =
    [
        .. ChatLosses.All, Stop, ServiceTier, Metadata, User, Store, Moderation, Verbosity, CacheTtl, Thinking, CalledTools, AllowedTools, WebSearchSize, LateSystem, FirstMessage,
        LastMessage, Arguments, ImageDetail, ThinkingKept, StopSequence, StopDetails, PauseTurn,
    ];
}
