using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gatehouse.Dialects.Edits;
using Gatehouse.Dialects.Envelope;
using Gatehouse.Dialects.Tests.Json;

namespace Gatehouse.Dialects.Tests.Edits;

public sealed class BodyPatchTests
{
    private const string Billing = "x-anthropic-billing-header:";

    [Theory]
    [InlineData("a", """{"model":"m","a":1}""", """{"model":"m"}""", 1)]
    [InlineData("a", """{"a":1,"model":"m"}""", """{"model":"m"}""", 1)]
    [InlineData("a", """{"b":2 , "a" : [1,{"a":2}] , "model":"m"}""", """{"b":2 , "model":"m"}""", 1)]
    [InlineData("a", """{ "\u0061":1, "model":"m" }""", """{ "model":"m" }""", 1)]
    [InlineData("a", """{"a":1,"a":2,"model":"m","a":3}""", """{"model":"m"}""", 3)]
    [InlineData("a", """{"model":"m","x":{"a":1},"A":2}""", """{"model":"m","x":{"a":1},"A":2}""", 0)]
    [InlineData("o.effort", """{"o":{"effort":"high"},"model":"m"}""", """{"o":{},"model":"m"}""", 1)]
    [InlineData("o.effort", """{"o":{ "effort":"high" },"model":"m"}""", """{"o":{},"model":"m"}""", 1)]
    [InlineData("o.effort", """{"o":{"effort":"high","format":null},"model":"m"}""", """{"o":{"format":null},"model":"m"}""", 1)]
    [InlineData("o.effort", """{"o":"effort","model":"m"}""", """{"o":"effort","model":"m"}""", 0)]
    [InlineData("o.effort", """{"o":["effort"],"model":"m"}""", """{"o":["effort"],"model":"m"}""", 0)]
    [InlineData(
        "tools[].d",
        """{"model":"m","tools":[{"d":true},{"n":1},3,{"n":"x","d":false,"z":[]},{"d":1,"n":2}, [{"d":1}]]}""",
        """{"model":"m","tools":[{},{"n":1},3,{"n":"x","z":[]},{"n":2}, [{"d":1}]]}""",
        3)]
    [InlineData(
        "messages[].content[].c",
        """{"model":"m","messages":[{"content":"c"},{"content":[{"t":1,"c":{"type":"ephemeral"}},{"c":1}]},{"c":5}]}""",
        """{"model":"m","messages":[{"content":"c"},{"content":[{"t":1},{}]},{"c":5}]}""",
        2)]
    public void A_named_field_goes_with_one_comma(string path, string body, string expected, int count)
    {
        var edits = BodyEditsTests.Edits(body, out _);
        var found = Patch([path]).Apply(Encoding.UTF8.GetBytes(body), edits);
        BodyEditsTests.Text(edits).ShouldBe(expected);
        found.ShouldBe(count == 0 ? [] : [new PatchedPart(path, count)]);
    }

    [Theory]
    [InlineData(
        """{"system":[{"type":"text","text":"x-anthropic-billing-header: cc_version=2;"},{"type":"text","text":"You are"}],"model":"m"}""",
        """{"system":[{"type":"text","text":"You are"}],"model":"m"}""")]
    [InlineData(
        """{"system":[{"type":"text","text":"You are"} , {"text":"x-anthropic-\u0062illing-header:\/","type":"text"}],"model":"m"}""",
        """{"system":[{"type":"text","text":"You are"}],"model":"m"}""")]
    [InlineData("""{"system":[{"text":"x-anthropic-billing-header:"}],"model":"m"}""", """{"system":[],"model":"m"}""")]
    public void A_block_that_begins_with_the_text_goes(string body, string expected)
    {
        var edits = BodyEditsTests.Edits(body, out _);
        var found = Patch([], new BlockRemoval("system[]", Billing)).Apply(Encoding.UTF8.GetBytes(body), edits);
        BodyEditsTests.Text(edits).ShouldBe(expected);
        found.ShouldBe([new PatchedPart("system[] " + Billing, 1)]);
    }

    [Theory]
    [InlineData("""{"system":"x-anthropic-billing-header: as a string","model":"m"}""")]
    [InlineData("""{"system":["x-anthropic-billing-header:"],"model":"m"}""")]
    [InlineData("""{"system":[{"text":"x-anthropic-billing"},{"text":" x-anthropic-billing-header:"},{"other":"x-anthropic-billing-header:"},{}],"model":"m"}""")]
    [InlineData("""{"messages":[{"content":[{"text":"x-anthropic-billing-header:"}]}],"model":"m"}""")]
    [InlineData("""{"system":[{"text" 1}],"model":"m"}""")]
    public void Other_blocks_stay(string body)
    {
        var edits = BodyEditsTests.Edits(body, out _);
        Patch([], new BlockRemoval("system[]", Billing)).Apply(Encoding.UTF8.GetBytes(body), edits).ShouldBeEmpty();
        BodyEditsTests.Text(edits).ShouldBe(body);
    }

    [Fact]
    public void A_patch_works_together_with_the_other_edits()
    {
        const string Body = """
            {"context_management":{"edits":[]},"model":"fast","tools":[{"name":"a","defer_loading":true}],
             "system":[{"text":"x-anthropic-billing-header: 1","x":{"y":1}},{"text":"s","x":{"y":2}}],"output_config":{"effort":"high"}}
            """;
        var edits = BodyEditsTests.Edits(Body, out var envelope);
        edits.SetIncludeUsage(envelope).ShouldBeTrue();
        edits.ReplaceModel(envelope, "qwen"u8);
        var patch = Patch(
            ["context_management", "tools[].defer_loading", "output_config", "output_config.effort", "system[].x.y", "absent"],
            new BlockRemoval("system[]", Billing));
        var found = patch.Apply(Encoding.UTF8.GetBytes(Body), edits);

        BodyEditsTests.Text(edits).ShouldBe("""
            {"model":"qwen","tools":[{"name":"a"}],
             "system":[{"text":"s","x":{}}],"stream_options":{"include_usage":true}}
            """);
        found.Select(static part => part.Path).ShouldBe(
            ["context_management", "tools[].defer_loading", "output_config", "system[].x.y", "system[] " + Billing]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a..b")]
    [InlineData("a[].")]
    [InlineData("[]")]
    [InlineData("a[]")]
    [InlineData("a[][].b")]
    [InlineData("a]b")]
    [InlineData("model")]
    [InlineData("stream")]
    [InlineData("stream_options.include_usage")]
    public void Paths_that_cannot_be_removed_are_refused_by_name(string path)
    {
        BodyPatch.TryCreate([path], [], out var patch, out var error).ShouldBeFalse();
        patch.ShouldBeNull();
        error.ShouldNotBeNull().ShouldContain($"'{path}'");
    }

    [Fact]
    public void A_block_removal_needs_an_array_and_a_prefix()
    {
        BodyPatch.TryCreate([], [new BlockRemoval("system", "x")], out _, out _).ShouldBeFalse();
        BodyPatch.TryCreate([], [new BlockRemoval("system[]", "")], out _, out _).ShouldBeFalse();
        Patch([]).IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public void Generated_bodies_lose_exactly_what_the_patch_names()
    {
        for (var seed = 0; seed < 1_500; seed++)
        {
            var random = new Random(seed);
            var maker = new JsonMaker(seed);
            string Tool() => random.Next(4) switch
            {
                0 => "{\"d\":" + maker.Value(2) + "}",
                1 => "{ \"n\" : " + maker.Value(2) + " , \"d\" : 1 }",
                2 => "{\"d\":1,\"d2\":" + maker.Value(2) + "}",
                _ => maker.Value(2),
            };
            var tools = "[" + string.Join(" , ", Enumerable.Range(0, random.Next(5)).Select(_ => Tool())) + "]";
            var body = maker.Body(("\"gone\"", maker.Value(3)), ("\"model\"", "\"m\""), ("\"tools\"", tools), ("\"also\"", maker.Value(3)));
            var edits = new BodyEdits();
            edits.Reset(body);
            Patch(["gone", "tools[].d", "also"]).Apply(body, edits);

            var expected = JsonNode.Parse(body)!.AsObject();
            expected.Remove("gone");
            expected.Remove("also");
            foreach (var tool in expected["tools"]!.AsArray().OfType<JsonObject>())
                tool.Remove("d");
            using var made = JsonDocument.Parse(BodyEditsTests.Bytes(edits));
            JsonNode.DeepEquals(JsonNode.Parse(made.RootElement.GetRawText()), expected).ShouldBeTrue(Encoding.UTF8.GetString(body));
            EnvelopeScanner.Scan(BodyEditsTests.Bytes(edits)).Fault.ShouldBe(EnvelopeFault.None);
        }
    }

    private static BodyPatch Patch(string[] fields, params BlockRemoval[] blocks)
    {
        BodyPatch.TryCreate(fields, blocks, out var patch, out var error).ShouldBeTrue(error);
        return patch.ShouldNotBeNull();
    }
}
