using Gatehouse.Dialects.Translation.Responses;

namespace Gatehouse.Dialects.Translation.ResponsesToAnthropic;

/// <summary>Clients of the Responses API (Codex, OpenAI's libraries) on upstreams of Anthropic's Messages API.</summary>
internal sealed class ResponsesToAnthropicEdge : Edge
{
    /// <inheritdoc/>
    public override Dialect Client => Dialect.OpenAiResponses;

    /// <inheritdoc/>
    public override Dialect Upstream => Dialect.Anthropic;

    /// <inheritdoc/>
    public override IReadOnlyList<Loss> Losses => ResponsesToAnthropicLosses.All;

    /// <inheritdoc/>
    public override EdgeRequest Translate(ReadOnlySpan<byte> body, EdgeContext context)
    {
        var attempt = new ResponsesToAnthropicRequest(context);
        RequestMap.Write(body, attempt);
        attempt.Close();
        return attempt;
    }
}

/// <summary>One attempt of this edge.</summary>
internal sealed class ResponsesToAnthropicRequest(EdgeContext context) : ResponsesEdgeRequest(context)
{
    /// <summary>Notes a beta that the body needs.</summary>
    public void NeedsBeta(string beta) => Headers = [new KeyValuePair<string, string>("anthropic-beta", beta)];

    /// <inheritdoc/>
    private protected override StreamMap MakeAnswer(EventWriter events)
    {
        Stream = new ResponsesStream(Context, Echo, events);
        return new AnswerMap(this, Stream);
    }
}
