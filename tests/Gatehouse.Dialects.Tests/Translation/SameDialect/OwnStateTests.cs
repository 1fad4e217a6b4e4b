using System.Buffers;
using System.Text;
using Gatehouse.Dialects.Edits;
using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation.Responses;
using Gatehouse.Dialects.Translation.SameDialect;

namespace Gatehouse.Dialects.Tests.Translation.SameDialect;

/// <summary>What a translation sealed is taken out of a body for a provider of the caller's own dialect; every other byte stays.</summary>
public sealed class OwnStateTests
{
    private const string Sealed = "\"gh1.here.YWJj\"";
    private const string Item = """{"type":"reasoning","summary":[],"encrypted_content":"gh1.here.YWJj"}""";
    private const string Thinking = """{"type":"thinking","thinking":"x","signature":"gh1.here.YWJj"}""";
    private static readonly string s_notes = Notes("here");

    /// <summary>Dialect, body with <c>§…§</c> around what goes (<c>§…→…§</c> for what becomes something else), losses.</summary>
    public static TheoryData<Dialect, string, string> Bodies() => new()
    {
        { Dialect.OpenAiResponses, $$"""{ "input" : [ §{{Item}} , §{"role":"user","content":"a"} ] , "x":1}""", "foreign_state" },
        { Dialect.OpenAiResponses, $$"""{"input":[{"role":"user","content":"a"}§,{{Item}},{{Item}}§,{"role":"user","content":"b"}§, {{Item}}§]}""", "foreign_state" },
        { Dialect.OpenAiResponses, $$"""{"input":[§{{Item}},{{Item}}§]}""", "foreign_state" },
        { Dialect.OpenAiResponses, """{"input":[{"type":"reasoning","encrypted_content":"gAAAA"},{"role":"user","content":"gh1.here.YWJj"}],"a":"gh1.here.YWJj"}""", "" },
        { Dialect.OpenAiResponses, $$"""{"input":[§{{Compaction("gh1.else.AAAA")}},§{"role":"user","content":"b"}]}""", "foreign_compaction.unread" },
        { Dialect.OpenAiResponses, """{"input":[{"type":"compaction","encrypted_content":"gAAAA"}]}""", "" },
        { Dialect.OpenAiResponses, """{"input":"\"gh1.","instructions":"gh1."}""", "" },
        { Dialect.OpenAiResponses, """{"input":[{"encrypted_content":"gh1.""", "" },
        { Dialect.Anthropic, $$"""{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":[§{{Thinking}}, §{"type":"text","text":"b"}§,{"type":"redacted_thinking","data":{{Sealed}}}§]}]}""", "foreign_state" },
        { Dialect.Anthropic, $$"""{"messages":[{"role":"user","content":"a"}§,{"role":"assistant","content":[{{Thinking}}]}§,{"role":"user","content":"c"}]}""", "foreign_state" },
        {
            Dialect.Anthropic,
            $$$"""{"messages":[{"role":"assistant","content":[{"type":"text","text":"b"}§,{"type":"server_tool_use","id":"s1","name":"web_search","input":{}},{"type":"web_search_tool_result","tool_use_id":"s1","content":[{"type":"web_search_result","url":"u","encrypted_content":{{{Sealed}}}},{"type":"web_search_result","url":"v","encrypted_content":""}]}§,{"type":"server_tool_use","id":"s2","name":"web_search","input":{}},{"type":"web_search_tool_result","tool_use_id":"s2","content":[{"encrypted_content":"EqgB"}]},{"type":"thinking","thinking":"","signature":"EqgC"}]}]}""",
            "foreign_state"
        },
        {
            Dialect.Anthropic,
            $$$"""{"messages":[{"role":"assistant","content":[§{"type":"mcp_tool_use","id":"mcptoolu_01980000111172228333444455556666_1","name":"a","server_name":"s","input":{}},{"type":"mcp_tool_result","tool_use_id":"mcptoolu_01980000111172228333444455556666_1","content":[]},{"type":"redacted_thinking","data":{{{Sealed}}}},§{"type":"server_tool_use","id":"srvtoolu_01AbCdEf","name":"code_execution","input":{}}]}]}""",
            "foreign_state"
        },
        {
            Dialect.Anthropic,
            """{"messages":[{"role":"assistant","content":[{"type":"text","text":"b","citations":[§{"type":"web_search_result_location","url":"u","encrypted_index":"gh1."},§{"type":"web_search_result_location","url":"v","encrypted_index":"EqgD"}]},{"type":"text","text":"c","citations":[§{"type":"web_search_result_location","url":"w","encrypted_index":"gh1."}§]}]}]}""",
            "foreign_state"
        },
        { Dialect.OpenAiChat, """{"messages":[{"role":"assistant","content":"","signature":"gh1.x"}]}""", "" },
    };

    [Theory]
    [MemberData(nameof(Bodies))]
    public void It_goes_with_its_commas_and_is_told(Dialect dialect, string marked, string losses)
    {
        var parts = marked.Split('§');
        var (before, after) = (string.Concat(parts), string.Concat(parts.Where((_, i) => i % 2 == 0)));
        var (text, told) = TakeOut(dialect, before);
        text.ShouldBe(after);
        told.ShouldBe(losses);
    }

    [Fact]
    public void Notes_that_can_be_opened_stand_in_words()
    {
        var (text, told) = TakeOut(Dialect.OpenAiResponses, $$"""{"input":[{{Compaction(s_notes)}} ,{{Item}}, {"role":"user","content":"go on"}]}""");
        told.ShouldBe("foreign_compaction,foreign_state");
        text.ShouldStartWith("""{"input":[{"type":"message","role":"user","content":[{"type":"input_text","text":"The earlier part of this conversation""");
        text.ShouldContain("remember 42");
        text.ShouldEndWith("""]}, {"role":"user","content":"go on"}]}""");
    }

    [Fact]
    public void Every_loss_has_a_row_on_the_page()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Gatehouse.slnx"))) folder = folder.Parent;
        var page = File.ReadAllText(Path.Combine(folder.FullName, "docs", "dialects", "identity.md"));
        foreach (var loss in OwnState.Losses) page.ShouldContain($"| `{loss.Id}` |");
    }

    private static string Compaction(string content) => $$"""{"id":"cmp_1","type":"compaction","encrypted_content":"{{content}}"}""";

    /// <summary>Notes sealed as a compact call's answer has them.</summary>
    private static string Notes(string owner)
    {
        using var answer = new PooledBuffer();
        ResponsesCompaction.TryWriteAnswer(
            """{"input":"hi"}"""u8, """{"output":[{"type":"message","content":[{"type":"output_text","text":"remember 42"}]}]}"""u8, new PlainSeal(owner), Guid.Empty, 0, answer)
            .ShouldBeTrue();
        JsonView.TryParse(answer.Written, out var document).ShouldBeTrue();
        foreach (var item in document["output"u8].Items)
        {
            if (item["type"u8].Is("compaction"u8)) return item["encrypted_content"u8].Text()!;
        }

        return "";
    }

    private static (string Body, string Losses) TakeOut(Dialect dialect, string body)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        var edits = new BodyEdits();
        edits.Reset(bytes);
        var losses = OwnState.TakeOut(dialect, bytes, new PlainSeal(), edits);
        var output = new ArrayBufferWriter<byte>();
        edits.CopyTo(output);
        if (losses.Count > 0) OwnState.MayBeIn(bytes).ShouldBeTrue();
        return (Encoding.UTF8.GetString(output.WrittenSpan), string.Join(',', losses.Select(static l => l.Id)));
    }
}
