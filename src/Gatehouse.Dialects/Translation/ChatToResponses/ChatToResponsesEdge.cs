namespace Gatehouse.Dialects.Translation.ChatToResponses;

/// <summary>The edge for clients of Chat Completions on upstreams that are spoken to in Responses.</summary>
internal sealed class ChatToResponsesEdge : Edge
{
    /// <inheritdoc/>
    public override Dialect Client => Dialect.OpenAiChat;

    /// <inheritdoc/>
    public override Dialect Upstream => Dialect.OpenAiResponses;

    /// <inheritdoc/>
    public override IReadOnlyList<Loss> Losses => ChatToResponsesLosses.All;

    /// <inheritdoc/>
    public override EdgeRequest Translate(ReadOnlySpan<byte> body, EdgeContext context)
    {
        var request = new ChatToResponsesRequest(context);
        request.Write(body);
        return request;
    }
}
