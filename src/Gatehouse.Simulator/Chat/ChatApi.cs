using System.Text.Json;
using Gatehouse.Simulator.Metering;
using Gatehouse.Simulator.OpenAi;
using Gatehouse.Simulator.Scenarios;
using Gatehouse.Simulator.Server;
using Gatehouse.Simulator.Wire;

namespace Gatehouse.Simulator.Chat;

/// <summary>Answers <c>/v1/chat/completions</c>.</summary>
internal static class ChatApi
{
    /// <summary>Answers a completion request, whole or as a stream.</summary>
    public static Reply Create(Call call, Backstage stage)
    {
        var form = ChatThought.FormOf(call.Model);
        if ((ChatCheck.Check(call.Body) ?? ChatThought.Check(form, [.. call.Body.Items("messages")], stage.Seals)) is { } error) return new ErrorReply(error);
        var talk = ChatConversation.Read(call.Body, form);
        var show = Performance.Plan("openai-chat", call, stage, talk);
        var answer = show.Answer;
        var use = show.Report(OpenAiMeter.Count(Pieces(call.Body), call.Key, stage.Cache, answer));
        var body = new ChatBody(answer, use, call.Model, stage.Time.GetUtcNow().ToUnixTimeSeconds(), (int)(call.Body.Number("n") ?? 1), form, stage.Seals);
        if (call.Stream)
        {
            var includeUsage = call.Body.Get("stream_options")?.IsTrue("include_usage") == true;
            return show.Dress(new StreamReply(ChatStream.Events(body, includeUsage), answer.Pause, ChatStream.Failure));
        }
        return show.Dress(new JsonReply(200, Json.Indented(body.Whole()))
        {
            FirstByteDelay = answer.Pause,
            FailedBody = Json.Indented(OpenAiErrors.Envelope(OpenAiErrors.ForStatus(500))),
        });
    }

    private static IEnumerable<string> Pieces(JsonElement root) =>
        root.Items("tools").Concat(root.Items("messages")).Select(e => e.GetRawText());
}
