using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gatehouse.Dialects.Errors;
using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation;

namespace Gatehouse.Dialects.Tests.Translation.ChatToAnthropic;

/// <summary>One call of a chat client on an Anthropic upstream, made by hand.</summary>
internal static class ChatCall
{
    private static readonly Edge s_edge = EdgeSet.Find(Dialect.OpenAiChat, Dialect.Anthropic)!;

    /// <summary>The upstream's body, cache marks taken out.</summary>
    public static JsonElement Sent(string messages, string more = "")
    {
        using var request = Translate(messages, more, streams: false);
        request.Refusal.ShouldBeNull();
        return JsonDocument.Parse(Encoding.UTF8.GetString(request.Body.Written).Replace(",\"cache_control\":{\"type\":\"ephemeral\"}", "", StringComparison.Ordinal)).RootElement;
    }

    /// <summary>The content blocks of one of the upstream's messages.</summary>
    public static List<JsonElement> Content(string messages, int index) => [.. Sent(messages).GetProperty("messages")[index].GetProperty("content").EnumerateArray()];

    /// <summary>Why a request is refused.</summary>
    public static DialectError Refused(string messages, string more = "")
    {
        using var request = Translate(messages, more, streams: false);
        request.Body.Length.ShouldBe(0);
        return request.Refusal.ShouldNotBeNull();
    }

    /// <summary>The document of an answer with these blocks.</summary>
    public static JsonElement Answer((string Type, string Content)[] blocks, string reason)
    {
        using var document = new PooledBuffer();
        Feed(AnswerForms.Collector(Dialect.OpenAiChat, document), Encoding.UTF8.GetBytes(Play(blocks, reason, streams: false)));
        return JsonDocument.Parse(document.WrittenMemory.ToArray()).RootElement;
    }

    /// <summary>The stream of an answer with these blocks.</summary>
    public static string Stream((string Type, string Content)[] blocks, string reason) => Play(blocks, reason, streams: true);

    private static string Play((string Type, string Content)[] blocks, string reason, bool streams)
    {
        var content = new JsonArray();
        foreach (var (type, text) in blocks)
        {
            content.Add(type == "text"
                ? new JsonObject { ["type"] = type, ["text"] = text }
                : new JsonObject { ["type"] = type, ["id"] = $"toolu_{content.Count}", ["name"] = "get", ["input"] = "INPUT" });
        }

        var message = new JsonObject
        {
            ["id"] = "msg_1",
            ["type"] = "message",
            ["role"] = "assistant",
            ["model"] = "claude",
            ["content"] = content,
            ["stop_reason"] = reason,
            ["stop_sequence"] = null,
            ["usage"] = new JsonObject { ["input_tokens"] = 3, ["cache_read_input_tokens"] = 40, ["cache_creation_input_tokens"] = 5, ["output_tokens"] = 9 },
        };
        var raw = message.ToJsonString().Replace("\"INPUT\"", blocks.FirstOrDefault(static block => block.Type == "tool_use").Content, StringComparison.Ordinal);
        using var events = new PooledBuffer();
        AnswerForms.TryReplay(Dialect.Anthropic, Encoding.UTF8.GetBytes(raw), events).ShouldBeTrue();
        using var request = Translate("""[{"role":"user","content":"x"}]""", "", streams);
        using var output = new PooledBuffer();
        Feed(request.BeginAnswer(output), events.Written);
        return Encoding.UTF8.GetString(output.Written);
    }

    private static void Feed(StreamMap map, ReadOnlySpan<byte> stream)
    {
        using var feed = new EventFeed(map);
        feed.Read(stream);
        feed.End();
        map.Failure.ShouldBeNull();
    }

    private static EdgeRequest Translate(string messages, string more, bool streams) => s_edge.Translate(
        Encoding.UTF8.GetBytes($$"""{"model":"asked","messages":{{messages}}{{more}}}"""),
        new EdgeContext
        {
            ExchangeId = new Guid("01980000-1111-7222-8333-444455556666"),
            Created = 1_790_000_000,
            ModelAsked = "asked",
            ModelSent = "claude",
            ClientStreams = streams,
            UpstreamStreams = streams,
            Seal = new PlainSeal(),
            Memory = new PlainMemory(),
        });
}
