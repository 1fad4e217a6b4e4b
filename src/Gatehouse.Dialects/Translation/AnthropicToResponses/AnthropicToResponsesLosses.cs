using Gatehouse.Dialects.Translation.Anthropic;

namespace Gatehouse.Dialects.Translation.AnthropicToResponses;

/// <summary>What this edge may lose.</summary>
internal static class AnthropicToResponsesLosses
{
    public static readonly Loss ReasoningState = new("answer.reasoning.state", "Reasoning that came without encrypted content can't be given back on the next turn.");
    public static readonly Loss Phase = new("answer.phase", "The phase that the provider gives a message is left out.");
    public static readonly Loss PageActions = new("answer.web_search.pages", "Opening a page and searching in it are left out: only searches are shown.");
    public static readonly Loss CodeImages = new("answer.code_execution.images", "Images that code drew are left out: they lie with the provider.");

    public static readonly Loss Summary = new("thinking.summary", "The provider's organisation may not ask for summaries: thinking blocks come without text.");

    public static readonly Loss McpOptions = new("tools.mcp_toolset.options", "Deferred loading of an MCP server's tools, and a pinned list of them, are left out: the provider asks the server.");

    /// <summary>Every one.</summary>
    public static IReadOnlyList<Loss> All { get; } =
    [
        .. MessagesLosses.Shared,
        ReasoningState, Phase, PageActions, CodeImages, Summary, McpOptions,
    ];
}
