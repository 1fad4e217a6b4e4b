namespace Gatehouse.Dialects.Translation.AnthropicToResponses;

/// <summary>Clients of Anthropic Messages, such as Claude Code, on upstreams that speak Responses. Its page is docs/dialects/anthropic-to-responses.md.</summary>
internal sealed class AnthropicToResponsesEdge : Edge
{
    /// <inheritdoc/>
    public override Dialect Client => Dialect.Anthropic;

    /// <inheritdoc/>
    public override Dialect Upstream => Dialect.OpenAiResponses;

    /// <inheritdoc/>
    public override IReadOnlyList<Loss> Losses => AnthropicToResponsesLosses.All;

    /// <inheritdoc/>
    public override EdgeRequest Translate(ReadOnlySpan<byte> body, EdgeContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var request = new ResponsesAttempt(context);
        request.Write(body);
        return request;
    }
}
