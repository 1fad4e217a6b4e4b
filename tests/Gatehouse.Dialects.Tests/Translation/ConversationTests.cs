using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Gatehouse.Dialects.Errors;
using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Tests.Translation.Fuzz;
using Gatehouse.Dialects.Translation;

namespace Gatehouse.Dialects.Tests.Translation;

/// <summary>
/// Properties that every edge has, whatever is said: a scripted upstream answers, the client sends back what it got. FsCheck makes up what is said, from a fixed
/// seed, and reports the smallest conversation or stream that fails.
/// </summary>
public sealed class ConversationTests
{
    private static readonly Config s_config = Config.QuickThrowOnFailure.WithMaxTest(30).WithReplay(20_261_121, 7);

    public static TheoryData<Dialect, Dialect> Edges
    {
        get
        {
            var rows = new TheoryData<Dialect, Dialect>();
            foreach (var edge in EdgeSet.All) rows.Add(edge.Client, edge.Upstream);
            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Edges))]
    public void What_the_upstream_said_comes_back_to_it_with_ids_and_opaque_state(Dialect client, Dialect upstream) =>
        Prop.ForAll(Arbitrary.Talks, talk =>
        {
            var conversation = talk.Begin(client, upstream);
            for (var turn = 0; turn < talk.Turns.Count; turn++)
            {
                var said = conversation.Go(isLast: turn == talk.Turns.Count - 1);
                // A turn without calls is over: its thinking need not come back, and chat clients have no place for it.
                UpstreamHistory.ShouldHold(upstream, conversation.Next(), said, conversation.SentName, echoesThinking: said.Calls.Count > 0);
            }
        }).Check(s_config);

    [Theory]
    [MemberData(nameof(Edges))]
    public void The_same_request_gives_the_same_bytes_and_a_longer_one_extends_it(Dialect client, Dialect upstream) =>
        Prop.ForAll(Arbitrary.Talks, talk =>
        {
            var conversation = talk.Begin(client, upstream);
            var before = conversation.Next();
            for (var turn = 0; turn < talk.Turns.Count; turn++)
            {
                _ = conversation.Go(isLast: turn == talk.Turns.Count - 1);
                var next = conversation.Next();
                conversation.Next().ShouldBe(next);
                UpstreamHistory.Head(upstream, next).ShouldBe(UpstreamHistory.Head(upstream, before));
                var (old, grown) = (UpstreamHistory.Units(upstream, before), UpstreamHistory.Units(upstream, next));
                grown.Count.ShouldBeGreaterThan(old.Count);
                grown.Take(old.Count).ShouldBe(old, $"turn {turn}");
                before = next;
            }
        }).Check(s_config);

    [Theory]
    [MemberData(nameof(Edges))]
    public void Whatever_a_client_sends_is_refused_or_becomes_a_body(Dialect client, Dialect upstream) =>
        Prop.ForAll(Arbitrary.Bodies(client), body =>
        {
            using var request = EdgeSet.Find(client, upstream)!.Translate(body, new GoldenContext().ToContext(new PlainMemory()));
            if (request.Refusal is { } refusal) refusal.Message.ShouldNotBeNullOrEmpty();
            else JsonDocument.Parse(request.Body.WrittenMemory, new JsonDocumentOptions { MaxDepth = 1024 }).Dispose();
        }).Check(s_config.WithMaxTest(200));

    [Theory]
    [MemberData(nameof(Edges))]
    public void Whatever_an_upstream_sends_ends_legally_and_wherever_it_is_cut_the_same(Dialect client, Dialect upstream)
    {
        var (body, golden) = Corpus.Accepted(EdgeSet.Find(client, upstream)!, new Random(1));
        Prop.ForAll(Arbitrary.Streams(upstream), pieces =>
        {
            var (text, failure) = Play(pieces);
            LegalStream.Check(client, text, failure);
            Play([[.. pieces.SelectMany(static piece => piece)]]).Text.ShouldBe(text);
        }).Check(s_config.WithMaxTest(200));

        (string Text, DialectError? Failure) Play(IReadOnlyList<byte[]> pieces)
        {
            using var request = EdgeSet.Find(client, upstream)!.Translate(body, golden.ToContext(new PlainMemory()));
            using var output = new PooledBuffer();
            var map = request.BeginAnswer(output);
            using var feed = new EventFeed(map);
            foreach (var piece in pieces) feed.Read(piece);
            feed.End();
            map.Ended.ShouldBeTrue();
            return (Encoding.UTF8.GetString(output.Written), map.Failure);
        }
    }
}
