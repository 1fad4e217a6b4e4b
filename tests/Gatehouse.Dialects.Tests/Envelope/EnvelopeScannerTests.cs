using System.Text;
using Gatehouse.Dialects.Envelope;
using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Tests.Envelope;

public sealed class EnvelopeScannerTests
{
    [Theory]
    [InlineData("""{"model":"m-1","messages":[]}""", "m-1")]
    [InlineData(""" { "model" : "m/é:1" }""", "m/é:1")]
    [InlineData("""{"model":"m\u0031"}""", null)]
    [InlineData("""{"messages":[],"model":"m"}""", null)]
    [InlineData("""{"model":7}""", null)]
    [InlineData("""{"model":"never closed""", null)]
    [InlineData("", null)]
    public void A_model_that_stands_first_is_known_before_the_scan(string json, string? model)
    {
        var body = Encoding.UTF8.GetBytes(json);
        var found = EnvelopeScanner.TryModelAtStart(body, out var range) ? Encoding.UTF8.GetString(body, range.Start, range.Length) : null;
        found.ShouldBe(model);
        EnvelopeScanner.TryModelAtStart([.. new string(' ', 300).Select(static c => (byte)c), .. body], out _).ShouldBeFalse("it would be no start");
    }

    [Fact]
    public void An_index_of_other_bytes_is_left_aside()
    {
        var (body, other) = ("""{"model":"m","messages":[[1]]}"""u8.ToArray(), """{"model":"m","messages":[1,2]}"""u8.ToArray());
        using var index = BodyIndex.TryRead(other).ShouldNotBeNull();
        EnvelopeScanner.Scan(body, index).ShouldBe(EnvelopeScanner.Scan(body));
        index.IsOf(other.ToArray()).ShouldBeFalse();
        index.IsOf(other).ShouldBeTrue();
        index.Dispose();
        index.IsOf(other).ShouldBeFalse();
        BodyIndex.TryRead("{\"model\":"u8.ToArray()).ShouldBeNull();
    }

    [Fact]
    public void All_facts_of_a_body_are_found_with_their_ranges()
    {
        const string Json = """
             {"model":"gpt-5.5","stream" : true,"stream_options":{"x":[1],"include_usage":false},
              "previous_response_id":"resp_1","conversation":{"id":"conv_1"},"store":false,"background":true,"messages":[{"model":"no"}]}
            """;
        var envelope = Scan(Json);

        envelope.Fault.ShouldBe(EnvelopeFault.None);
        Text(Json, envelope.Model).ShouldBe("gpt-5.5");
        envelope.ModelEscaped.ShouldBeFalse();
        envelope.Stream.ShouldBeTrue();
        Text(Json, envelope.StreamOptions).ShouldBe("""{"x":[1],"include_usage":false}""");
        envelope.IncludeUsage.ShouldBe(false);
        Text(Json, envelope.IncludeUsageValue).ShouldBe("false");
        Text(Json, envelope.PreviousResponseId).ShouldBe("resp_1");
        Text(Json, envelope.Conversation).ShouldBe("""{"id":"conv_1"}""");
        envelope.Store.ShouldBe(false);
        envelope.Background.ShouldBeTrue();
        Json[envelope.ObjectStart].ShouldBe('{');
        envelope.ObjectEnd.ShouldBe(Json.LastIndexOf('}'));
        envelope.ModelName(Encoding.UTF8.GetBytes(Json)).ShouldBe("gpt-5.5");
        envelope.PreviousResponse(Encoding.UTF8.GetBytes(Json)).ShouldBe("resp_1");
    }

    [Theory]
    [InlineData("""{"mod\u0065l":"a"}""", "a", false)]
    [InlineData("""{"model":"a\/b"}""", "a/b", true)]
    [InlineData("""{"model":"\ud83d\ude00"}""", "😀", true)]
    [InlineData("""{"model":"é","n":null}""", "é", false)]
    [InlineData(
        """{"model":"a","stream":null,"store":null,"background":null,"conversation":null,"previous_response_id":null}""", "a", false)]
    public void Escaped_keys_and_models_are_read_as_what_they_mean(string json, string model, bool escaped)
    {
        var envelope = Scan(json);

        envelope.Fault.ShouldBe(EnvelopeFault.None);
        envelope.ModelEscaped.ShouldBe(escaped);
        envelope.ModelName(Encoding.UTF8.GetBytes(json)).ShouldBe(model);
        envelope.Stream.ShouldBeFalse();
        envelope.Store.ShouldBeNull();
        envelope.Conversation.Exists.ShouldBeFalse();
        envelope.PreviousResponse(Encoding.UTF8.GetBytes(json)).ShouldBeNull();
    }

    [Theory]
    [InlineData("", EnvelopeFault.Empty, null)]
    [InlineData(" \r\n\t", EnvelopeFault.Empty, null)]
    [InlineData("[1]", EnvelopeFault.NotAnObject, null)]
    [InlineData("\"model\"", EnvelopeFault.NotAnObject, null)]
    [InlineData("12", EnvelopeFault.NotAnObject, null)]
    [InlineData("null", EnvelopeFault.NotAnObject, null)]
    [InlineData("hello", EnvelopeFault.NotJson, null)]
    [InlineData("\uFEFF{\"model\":\"a\"}", EnvelopeFault.NotJson, null)]
    [InlineData("{\"model\":\"a\"", EnvelopeFault.NotJson, null)]
    [InlineData("{\"model\":\"a\"}}", EnvelopeFault.NotJson, null)]
    [InlineData("{\"model\":\"a\"} {}", EnvelopeFault.NotJson, null)]
    [InlineData("{\"model\":\"a\",}", EnvelopeFault.NotJson, null)]
    [InlineData("{\"model\":\"a\" \"b\":1}", EnvelopeFault.NotJson, null)]
    [InlineData("{\"model\" \"a\"}", EnvelopeFault.NotJson, null)]
    [InlineData("{model:\"a\"}", EnvelopeFault.NotJson, null)]
    [InlineData("{\"model\":\"a\",\"b\":01}", EnvelopeFault.NotJson, null)]
    [InlineData("{\"model\":\"a\",\"b\":1.}", EnvelopeFault.NotJson, null)]
    [InlineData("{\"model\":\"a\",\"b\":1e}", EnvelopeFault.NotJson, null)]
    [InlineData("{\"model\":\"a\",\"b\":-}", EnvelopeFault.NotJson, null)]
    [InlineData("{\"model\":\"a\",\"b\":tru}", EnvelopeFault.NotJson, null)]
    [InlineData("{\"model\":\"a\",\"b\":}", EnvelopeFault.NotJson, null)]
    [InlineData("{\"model\":\"a\",\"b\":[}", EnvelopeFault.NotJson, null)]
    [InlineData("{\"model\":\"a\",\"b\":[{]}", EnvelopeFault.NotJson, null)]
    [InlineData("{\"model\":\"a\",\"b\":[1}", EnvelopeFault.NotJson, null)]
    [InlineData("{\"model\":\"a\",\"b\":{]}", EnvelopeFault.NotJson, null)]
    [InlineData("{\"model\":\"a\",\"b\":\"x}", EnvelopeFault.NotJson, null)]
    [InlineData("{\"model\":\"a\",\"b\":\"x\\\"}", EnvelopeFault.NotJson, null)]
    [InlineData("{\"mod\\xel\":\"a\"}", EnvelopeFault.NotJson, null)]
    [InlineData("{\"model\":\"a\\x\"}", EnvelopeFault.NotJson, "model")]
    [InlineData("{\"model\":\"\\ud83d\"}", EnvelopeFault.NotJson, "model")]
    [InlineData("{\"model\":\"a\nb\"}", EnvelopeFault.NotJson, "model")]
    [InlineData("{}", EnvelopeFault.ModelMissing, "model")]
    [InlineData("{\"messages\":[]}", EnvelopeFault.ModelMissing, "model")]
    [InlineData("{\"model\":1}", EnvelopeFault.ModelNotAString, "model")]
    [InlineData("{\"model\":\"\"}", EnvelopeFault.ModelNotAString, "model")]
    [InlineData("{\"model\":null}", EnvelopeFault.ModelNotAString, "model")]
    [InlineData("{\"stream\":\"true\",\"model\":\"a\"}", EnvelopeFault.StreamNotABoolean, "stream")]
    [InlineData("{\"stream\":1,\"model\":\"a\"}", EnvelopeFault.StreamNotABoolean, "stream")]
    [InlineData("{\"store\":\"no\",\"model\":\"a\"}", EnvelopeFault.WrongType, "store")]
    [InlineData("{\"background\":0,\"model\":\"a\"}", EnvelopeFault.WrongType, "background")]
    [InlineData("{\"stream_options\":[],\"model\":\"a\"}", EnvelopeFault.WrongType, "stream_options")]
    [InlineData("{\"stream_options\":{\"include_usage\":1},\"model\":\"a\"}", EnvelopeFault.WrongType, "stream_options.include_usage")]
    [InlineData("{\"stream_options\":{\"include_usage\" 1},\"model\":\"a\"}", EnvelopeFault.NotJson, null)]
    [InlineData("{\"previous_response_id\":{},\"model\":\"a\"}", EnvelopeFault.WrongType, "previous_response_id")]
    [InlineData("{\"conversation\":5,\"model\":\"a\"}", EnvelopeFault.WrongType, "conversation")]
    [InlineData("{\"model\":\"a\",\"model\":\"b\"}", EnvelopeFault.DuplicateKey, "model")]
    [InlineData("{\"model\":\"a\",\"mod\\u0065l\":\"b\"}", EnvelopeFault.DuplicateKey, "model")]
    [InlineData("{\"model\":\"a\",\"Model\":\"b\"}", EnvelopeFault.DuplicateKey, "Model")]
    [InlineData("{\"MODEL\":\"a\"}", EnvelopeFault.DuplicateKey, "MODEL")]
    [InlineData("{\"model\":\"a\",\"\\u0053tream\":true}", EnvelopeFault.DuplicateKey, "Stream")]
    [InlineData("{\"model\":\"a\",\"\u017Ftream\":true}", EnvelopeFault.DuplicateKey, "\u017Ftream")]
    [InlineData("{\"model\":\"a\",\"bac\u212Aground\":true}", EnvelopeFault.DuplicateKey, "bac\u212Aground")]
    [InlineData("{\"model\":\"a\",\"\\u017ftore\":true}", EnvelopeFault.DuplicateKey, "\u017Ftore")]
    [InlineData("{\"model\":\"a\",\"stream\":true,\"stream\":true}", EnvelopeFault.DuplicateKey, "stream")]
    [InlineData("{\"model\":\"a\",\"stream_options\":{},\"stream_options\":{}}", EnvelopeFault.DuplicateKey, "stream_options")]
    [InlineData("{\"model\":\"a\",\"previous_response_id\":\"r\",\"previous_response_id\":\"s\"}", EnvelopeFault.DuplicateKey, "previous_response_id")]
    [InlineData("{\"model\":\"a\",\"conversation\":null,\"conversation\":\"c\"}", EnvelopeFault.DuplicateKey, "conversation")]
    [InlineData("{\"model\":\"a\",\"store\":false,\"store\":true}", EnvelopeFault.DuplicateKey, "store")]
    [InlineData("{\"model\":\"a\",\"background\":false,\"background\":true}", EnvelopeFault.DuplicateKey, "background")]
    [InlineData("{\"model\":\"a\",\"stream_options\":{\"include_usage\":true,\"include_usage\":true}}", EnvelopeFault.DuplicateKey,
        "stream_options.include_usage")]
    [InlineData("{\"model\":\"a\",\"stream_options\":{\"Include_Usage\":true}}", EnvelopeFault.DuplicateKey, "Include_Usage")]
    public void Bodies_that_cannot_be_routed_are_refused_with_the_reason(string json, EnvelopeFault fault, string? key)
    {
        var envelope = Scan(json);

        envelope.Fault.ShouldBe(fault);
        envelope.FaultKey.ShouldBe(key);
        envelope.FaultOffset.ShouldBeInRange(0, Encoding.UTF8.GetByteCount(json));
    }

    [Fact]
    public void Invalid_utf8_is_the_upstreams_to_refuse_except_in_a_deciding_value()
    {
        byte[] Body(string before, string after) => [.. Encoding.UTF8.GetBytes(before), 0xC3, 0x28, .. Encoding.UTF8.GetBytes(after)];

        EnvelopeScanner.Scan(Body("{\"model\":\"a\",\"input\":\"", "\"}")).Fault.ShouldBe(EnvelopeFault.None);
        EnvelopeScanner.Scan(Body("{\"model\":\"a", "\"}")).Fault.ShouldBe(EnvelopeFault.NotJson);
        EnvelopeScanner.Scan(Body("{\"model\":\"a\",\"previous_response_id\":\"", "\"}")).FaultKey.ShouldBe("previous_response_id");
        // A parser that drops bad bytes would read a deciding key here.
        EnvelopeScanner.Scan(Body("{\"model\":\"a\",\"stre", "am\":true}")).Fault.ShouldBe(EnvelopeFault.NotJson);
    }

    [Fact]
    public void Deep_nesting_is_safe()
    {
        const int Levels = 100_000;
        var open = string.Concat(Enumerable.Repeat("[{\"a\":", Levels));
        var close = string.Concat(Enumerable.Repeat("}]", Levels));

        Scan($$"""{"model":"a","x":{{open}}1{{close}}}""").Fault.ShouldBe(EnvelopeFault.None);
        Scan($$"""{"model":"a","x":{{open}}1{{close}}""").Fault.ShouldBe(EnvelopeFault.NotJson);
        Scan($$"""{"model":"a","x":{{open}}""").Fault.ShouldBe(EnvelopeFault.NotJson);
    }

    [Fact]
    public void Quotes_and_backslash_runs_are_followed_at_every_alignment()
    {
        for (var lead = 0; lead < 130; lead++)
        {
            for (var run = 0; run < 70; run++)
            {
                var text = new string('x', lead) + new string('\\', run * 2) + "\\\"" + "]}";
                var json = "{\"a\":[\"" + text + "\"],\"b\":\"" + text + "\",\"model\":\"m\",\"stream\":true}";
                var envelope = Scan(json);
                envelope.Fault.ShouldBe(EnvelopeFault.None, json);
                envelope.Stream.ShouldBeTrue(json);
            }
        }
    }

    private static RequestEnvelope Scan(string json)
    {
        var body = Encoding.UTF8.GetBytes(json);
        var envelope = EnvelopeScanner.Scan(body);
        EnvelopeScanner.ScanWith<PortableBlocks>(body).ShouldBe(envelope);
        return envelope;
    }

    private static string Text(string json, ByteRange range) => json.Substring(range.Start, range.Length);
}
