using System.Text;
using System.Text.Json;
using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation;
using Gatehouse.Dialects.Translation.Responses;

namespace Gatehouse.Dialects.Tests.Translation.Fuzz;

/// <summary>
/// One edge under attack: damaged requests and answers, in any form and cut anywhere. Nothing may throw; what goes out is JSON, or a stream that ends legally;
/// where it was cut, and how often it was tried, makes no difference. Used by one thread.
/// </summary>
internal sealed class FuzzTarget(Edge edge)
{
    private static readonly UTF8Encoding s_strict = new(false, true);
    private byte[] _input = [];

    /// <summary>What the last round was given, for the report of a failure.</summary>
    public string Input => Encoding.UTF8.GetString(_input);

    /// <summary>Tries once; throws when something is wrong.</summary>
    public void Try(Random random)
    {
        switch (random.Next(8))
        {
            case 0 or 1 or 2: TryRequest(random); break;
            case 3 or 4 or 5: TryStream(random); break;
            case 6: TryDocument(random); break;
            default: TryError(random); break;
        }
    }

    private void TryRequest(Random random)
    {
        var body = random.Next(4) == 0
            ? RandomConversations.Bytes(new RandomConversations(random.Next()).Request(edge.Client), random.Next(2) == 0)
            : Corpus.Request(random.Next(12) == 0 ? (Dialect)random.Next(3) : edge.Client, random);
        body = _input = Damage.Document(body, Corpus.Request(edge.Client, random), random);
        using var expanded = new PooledBuffer();
        if (edge.Client == Dialect.OpenAiResponses) body = Prepared(body, random, expanded);

        var context = FuzzContext.Any(random);
        using var request = edge.Translate(body, context);
        if (request.Refusal is { } refusal)
        {
            refusal.Message.ShouldNotBeNullOrEmpty();
            return;
        }

        using var document = JsonDocument.Parse(request.Body.WrittenMemory, new JsonDocumentOptions { MaxDepth = 1024 });
        document.RootElement.GetProperty("model").GetString().ShouldBe("sent");
        if (IsUtf8(body))
        {
            IsUtf8(request.Body.Written).ShouldBeTrue("the upstream's body should be UTF-8");
            if (!HasDoubles(body)) HasDoubles(request.Body.Written.ToArray()).ShouldBeFalse("a member of the upstream's body stands there twice");
        }

        if (random.Next(4) > 0) return;
        using var read = BodyIndex.TryRead(body);
        context.Read = read;
        using var again = edge.Translate(body, context);
        again.Body.Written.SequenceEqual(request.Body.Written).ShouldBeTrue("the same request should give the same bytes");
    }

    /// <summary>What the gateway does to a Responses client's body beforehand, for hosts that keep nothing.</summary>
    private static byte[] Prepared(byte[] body, Random random, PooledBuffer output)
    {
        using var items = new PooledBuffer();
        if (ResponsesTurns.TryInput(body, "key"u8, items)) JsonDocument.Parse(items.WrittenMemory, new JsonDocumentOptions { MaxDepth = 1024 }).Dispose();
        if (ResponsesCompaction.TryExpand(body, new FuzzSeal(), output)) return output.Written.ToArray();
        output.Clear();
        return random.Next(8) == 0 && ResponsesCompaction.TryWriteRequest(body, output) ? output.Written.ToArray() : body;
    }

    private void TryStream(Random random)
    {
        var stream = random.Next(4) == 0 ? Made(random) : Corpus.Stream(random.Next(16) == 0 ? (Dialect)random.Next(3) : edge.Upstream, random);
        Play(Damage.Stream(stream, Corpus.Stream(edge.Upstream, random), random), random);
    }

    private void TryDocument(Random random)
    {
        var document = _input = Damage.Document(Corpus.Document(edge.Upstream, random), Corpus.Document(edge.Upstream, random), random);
        using var events = new PooledBuffer();
        if (AnswerForms.TryReplay(edge.Upstream, document, events))
        {
            Play(events.Written.ToArray(), random);
            _input = document;
            HandOver(document, events.Written.ToArray(), random);
        }
        else UpstreamErrors.OfDocument(edge.Client, document).Message.ShouldNotBeNullOrEmpty();
    }

    private void TryError(Random random)
    {
        string[] bodies = ["{\"error\":{\"message\":\"m\",\"type\":\"t\",\"code\":null}}", "{\"type\":\"error\",\"error\":{\"type\":\"t\",\"message\":\"m\"}}", "<html>", "{\"detail\":[{\"loc\":[]}]}"];
        _input = Damage.Document(Encoding.UTF8.GetBytes(bodies[random.Next(bodies.Length)]), Corpus.Document(edge.Upstream, random), random);
        var error = UpstreamErrors.OfAnswer(edge.Client, random.Next(300, 600), _input, "p");
        error.Message.ShouldNotBeNullOrEmpty();
        error.Status.ShouldBeInRange(400, 599);
    }

    private void Play(byte[] stream, Random random)
    {
        _input = stream;
        var (body, golden) = Corpus.Accepted(edge, random);
        var seed = random.Next();
        var (text, failed) = Play(stream, body, golden, new Random(seed), whole: false);
        if (random.Next(4) == 0) Play(stream, body, golden, new Random(seed), whole: true).ShouldBe((text, failed), "cut or whole");
        using var document = new PooledBuffer();
        var collector = AnswerForms.Collector(edge.Client, document);
        using var feed = new EventFeed(collector);
        Damage.InPieces(Encoding.UTF8.GetBytes(text), random, piece => feed.Read(piece));
        feed.End();
        collector.Ended.ShouldBeTrue();
        if (failed) collector.Failure.ShouldNotBeNull("a stream that ended badly gives no document");
        else if (collector.Failure is null) JsonDocument.Parse(document.WrittenMemory, new JsonDocumentOptions { MaxDepth = 1024 }).Dispose();
    }

    private (string Text, bool Failed) Play(byte[] stream, byte[] body, GoldenContext golden, Random random, bool whole)
    {
        using var request = edge.Translate(body, golden.ToContext(new PlainMemory()));
        request.Refusal.ShouldBeNull();
        using var output = new PooledBuffer();
        var map = request.BeginAnswer(output);
        using var feed = new EventFeed(map);
        if (whole) feed.Read(stream);
        else Damage.InPieces(stream, random, piece => feed.Read(piece));
        feed.End();
        map.Ended.ShouldBeTrue();
        var text = Encoding.UTF8.GetString(output.Written);
        LegalStream.Check(edge.Client, text, map.Failure);
        return (text, map.Failure is not null);
    }

    /// <summary>A document handed from map to map gives the client what it would give it as streams in between.</summary>
    private void HandOver(byte[] answer, byte[] events, Random random)
    {
        var (body, golden) = Corpus.Accepted(edge, random);
        using var read = new PooledBuffer();
        using var told = new PooledBuffer();
        var (reader, listener) = (AnswerForms.Collector(edge.Client, read), AnswerForms.Collector(edge.Client, told));
        using var request = edge.Translate(body, golden.ToContext(new PlainMemory()));
        using var output = new PooledBuffer();
        var map = request.BeginAnswer(output);
        Whole(map, events);
        Whole(reader, output.Written);
        using var again = edge.Translate(body, golden.ToContext(new PlainMemory()));
        var direct = again.BeginAnswer(listener);
        AnswerForms.TryReplay(edge.Upstream, answer, direct).ShouldBeTrue();
        direct.Finish();
        listener.Finish();
        (direct.Failure ?? listener.Failure).ShouldBe(map.Failure ?? reader.Failure);
        if (direct.Failure is null) Encoding.UTF8.GetString(told.Written).ShouldBe(Encoding.UTF8.GetString(read.Written));
    }

    private static void Whole(StreamMap map, ReadOnlySpan<byte> stream)
    {
        using var feed = new EventFeed(map);
        feed.Read(stream);
        feed.End();
    }

    private byte[] Made(Random random)
    {
        var conversation = new RandomConversations(random.Next());
        return Encoding.UTF8.GetBytes(new UpstreamScript(edge.Upstream, random).Answer(conversation.Turn(1, isLast: random.Next(3) == 0), static name => name));
    }

    private static bool IsUtf8(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return s_strict.GetCharCount(bytes) >= 0;
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }

    private static bool HasDoubles(byte[] body)
    {
        using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 1024 });
        var names = document.RootElement.EnumerateObject().ToList();
        // The runtime's document tells of a name that holds half a character by throwing.
        if (names.Exists(static member => member.ToString().Contains("\\ud", StringComparison.OrdinalIgnoreCase))) return false;
        return names.Select(static member => member.Name).Distinct(StringComparer.Ordinal).Count() < names.Count;
    }
}
