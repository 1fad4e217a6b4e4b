namespace Gatehouse.Dialects.Translation.ChatToAnthropic;

/// <summary>The edge for clients of Chat Completions on upstreams that speak Anthropic Messages: any OpenAI SDK on Claude.</summary>
internal sealed class ChatToAnthropicEdge : Edge
{
    /// <inheritdoc/>
    public override Dialect Client => Dialect.OpenAiChat;

    /// <inheritdoc/>
    public override Dialect Upstream => Dialect.Anthropic;

    /// <inheritdoc/>
    public override IReadOnlyList<Loss> Losses => ChatToAnthropicLosses.All;

    /// <inheritdoc/>
    public override EdgeRequest Translate(ReadOnlySpan<byte> body, EdgeContext context)
    {
        var request = new ChatToAnthropicRequest(context);
        request.Write(body);
        return request;
    }
}
