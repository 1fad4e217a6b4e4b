using System.Text;
using Gatehouse.Gateway.Upstream.Http1;

namespace Gatehouse.Gateway.Tests.Upstream.Http1;

public sealed class ResponseHeadTests
{
    private const string Good = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX-Empty:\r\nX-Blanks: \t a b \t\r\ncontent-length: 12\r\n\r\n";

    [Fact]
    public void A_head_is_read_whole_wherever_it_is_cut()
    {
        var bytes = Encoding.Latin1.GetBytes(Good + "the body and");
        var head = new ResponseHead();
        for (var cut = 0; cut < Good.Length; cut++)
        {
            head.Reset();
            head.Read(bytes.AsSpan(0, cut), out _).ShouldBe(HeadRead.Unfinished, $"cut at {cut}");
            head.Read(bytes, out var length).ShouldBe(HeadRead.Whole);

            length.ShouldBe(Good.Length);
            head.Status.ShouldBe(200);
            head.Body.ShouldBe(BodyLength.Declared);
            head.ContentLength.ShouldBe(12);
            head.KeepsConnection.ShouldBeTrue();
            Values(head, bytes).ShouldBe(["Content-Type=application/json", "X-Empty=", "X-Blanks=a b", "content-length=12"]);
        }
    }

    [Theory]
    [InlineData("HTTP/1.1 200\r\n\r\n", nameof(BodyLength.UntilClose), false)]
    [InlineData("HTTP/1.1 200 \r\n\r\n", nameof(BodyLength.UntilClose), false)]
    [InlineData("HTTP/1.1 200 Caf\u00e9 \u00ff\r\ncontent-length: 0\r\n\r\n", nameof(BodyLength.None), true)]
    [InlineData("HTTP/1.1 200 OK\r\ntransfer-encoding: Chunked\r\n\r\n", nameof(BodyLength.Chunked), true)]
    [InlineData("HTTP/1.1 200 OK\r\nconnection: x-hop, Close\r\ncontent-length: 5\r\n\r\n", nameof(BodyLength.Declared), false)]
    [InlineData("HTTP/1.0 200 OK\r\ncontent-length: 5\r\n\r\n", nameof(BodyLength.Declared), false)]
    [InlineData("HTTP/1.1 204 No Content\r\n\r\n", nameof(BodyLength.None), true)]
    [InlineData("HTTP/1.1 304 Not Modified\r\ncontent-length: 5\r\n\r\n", nameof(BodyLength.None), false)]
    [InlineData("HTTP/1.1 204 No Content\r\ntransfer-encoding: chunked\r\n\r\n", nameof(BodyLength.None), false)]
    public void The_end_of_a_body_follows_from_the_head(string text, string body, bool keeps)
    {
        var head = new ResponseHead();

        head.Read(Encoding.Latin1.GetBytes(text), out _).ShouldBe(HeadRead.Whole);

        head.Body.ToString().ShouldBe(body);
        head.KeepsConnection.ShouldBe(keeps);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nx-folded: a\r\n b\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nx-folded: a\r\n\tb\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\ncontent-length: 5\r\nContent-Length: 5\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\ncontent-length: 5, 5\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\ncontent-length: +5\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\ncontent-length: 0x5\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\ncontent-length:\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\ncontent-length: 9999999999999999999\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ncontent-length: 5\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\ntransfer-encoding: gzip, chunked\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\ntransfer-encoding: identity\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\ntransfer-encoding: xchunked\r\n\r\n")]
    [InlineData("HTTP/1.0 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nx-bare: a\nx-b: c\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\nx-bare: a\n\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\n")]
    [InlineData("HTTP/1.1 200 OK\r\nx-bare: a\n")]
    [InlineData("HTTP/1.1 200 OK\r\nx-bare: a\r\n\n{}")]
    [InlineData("HTTP/1.1 200 OK\r\nx-return: a\rb\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nx-nul: a\0b\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nx-control: a\u0001b\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nx-delete: a\u007fb\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nno colon\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\n: no name\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nblank : a\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nb\u00e9: a\r\n\r\n")]
    [InlineData("HTTP/1.1 200 O\u0001K\r\n\r\n")]
    [InlineData("HTTP/1.1 20 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 2000 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 +20 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 099 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 600 OK\r\n\r\n")]
    [InlineData("HTTP/1.1  200 OK\r\n\r\n")]
    [InlineData("HTTP/1.2 200 OK\r\n\r\n")]
    [InlineData("HTTP/2 200 OK\r\n\r\n")]
    [InlineData("http/1.1 200 OK\r\n\r\n")]
    [InlineData("SSH-2.0-x")]
    [InlineData("H5")]
    public void What_two_readers_could_take_for_different_answers_is_refused(string text) =>
        new ResponseHead().Read(Encoding.Latin1.GetBytes(text), out _).ShouldBe(HeadRead.Wrong);

    [Fact]
    public void A_bare_line_end_is_seen_wherever_the_head_is_cut()
    {
        const string text = "HTTP/1.1 200 OK\r\nx-a: b\r\nx-bare: a\n\n";
        for (var cut = 8; cut < text.Length; cut++)
        {
            var head = new ResponseHead();
            var bytes = Encoding.Latin1.GetBytes(text);
            if (cut < text.Length - 1) head.Read(bytes.AsSpan(0, cut), out _).ShouldBe(HeadRead.Unfinished, $"cut at {cut}");
            head.Read(bytes, out _).ShouldBe(HeadRead.Wrong, $"cut at {cut}");
        }
    }

    [Fact]
    public void A_head_without_end_is_refused_at_its_bound()
    {
        var head = new ResponseHead();
        var text = "HTTP/1.1 200 OK\r\nx-long: " + new string('a', ResponseHead.MostBytes);

        head.Read(Encoding.Latin1.GetBytes(text[..(ResponseHead.MostBytes - 1)]), out _).ShouldBe(HeadRead.Unfinished);
        head.Read(Encoding.Latin1.GetBytes(text), out _).ShouldBe(HeadRead.Wrong);
    }

    [Fact]
    public void More_lines_than_anyone_needs_are_refused()
    {
        var text = "HTTP/1.1 200 OK\r\n" + string.Concat(Enumerable.Repeat("a: b\r\n", 257)) + "\r\n";

        new ResponseHead().Read(Encoding.Latin1.GetBytes(text), out _).ShouldBe(HeadRead.Wrong);
    }

    private static List<string> Values(ResponseHead head, byte[] bytes)
    {
        List<string> values = [];
        foreach (var line in head.Lines) values.Add($"{line.Name.Text}={Encoding.Latin1.GetString(bytes, line.Start, line.Length)}");
        return values;
    }
}
