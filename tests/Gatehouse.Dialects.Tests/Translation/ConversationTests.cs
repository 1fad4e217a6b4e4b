using Gatehouse.Dialects.Translation;

namespace Gatehouse.Dialects.Tests.Translation;

/// <summary>Properties that every edge has, over conversations made up from fixed seeds: a scripted upstream answers, the client sends back what it got.</summary>
public sealed class ConversationTests
{
    private const int Turns = 5;

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
    public void What_the_upstream_said_comes_back_to_it_with_ids_and_opaque_state(Dialect client, Dialect upstream)
    {
        for (var seed = 0; seed < 12; seed++)
        {
            var conversation = new Conversation(client, upstream, seed);
            for (var turn = 0; turn < Turns; turn++)
            {
                var said = conversation.Go(isLast: turn == Turns - 1);
                var next = conversation.Next();
                // A turn without calls is over: its thinking need not come back, and chat clients have no place for it.
                UpstreamHistory.ShouldHold(upstream, next, said, conversation.SentName, echoesThinking: said.Calls.Count > 0);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Edges))]
    public void The_same_request_gives_the_same_bytes_and_a_longer_one_extends_it(Dialect client, Dialect upstream)
    {
        for (var seed = 0; seed < 12; seed++)
        {
            var conversation = new Conversation(client, upstream, seed);
            var before = conversation.Next();
            for (var turn = 0; turn < Turns; turn++)
            {
                _ = conversation.Go(isLast: turn == Turns - 1);
                var next = conversation.Next();
                conversation.Next().ShouldBe(next, $"seed {seed}");
                UpstreamHistory.Head(upstream, next).ShouldBe(UpstreamHistory.Head(upstream, before), $"seed {seed}");
                var (old, grown) = (UpstreamHistory.Units(upstream, before), UpstreamHistory.Units(upstream, next));
                grown.Count.ShouldBeGreaterThan(old.Count);
                grown.Take(old.Count).ShouldBe(old, $"seed {seed}, turn {turn}");
                before = next;
            }
        }
    }
}
