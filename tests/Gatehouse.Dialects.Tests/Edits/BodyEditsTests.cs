using System.Buffers;
using System.Text;
using System.Text.Json;
using Gatehouse.Dialects.Edits;
using Gatehouse.Dialects.Envelope;
using Gatehouse.Dialects.Tests.Json;

namespace Gatehouse.Dialects.Tests.Edits;

public sealed class BodyEditsTests
{
    [Theory]
    [InlineData("""{"model":"fast","x":1}""", "qwen3-coder", """{"model":"qwen3-coder","x":1}""")]
    [InlineData(
        """{"x":[1, 2] , "model" : "claude-opus-5-5[1m]" }""", "claude-opus-5-5", """{"x":[1, 2] , "model" : "claude-opus-5-5" }""")]
    [InlineData("""{"model":"a\u0062"}""", "q\"\\\n\u0001é", """{"model":"q\"\\\n\u0001é"}""")]
    public void The_model_is_replaced_and_nothing_else(string body, string model, string expected)
    {
        var edits = Edits(body, out var envelope);
        edits.ReplaceModel(envelope, Encoding.UTF8.GetBytes(model));
        Text(edits).ShouldBe(expected);
    }

    [Theory]
    [InlineData("""{"model":"m"}""", """{"model":"m","stream_options":{"include_usage":true}}""")]
    [InlineData("{\"model\":\"m\"\n} ", "{\"model\":\"m\"\n,\"stream_options\":{\"include_usage\":true}} ")]
    [InlineData("""{"stream_options":null,"model":"m"}""", """{"stream_options":{"include_usage":true},"model":"m"}""")]
    [InlineData("""{"stream_options":{ },"model":"m"}""", """{"stream_options":{ "include_usage":true},"model":"m"}""")]
    [InlineData("""{"stream_options":{"a":1},"model":"m"}""", """{"stream_options":{"a":1,"include_usage":true},"model":"m"}""")]
    [InlineData("""{"stream_options":{"include_usage":false,"a":1},"model":"m"}""",
        """{"stream_options":{"include_usage":true,"a":1},"model":"m"}""")]
    [InlineData("""{"stream_options":{"include_usage": null},"model":"m"}""", """{"stream_options":{"include_usage": true},"model":"m"}""")]
    public void Usage_is_asked_for_wherever_the_body_has_room_for_it(string body, string expected)
    {
        var edits = Edits(body, out var envelope);
        edits.SetIncludeUsage(envelope).ShouldBeTrue();
        Text(edits).ShouldBe(expected);
    }

    [Fact]
    public void A_caller_that_asked_for_usage_keeps_its_body()
    {
        var edits = Edits("""{"model":"m","stream_options":{"include_usage":true}}""", out var envelope);
        edits.SetIncludeUsage(envelope).ShouldBeFalse();
        edits.Count.ShouldBe(0);
        Text(edits).ShouldBe("""{"model":"m","stream_options":{"include_usage":true}}""");
    }

    [Fact]
    public void Generated_bodies_keep_every_byte_outside_the_named_ranges()
    {
        for (var seed = 0; seed < 1_500; seed++)
        {
            var maker = new JsonMaker(seed);
            var options =
                (seed % 4) switch { 0 => "null", 1 => "{}", 2 => "{\"a\":" + maker.Value(2) + "}", _ => "{\"include_usage\":false}" };
            var body = maker.Body(("\"messages\"", maker.Value(4)), ("\"model\"", "\"old\""), ("\"stream_options\"", options));
            var envelope = EnvelopeScanner.Scan(body);
            var edits = new BodyEdits();
            edits.Reset(body);
            edits.SetIncludeUsage(envelope);
            edits.ReplaceModel(envelope, "a-new-name"u8);
            var edited = Bytes(edits);

            var (model, place) = (envelope.Model, envelope.StreamOptions);
            edited.AsSpan(0, model.Start).SequenceEqual(body.AsSpan(0, model.Start)).ShouldBeTrue();
            edited.AsSpan(model.Start).StartsWith("a-new-name\""u8).ShouldBeTrue();
            var grown = "a-new-name".Length - model.Length;
            edited.AsSpan(model.End + grown, place.Start - model.End).SequenceEqual(body.AsSpan(model.End, place.Start - model.End))
                .ShouldBeTrue();
            edited.AsSpan().EndsWith(body.AsSpan(place.End)).ShouldBeTrue();
            EnvelopeScanner.Scan(edited).IncludeUsage.ShouldBe(true);
            JsonDocument.Parse(edited).Dispose();
        }
    }

    [Fact]
    public void Changes_are_sorted_and_a_removal_swallows_what_lies_inside()
    {
        var edits = new BodyEdits();
        edits.Reset("0123456789"u8.ToArray());
        edits.Replace(new ByteRange(8, 1), "H"u8.ToArray());
        edits.Replace(new ByteRange(2, 0), "<"u8.ToArray());
        edits.Replace(new ByteRange(3, 1), "D"u8.ToArray());
        edits.Replace(new ByteRange(2, 3), default);
        edits.Replace(new ByteRange(3, 1), "again"u8.ToArray());
        edits.Replace(new ByteRange(5, 0), ">"u8.ToArray());
        edits.Replace(new ByteRange(10, 0), "$"u8.ToArray());
        Text(edits).ShouldBe("01<>567H9$");
        edits.Count.ShouldBe(5);
        Should.Throw<ArgumentException>(() => edits.Replace(new ByteRange(4, 3), default));
        Should.Throw<ArgumentException>(() => edits.Replace(new ByteRange(1, 2), default));
        Should.Throw<ArgumentException>(() => edits.Replace(new ByteRange(9, 2), default));

        edits.Reset("xy"u8.ToArray());
        Text(edits).ShouldBe("xy");
        edits.Replace(new ByteRange(0, 2), default);
        edits.Length.ShouldBe(0);
        edits.GetEnumerator().MoveNext().ShouldBeFalse();
    }

    internal static BodyEdits Edits(string json, out RequestEnvelope envelope)
    {
        var body = Encoding.UTF8.GetBytes(json);
        envelope = EnvelopeScanner.Scan(body);
        envelope.Fault.ShouldBe(EnvelopeFault.None);
        var edits = new BodyEdits();
        edits.Reset(body);
        return edits;
    }

    internal static byte[] Bytes(BodyEdits edits)
    {
        var output = new ArrayBufferWriter<byte>();
        edits.CopyTo(output);
        output.WrittenCount.ShouldBe(edits.Length);
        return output.WrittenSpan.ToArray();
    }

    internal static string Text(BodyEdits edits) => Encoding.UTF8.GetString(Bytes(edits));
}
