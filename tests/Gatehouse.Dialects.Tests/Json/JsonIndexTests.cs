using System.Text;
using System.Text.Json;
using System.Runtime.InteropServices;
using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Tests.Json;

/// <summary>Compares the index with the platform's reader: the same documents are refused, and what is found is the same, for every vector width.</summary>
public sealed class JsonIndexTests
{
    [Fact]
    public void Refuses_what_the_platforms_reader_refuses_and_nothing_else()
    {
        var random = new Random(17);
        var (good, bad) = (0, 0);
        for (var seed = 0; seed < 400; seed++)
        {
            var document = new JsonMaker(seed).Body();
            for (var round = 0; round < 60; round++)
            {
                if (Verdict(JsonMutations.Of(document, random))) good++;
                else bad++;
            }
        }

        good.ShouldBeGreaterThan(3_000);
        bad.ShouldBeGreaterThan(3_000);
    }

    /// <summary>Short documents at every distance from a block's border, with white space in front and behind.</summary>
    [Theory]
    [InlineData("""{"a":[1,-2.5e+3,true,null],"b\n\"\\":"\u00e9\ud83d\/\b\f\r\t"}""")]
    [InlineData("""{"a" : "\\\\\\\\\\\\" , "b" :"\\\\\\\"" }""")]
    [InlineData("\"\\u00e\"")]
    [InlineData("\"\\u00eg\"")]
    [InlineData("\"\\u\"")]
    [InlineData("\"\\q\"")]
    [InlineData("\"a\u0001b\"")]
    [InlineData("\"never closed")]
    [InlineData("\"never closed\\")]
    [InlineData("[1 2]")]
    [InlineData("[1\"a\"]")]
    [InlineData("[\"a\"1]")]
    [InlineData("[\"a\"\"b\"]")]
    [InlineData("[truefalse]")]
    [InlineData("[01]")]
    [InlineData("[1.]")]
    [InlineData("[-]")]
    [InlineData("[1e]")]
    [InlineData("[1,]")]
    [InlineData("[,1]")]
    [InlineData("[}")]
    [InlineData("{]")]
    [InlineData("{\"a\"}")]
    [InlineData("{\"a\":}")]
    [InlineData("{\"a\":1,}")]
    [InlineData("{a:1}")]
    [InlineData("{1:1}")]
    [InlineData("{\"a\":1}}")]
    [InlineData("{\"a\":1}{}")]
    [InlineData("[\\\"a\\\"]")]
    [InlineData("12")]
    [InlineData("12x")]
    [InlineData("nul")]
    [InlineData("[é]")]
    public void Gives_the_same_verdict_wherever_a_document_lies_in_its_blocks(string document)
    {
        for (var front = 0; front < 130; front++)
        {
            foreach (var behind in (int[])[0, 1, 63, 64])
            {
                var shifted = Encoding.UTF8.GetBytes(new string(' ', front) + document + new string('\n', behind));
                _ = Verdict(shifted);
                // Inside a string, too, so that a block border falls into it.
                _ = Verdict(Encoding.UTF8.GetBytes($$"""{"{{new string('k', front)}}":{{document}},"z":"{{new string('é', behind)}}"}"""));
            }
        }
    }

    [Fact]
    public void Refuses_what_nests_deeper_than_the_limit_and_takes_what_just_does_not()
    {
        foreach (var depth in (int[])[JsonView.DeepestNesting - 1, JsonView.DeepestNesting, JsonView.DeepestNesting + 1])
        {
            Verdict(Encoding.UTF8.GetBytes(new string('[', depth) + new string(']', depth))).ShouldBe(depth <= JsonView.DeepestNesting);
            var objects = string.Concat(Enumerable.Repeat("{\"a\":", depth)) + "1" + new string('}', depth);
            Verdict(Encoding.UTF8.GetBytes(objects)).ShouldBe(depth <= JsonView.DeepestNesting);
        }
    }

    [Fact]
    public void Walks_the_same_with_an_index_as_without()
    {
        using var index = new JsonIndex();
        for (var seed = 0; seed < 300; seed++)
        {
            var document = new JsonMaker(seed).Body();
            JsonView.TryParse(document, index, out var indexed).ShouldBeTrue();
            JsonView.TryParse(document, out var plain).ShouldBeTrue();
            Walk(indexed).ShouldBe(Walk(plain));
            JsonView.At(document, index, indexed.In(document, index)).SameBytes(plain).ShouldBeTrue();
        }
    }

    /// <summary>A name that stands twice is walked twice and found first, as ever.</summary>
    [Fact]
    public void A_name_that_stands_twice_is_found_where_it_stands_first()
    {
        using var index = new JsonIndex();
        JsonView.TryParse("{\"a\":1,\"\\u0061\":2,\"a\":3}"u8, index, out var view).ShouldBeTrue();
        view["a"u8].TryInteger(out var first).ShouldBeTrue();
        first.ShouldBe(1);
        Walk(view).ShouldBe("{a=1;\\u0061=2;a=3;}");
    }

    /// <summary>Its index would be many times as large as the document: it is checked as any other, and walked without.</summary>
    [Fact]
    public void A_document_of_more_values_than_any_model_reads_has_no_index()
    {
        using var index = new JsonIndex();
        var document = Encoding.UTF8.GetBytes($"[{string.Join(',', Enumerable.Range(0, JsonIndex.MostAnyway + 60_000).Select(static n => n % 10))}]");
        JsonView.TryParse(document, index, out var view).ShouldBeTrue();
        index.IsWhole.ShouldBeFalse();
        index.Capacity.ShouldBeLessThan(JsonIndex.MostAnyway * 2);
        JsonView.TryParse(document, out var plain).ShouldBeTrue();
        Walk(view).ShouldBe(Walk(plain));
        JsonView.TryParse([.. document, (byte)','], index, out _).ShouldBeFalse();
        // The memory is used again for one that has an index.
        JsonView.TryParse("{\"a\":[1]}"u8, index, out var small).ShouldBeTrue();
        index.IsWhole.ShouldBeTrue();
        Walk(small).ShouldBe("{a=[1;];}");
    }

    /// <summary>The index grows several times on the way, each time with containers open.</summary>
    [Fact]
    public void A_document_of_little_else_than_small_values_is_indexed_whole()
    {
        using var index = new JsonIndex();
        var document = Encoding.UTF8.GetBytes($"{{\"a\":[{string.Join(',', Enumerable.Repeat("[{\"b\":[],\"c\":1}]", 5_000))}]}}");
        JsonView.TryParse(document, index, out var view).ShouldBeTrue();
        index.IsWhole.ShouldBeTrue();
        index.Count.ShouldBe(3 + (5_000 * 6));
        JsonView.TryParse(document, out var plain).ShouldBeTrue();
        Walk(view).ShouldBe(Walk(plain));
    }

    private static bool Verdict(byte[] document)
    {
        var expected = Platform(document);
        using var index = new JsonIndex();
        var shown = Encoding.UTF8.GetString(document);
        JsonIndexer.TryRead<PortableBlocks>(document, index).ShouldBe(expected, shown);
        JsonIndexer.TryRead<Blocks128>(document, index).ShouldBe(expected, shown);
        if (Blocks256.IsSupported) JsonIndexer.TryRead<Blocks256>(document, index).ShouldBe(expected, shown);
        if (Blocks512.IsSupported) JsonIndexer.TryRead<Blocks512>(document, index).ShouldBe(expected, shown);
        JsonView.TryParse(document, out var plain).ShouldBe(expected, shown);
        if (!expected) return false;
        JsonView.TryParse(document, index, out var view).ShouldBeTrue();
        view.SameBytes(plain).ShouldBeTrue();
        using var dom = JsonDocument.Parse(document, new JsonDocumentOptions { MaxDepth = JsonView.DeepestNesting });
        Encoding.UTF8.GetString(view.Raw).ShouldBe(Encoding.UTF8.GetString(JsonMarshal.GetRawUtf8Value(dom.RootElement)));
        Walk(view).ShouldBe(Walk(dom.RootElement));
        Walk(plain).ShouldBe(Walk(dom.RootElement));
        return true;
    }

    private static bool Platform(byte[] document)
    {
        try
        {
            var reader = new Utf8JsonReader(document, new JsonReaderOptions { MaxDepth = JsonView.DeepestNesting });
            while (reader.Read())
            {
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static string Walk(JsonView view)
    {
        var text = new StringBuilder();
        Walk(view, text);
        return text.ToString();
    }

    private static void Walk(JsonView view, StringBuilder text)
    {
        switch (view.Kind)
        {
            case JsonKind.Object:
                text.Append('{');
                foreach (var member in view.Members)
                {
                    text.Append(Encoding.UTF8.GetString(member.EscapedName)).Append('=');
                    Walk(member.Value, text);
                    text.Append(';');
                }

                text.Append('}');
                break;
            case JsonKind.Array:
                text.Append('[');
                foreach (var item in view.Items)
                {
                    Walk(item, text);
                    text.Append(';');
                }

                text.Append(']');
                break;
            default:
                text.Append(Encoding.UTF8.GetString(view.Raw));
                break;
        }
    }

    private static string Walk(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => "{" + string.Concat(element.EnumerateObject().Select(
            static member => $"{Name(member)}={Walk(member.Value)};")) + "}",
        JsonValueKind.Array => "[" + string.Concat(element.EnumerateArray().Select(static item => Walk(item) + ";")) + "]",
        _ => Encoding.UTF8.GetString(JsonMarshal.GetRawUtf8Value(element)),
    };

    private static string Name(JsonProperty member) => Encoding.UTF8.GetString(JsonMarshal.GetRawUtf8PropertyName(member));
}
