using System.Text;
using Gatehouse.Dialects.Errors;
using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation;

namespace Gatehouse.Dialects.Tests.Translation;

public sealed class EventWriterTests
{
    private static readonly DialectError s_error = new(ErrorKind.Overloaded, "Too much.");

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_listener_is_told_what_the_reader_of_the_stream_would_find(bool endsWell)
    {
        using var stream = new PooledBuffer();
        Write(new EventWriter(stream), endsWell);
        var read = new ListingMap();
        using (var feed = new EventFeed(read))
        {
            feed.Read(stream.Written);
            if (endsWell) feed.End();
        }

        var told = new ListingMap();
        using (var events = new EventWriter(told)) Write(events, endsWell);
        var overheard = new ListingMap();
        using var same = new PooledBuffer();
        Write(new EventWriter(same, overheard), endsWell);

        Encoding.UTF8.GetString(same.Written).ShouldBe(Encoding.UTF8.GetString(stream.Written), "who listens changes nothing in the stream");
        told.Seen.ShouldBe(overheard.Seen);
        // In a stream an error is an event like any other; a listener is told that it is one.
        if (endsWell) told.Seen.ShouldBe(read.Seen);
        else told.Seen.ShouldBe([.. read.Seen[..^1], "fail Overloaded"]);
        told.Seen.Count.ShouldBe(4);
        told.Ended.ShouldBeTrue();
    }

    [Fact]
    public void A_reader_may_clear_the_stream_between_two_events()
    {
        var listener = new ListingMap();
        using var stream = new PooledBuffer();
        var events = new EventWriter(stream, listener);
        for (var i = 0; i < 3; i++)
        {
            var json = i == 1 ? events.Begin() : events.Begin("a long name indeed"u8);
            json.BeginObject();
            json.Number("n"u8, i);
            json.EndObject();
            events.End();
            stream.Clear();
        }

        listener.Seen.ShouldBe(["a long name indeed {\"n\":0}", " {\"n\":1}", "a long name indeed {\"n\":2}"]);
    }

    private static void Write(EventWriter events, bool endsWell)
    {
        events.Begin("first"u8).Raw("{\"x\":\r\n[1,\n2]}"u8);
        events.End();
        events.Begin("second one"u8).Raw("{}"u8);
        events.End();
        var json = events.Begin();
        json.BeginObject();
        json.String("text"u8, "a\nb"u8);
        json.EndObject();
        events.End();
        if (endsWell) events.Done();
        else events.Fail(Dialect.OpenAiChat, s_error);
    }
}
