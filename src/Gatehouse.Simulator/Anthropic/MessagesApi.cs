using System.Text.Json.Nodes;
using Gatehouse.Simulator.Metering;
using Gatehouse.Simulator.Scenarios;
using Gatehouse.Simulator.Server;
using Gatehouse.Simulator.Wire;

namespace Gatehouse.Simulator.Anthropic;

/// <summary>Answers <c>/v1/messages</c> and <c>/v1/messages/count_tokens</c>.</summary>
internal static class MessagesApi
{
    /// <summary>Answers a message request, whole or as a stream.</summary>
    public static Reply Create(Call call, Backstage stage, string requestId)
    {
        if (MessagesCheck.Check(call, stage.Seals, counting: false) is { } error) return new ErrorReply(error);
        var talk = MessagesConversation.Read(call.Body);
        var show = Performance.Plan("anthropic", call, stage, talk);
        var answer = show.Answer;
        var use = show.Report(AnthropicMeter.Count(call.Body, call.Key, stage.Cache, answer));
        var body = new MessagesBody(
            answer, use, call.Model, WireId.Anthropic("msg"), stage.Seals, call.Body.Get("thinking")?.Text("display") == "omitted");
        if (call.Stream)
        {
            return show.Dress(new StreamReply(MessagesStream.Events(body), answer.Pause, e => MessagesStream.Failure(e, requestId)));
        }
        return show.Dress(new JsonReply(200, Json.Compact(body.Whole()))
        {
            FirstByteDelay = answer.Pause,
            FailedBody = Json.Compact(AnthropicErrors.Envelope(AnthropicErrors.ForStatus(529), requestId)),
        });
    }

    /// <summary>Tells the tokens of a request; the figure that <see cref="Create"/> would report as its whole input.</summary>
    public static Reply CountTokens(Call call, Backstage stage)
    {
        if (MessagesCheck.Check(call, stage.Seals, counting: true) is { } error) return new ErrorReply(error);
        return new JsonReply(200, Json.Compact(new JsonObject { ["input_tokens"] = AnthropicMeter.CountInput(call.Body) }));
    }
}
