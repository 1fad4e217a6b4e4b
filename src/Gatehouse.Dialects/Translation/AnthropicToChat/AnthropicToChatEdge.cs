namespace Gatehouse.Dialects.Translation.AnthropicToChat;

/// <summary>Clients of Anthropic Messages, such as Claude Code, on upstreams that speak Chat Completions. Its page is docs/dialects/anthropic-to-chat.md.</summary>
internal sealed class AnthropicToChatEdge : Edge
{
    /// <inheritdoc/>
    public override Dialect Client => Dialect.Anthropic;

    /// <inheritdoc/>
    public override Dialect Upstream => Dialect.OpenAiChat;

    /// <inheritdoc/>
    public override IReadOnlyList<Loss> Losses => AnthropicToChatLosses.All;

    /// <inheritdoc/>
    public override EdgeRequest Translate(ReadOnlySpan<byte> body, EdgeContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var request = new ChatAttempt(context);
        request.Write(body);
        return request;
    }
}
