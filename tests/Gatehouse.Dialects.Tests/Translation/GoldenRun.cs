using System.Text;
using Gatehouse.Dialects.Errors;
using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Tap;
using Gatehouse.Dialects.Tests.Tap;
using Gatehouse.Dialects.Translation;

namespace Gatehouse.Dialects.Tests.Translation;

/// <summary>Puts a fixture through its edge.</summary>
internal sealed class GoldenRun(Edge edge, GoldenFile file)
{
    private readonly GoldenContext _context = GoldenContext.Read(file["context"]);
    private readonly byte[] _request = Encoding.UTF8.GetBytes(JsonLayout.Pack(file["request"]!));

    /// <summary>The upstream's answer as the bytes of a stream, whichever form the fixture gives it in; null when it has none.</summary>
    public byte[]? Stream()
    {
        if (file["answer"] is not { } answer) return null;
        if (!answer.StartsWith('{')) return Encoding.UTF8.GetBytes(answer + "\n\n");
        using var events = new PooledBuffer();
        AnswerForms.TryReplay(edge.Upstream, Encoding.UTF8.GetBytes(JsonLayout.Pack(answer)), events).ShouldBeTrue("the answer should be a document of the upstream's dialect");
        return events.Written.ToArray();
    }

    /// <summary>What is read off the upstream's bytes, in the form in which the fixture gives them, cut in two; null when it has none.</summary>
    public string? Facts(Func<int, int> cut)
    {
        if (file["answer"] is not { } answer) return null;
        var isDocument = answer.StartsWith('{');
        var bytes = isDocument ? Encoding.UTF8.GetBytes(JsonLayout.Pack(answer) + "\n") : Stream()!;
        var framing = isDocument ? BodyFraming.Json : BodyFraming.EventStream;
        return TapReplay.Describe(TapReplay.Play(edge.Upstream, framing, bytes, cut(bytes.Length)).Facts);
    }

    /// <summary>Writes what the edge makes of the fixture into its sections.</summary>
    public void Fill()
    {
        var memory = new PlainMemory();
        using var request = edge.Translate(_request, _context.ToContext(memory));
        file["refusal"] = request.Refusal is { } refusal ? Describe(refusal) : null;
        file["upstream request"] = request.Refusal is null ? JsonLayout.Unfold(Encoding.UTF8.GetString(request.Body.Written)) : null;
        file["headers"] = request.Headers.Count == 0 ? null : string.Join('\n', request.Headers.Select(static header => $"{header.Key}: {header.Value}"));
        file["losses"] = Ids(request.Losses, 0);
        var known = request.Losses.All.Count;
        var stream = request.Refusal is null ? Stream() : null;
        file["facts"] = stream is null ? null : Facts(static length => length);
        var answer = stream is null ? null : Play(request, stream, stream.Length);
        file["client events"] = answer is not null && _context.ClientStreams ? answer.Text.TrimEnd('\n') : null;
        file["client document"] = answer is { Failure: null } ? Document(stream) : null;
        file["failure"] = answer?.Failure is { } failure ? Describe(failure) : null;
        file["answer losses"] = Ids(request.Losses, known);
        file["remembered"] = memory.Kept.Count == _context.Memory.Count ? null : string.Join('\n', memory.Kept.Select(static kept => $"{kept.Key}: {kept.Value}"));
    }

    /// <summary>The upstream's body for the fixture's request.</summary>
    /// <param name="isRead">Whether the request was read into an index before.</param>
    public string UpstreamBody(bool isRead = false)
    {
        using var read = isRead ? BodyIndex.TryRead(_request).ShouldNotBeNull() : null;
        var context = _context.ToContext(new PlainMemory());
        context.Read = read;
        using var request = edge.Translate(_request, context);
        read?.IsOf(_request).ShouldBeTrue("what was lent should still be there");
        return Encoding.UTF8.GetString(request.Body.Written);
    }

    /// <summary>Feeds a stream cut in two.</summary>
    public GoldenAnswer Play(ReadOnlySpan<byte> stream, int cut)
    {
        using var request = edge.Translate(_request, _context.ToContext(new PlainMemory()));
        return Play(request, stream, cut);
    }

    /// <summary>Translates the request for a client that wants a document.</summary>
    public EdgeRequest TranslateForDocument(PlainMemory memory)
    {
        var context = _context with { ClientStreams = false, UpstreamStreams = _context.UpstreamStreams ?? _context.ClientStreams };
        return edge.Translate(_request, context.ToContext(memory));
    }

    private static GoldenAnswer Play(EdgeRequest request, ReadOnlySpan<byte> stream, int cut)
    {
        using var output = new PooledBuffer();
        var map = request.BeginAnswer(output);
        using var feed = new EventFeed(map);
        feed.Read(stream[..cut]);
        feed.Read(stream[cut..]);
        feed.End();
        return new GoldenAnswer(Encoding.UTF8.GetString(output.Written), map.Ended, map.Failure);
    }

    /// <summary>What a client gets of the answer that does not ask for a stream.</summary>
    private string Document(ReadOnlySpan<byte> stream)
    {
        using var request = TranslateForDocument(new PlainMemory());
        return JsonLayout.Unfold(Collect(Play(request, stream, stream.Length).Text));
    }

    private string Collect(string events)
    {
        using var document = new PooledBuffer();
        var collector = AnswerForms.Collector(edge.Client, document);
        using var feed = new EventFeed(collector);
        feed.Read(Encoding.UTF8.GetBytes(events));
        feed.End();
        collector.Failure.ShouldBeNull();
        return Encoding.UTF8.GetString(document.Written);
    }

    private static string Describe(DialectError error) => $"{error.Kind} {error.Code ?? "-"} {error.Param ?? "-"}\n{error.Message}";

    private static string? Ids(LossList losses, int from) =>
        losses.All.Count == from ? null : string.Join(", ", losses.All.Skip(from).Select(static loss => loss.Id));
}

/// <summary>What the client was sent.</summary>
internal sealed record GoldenAnswer(string Text, bool Ended, DialectError? Failure);
