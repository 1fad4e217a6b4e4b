using System.Text;
using Gatehouse.Dialects.Translation;

namespace Gatehouse.Dialects.Tests.Translation;

public sealed class EventFeedTests
{
    private const string Stream = "\uFEFFevent: a\r\ndata: {\"x\":1}\r\n\r\n: note\n\ndata: {\"y\":\ndata: 2}\n\nevent: empty\n\ndata:{\"z\":3}\n\ndata: [DONE]\n\ndata: {\"after\":1}\n\n";

    [Fact]
    public void Gives_the_same_events_wherever_the_pieces_are_cut()
    {
        var bytes = Encoding.UTF8.GetBytes(Stream);
        for (var cut = 0; cut <= bytes.Length; cut++) Fed(bytes[..cut], bytes[cut..]).ShouldBe(["a {\"x\":1}", " {\"y\":\n2}", " {\"z\":3}", "end"]);
        Fed([.. bytes.Select(b => new[] { b })]).Count.ShouldBe(4);
    }

    [Fact]
    public void A_last_event_without_its_blank_line_counts_when_the_stream_ended_in_order() =>
        Fed("data: {\"x\":1}\n\ndata: {\"y\":2}\n"u8.ToArray()).ShouldBe([" {\"x\":1}", " {\"y\":2}", "end"]);

    [Fact]
    public void Half_an_event_is_a_failure() => Fed("data: {\"x\":1}\n\ndata: {\"y\""u8.ToArray()).ShouldBe([" {\"x\":1}", "fail BadGateway"]);

    private static List<string> Fed(params byte[][] pieces)
    {
        var map = new ListingMap();
        using var feed = new EventFeed(map);
        foreach (var piece in pieces) feed.Read(piece);
        feed.End();
        return map.Seen;
    }
}
