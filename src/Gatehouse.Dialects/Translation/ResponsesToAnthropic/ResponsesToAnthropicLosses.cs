using Gatehouse.Dialects.Translation.Responses;

namespace Gatehouse.Dialects.Translation.ResponsesToAnthropic;

/// <summary>What this edge loses beside what every edge of a Responses client does.</summary>
internal static class ResponsesToAnthropicLosses
{
    public static readonly Loss Thinking = new("reasoning", "Thinking is off for this turn: a tool is forced, the limit is too small, or earlier thinking can't be shown again.");
    public static readonly Loss Arguments = new("input.arguments", "Arguments of an earlier call that are no JSON object are wrapped in one.");
    public static readonly Loss NoUser = new("input.no_user", "A conversation that does not begin with the user gets a first word of the user's.");
    public static readonly Loss JsonObject = new("text.format.json_object", "The model is asked for a JSON object in words only.");
    public static readonly Loss LastMessage = new("input.last_message", "A conversation that ends with the model gets a word of the user's to go on.");
    public static readonly Loss CacheTtl = new("prompt_cache_breakpoint.ttl", "A cache breakpoint is kept for an hour at most.");
    public static readonly Loss User = new("user", "Only one id of at most 256 bytes is carried: safety_identifier before user.");
    public static readonly Loss ServerTool = new("stream.server_tool", "Calls of Anthropic's own tools other than searches, code and MCP servers, and calls at which the answer paused, are not told.");
    public static readonly Loss Citations = new("stream.citations", "Citations of documents have no place in the answer: only those of web pages are told.");

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Loss> All { get; } =
        [.. ResponsesLosses.All, Thinking, Arguments, NoUser, JsonObject, LastMessage, CacheTtl, User, ServerTool, Citations];
}
