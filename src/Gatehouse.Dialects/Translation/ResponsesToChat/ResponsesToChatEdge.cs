using Gatehouse.Dialects.Translation.Responses;

namespace Gatehouse.Dialects.Translation.ResponsesToChat;

/// <summary>Clients of the Responses API (Codex, OpenAI's libraries) on upstreams that speak Chat Completions.</summary>
internal sealed class ResponsesToChatEdge : Edge
{
    /// <inheritdoc/>
    public override Dialect Client => Dialect.OpenAiResponses;

    /// <inheritdoc/>
    public override Dialect Upstream => Dialect.OpenAiChat;

    /// <inheritdoc/>
    public override IReadOnlyList<Loss> Losses => ResponsesToChatLosses.All;

    /// <inheritdoc/>
    public override EdgeRequest Translate(ReadOnlySpan<byte> body, EdgeContext context)
    {
        var attempt = new ResponsesToChatRequest(context);
        RequestMap.Write(body, attempt);
        attempt.Close();
        return attempt;
    }
}

/// <summary>One attempt of this edge.</summary>
internal sealed class ResponsesToChatRequest(EdgeContext context) : ResponsesEdgeRequest(context)
{
    /// <inheritdoc/>
    private protected override StreamMap MakeAnswer(EventWriter events)
    {
        Stream = new ResponsesStream(Context, Echo, events);
        return new AnswerMap(this, Stream);
    }
}
