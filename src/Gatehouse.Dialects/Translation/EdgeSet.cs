namespace Gatehouse.Dialects.Translation;

/// <summary>The edges that exist. A pair that is missing here is refused, never made up from two others.</summary>
public static class EdgeSet
{
    private static readonly Edge[] s_all =
    [
        new AnthropicToChat.AnthropicToChatEdge(),
        new AnthropicToResponses.AnthropicToResponsesEdge(),
        new ChatToAnthropic.ChatToAnthropicEdge(),
        new ChatToResponses.ChatToResponsesEdge(),
        new ResponsesToAnthropic.ResponsesToAnthropicEdge(),
        new ResponsesToChat.ResponsesToChatEdge(),
    ];

    /// <summary>Every edge.</summary>
    public static IReadOnlyList<Edge> All => s_all;

    /// <summary>The edge between two dialects, or null.</summary>
    public static Edge? Find(Dialect client, Dialect upstream)
    {
        foreach (var edge in s_all)
        {
            if (edge.Client == client && edge.Upstream == upstream) return edge;
        }

        return null;
    }
}
