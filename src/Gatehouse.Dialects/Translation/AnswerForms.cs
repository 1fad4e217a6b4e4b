using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Tap;

namespace Gatehouse.Dialects.Translation;

/// <summary>
/// The two forms of an answer in one dialect, and the ways between them. A collector is fed a stream's events and writes the JSON document that the same
/// call would have brought without <c>stream</c>; a replay writes a JSON document as the events of a stream. Edges translate streams alone: a
/// JSON answer is replayed, translated and collected. Same-dialect calls use them where a provider knows only one form.
/// </summary>
public static class AnswerForms
{
    /// <summary>
    /// Makes a collector. When it has <see cref="StreamMap.Ended"/> well, <paramref name="document"/> holds the whole document; until then nothing. A stream
    /// that ends badly makes it fail, with what the error event said.
    /// </summary>
    public static StreamMap Collector(Dialect dialect, PooledBuffer document) => dialect switch
    {
        Dialect.Anthropic => new Anthropic.AnthropicCollector(document),
        Dialect.OpenAiChat => new Chat.ChatCollector(document),
        Dialect.OpenAiResponses => new Responses.ResponsesCollector(document),
        _ => throw new NotSupportedException($"{dialect} answers can't be collected into {document}."),
    };

    /// <summary>
    /// Writes a JSON answer as the events of a stream, terminal event included. False, with nothing written, when the document is no whole answer of
    /// this dialect (not JSON, an error object, something else).
    /// </summary>
    public static bool TryReplay(Dialect dialect, ReadOnlySpan<byte> document, PooledBuffer events) => TryReplay(dialect, document, new EventWriter(events));

    /// <summary>Tells a map a JSON answer, event by event and end included, without a stream between them. False, with nothing told, as the other one.</summary>
    public static bool TryReplay(Dialect dialect, ReadOnlySpan<byte> document, StreamMap map)
    {
        using var events = new EventWriter(map);
        return TryReplay(dialect, document, events);
    }

    private static bool TryReplay(Dialect dialect, ReadOnlySpan<byte> document, EventWriter events) => dialect switch
    {
        Dialect.Anthropic => Anthropic.AnthropicReplay.TryWrite(JsonStart.WithoutMark(document), events),
        Dialect.OpenAiChat => Chat.ChatReplay.TryWrite(JsonStart.WithoutMark(document), events),
        Dialect.OpenAiResponses => Responses.ResponsesReplay.TryWrite(JsonStart.WithoutMark(document), events),
        _ => throw new NotSupportedException($"{dialect} answers can't be replayed into {events}."),
    };
}
