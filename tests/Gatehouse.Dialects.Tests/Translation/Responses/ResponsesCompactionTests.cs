using System.Text;
using System.Text.Json;
using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation.Responses;

namespace Gatehouse.Dialects.Tests.Translation.Responses;

public sealed class ResponsesCompactionTests
{
    private const string Compact = """
        {"model":"m","instructions":"Be.","prompt_cache_key":"k","input":[{"type":"message","id":"msg_7","role":"user","content":[{"type":"input_text","text":"Build \"it\""}]},
         {"type":"reasoning","summary":[]},{"role":"assistant","content":"Done."},{"role":"user","content":"Test\nit"},{"type":"function_call","call_id":"c","name":"f","arguments":"{}"},{"type":"function_call_output","call_id":"c","output":"ok"}],
         "tools":[{"type":"function","name":"f"}],"tool_choice":"auto","stream":true,"store":true}
        """;

    private static readonly Guid s_exchange = new("01980000-1111-7222-8333-444455556666");

    [Fact]
    public void The_model_is_asked_behind_the_conversation_and_everything_before_stays()
    {
        using var request = new PooledBuffer();
        ResponsesCompaction.TryWriteRequest(Encoding.UTF8.GetBytes(Compact), request).ShouldBeTrue();
        var body = JsonDocument.Parse(request.WrittenMemory).RootElement;
        body.EnumerateObject().Select(static member => member.Name).ShouldBe(["model", "instructions", "prompt_cache_key", "tools", "store", "tool_choice", "input"]);
        body.GetProperty("store").GetBoolean().ShouldBeFalse();
        body.GetProperty("tool_choice").GetString().ShouldBe("none");
        var before = JsonDocument.Parse(Compact).RootElement.GetProperty("input");
        var items = body.GetProperty("input");
        items.GetArrayLength().ShouldBe(before.GetArrayLength() + 1);
        for (var i = 0; i < before.GetArrayLength(); i++) items[i].GetRawText().ShouldBe(before[i].GetRawText());
        items[before.GetArrayLength()].GetProperty("role").GetString().ShouldBe("user");
        items[before.GetArrayLength()].GetProperty("content")[0].GetProperty("text").GetString().ShouldNotBeNull().ShouldContain("as if nothing had happened");
    }

    [Fact]
    public void A_string_of_input_is_a_message()
    {
        using var request = new PooledBuffer();
        ResponsesCompaction.TryWriteRequest("{\"model\":\"m\",\"input\":\"Hi\"}"u8, request).ShouldBeTrue();
        var body = JsonDocument.Parse(request.WrittenMemory).RootElement;
        body.TryGetProperty("tool_choice", out _).ShouldBeFalse();
        body.GetProperty("input")[0].GetProperty("content")[0].GetProperty("text").GetString().ShouldBe("Hi");
    }

    [Fact]
    public void The_notes_are_not_held_to_the_form_of_the_conversations_answers()
    {
        using var request = new PooledBuffer();
        ResponsesCompaction.TryWriteRequest(
            """{"model":"m","input":"Hi","text":{"format":{"type":"json_schema","name":"a","schema":{"type":"object"}}}}"""u8, request).ShouldBeTrue();
        JsonDocument.Parse(request.WrittenMemory).RootElement.TryGetProperty("text", out _).ShouldBeFalse();
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{\"model\":\"m\"}")]
    [InlineData("{\"input\":7}")]
    [InlineData("no json")]
    public void What_is_no_request_is_not_rewritten(string body)
    {
        using var request = new PooledBuffer();
        ResponsesCompaction.TryWriteRequest(Encoding.UTF8.GetBytes(body), request).ShouldBeFalse();
        request.Length.ShouldBe(0);
    }

    [Fact]
    public void The_answer_keeps_the_users_messages_and_a_later_request_gets_the_summary_back()
    {
        using var answer = new PooledBuffer();
        var response = """{"output":[{"type":"reasoning"},{"type":"message","content":[{"type":"output_text","text":"Goal:\n\"it\""},{"type":"output_text","text":"Next: test"}]}],"usage":{"input_tokens":9}}""";
        ResponsesCompaction.TryWriteAnswer(Encoding.UTF8.GetBytes(Compact), Encoding.UTF8.GetBytes(response), new PlainSeal(), s_exchange, 5, answer).ShouldBeTrue();
        var document = JsonDocument.Parse(answer.WrittenMemory).RootElement;
        document.GetProperty("object").GetString().ShouldBe("response.compaction");
        document.GetProperty("created_at").GetInt64().ShouldBe(5);
        document.GetProperty("usage").GetRawText().ShouldBe("{\"input_tokens\":9}");
        var output = document.GetProperty("output");
        output.GetArrayLength().ShouldBe(3);
        output[0].GetProperty("id").GetString().ShouldBe("msg_7");
        output[1].GetProperty("content")[0].GetProperty("text").GetString().ShouldBe("Test\nit");
        output[2].GetProperty("type").GetString().ShouldBe("compaction");
        output[2].GetProperty("id").GetString().ShouldBe("cmp_01980000111172228333444455556666");

        using var expanded = new PooledBuffer();
        var later = $$"""{"model":"m","input":[{{output[2].GetRawText()}},{"role":"user","content":"Go on"}],"store":false}""";
        ResponsesCompaction.TryExpand(Encoding.UTF8.GetBytes(later), new PlainSeal(), expanded).ShouldBeTrue();
        var input = JsonDocument.Parse(expanded.WrittenMemory).RootElement.GetProperty("input");
        input.GetArrayLength().ShouldBe(2);
        input[0].GetProperty("role").GetString().ShouldBe("user");
        input[0].GetProperty("content")[0].GetProperty("text").GetString().ShouldNotBeNull().ShouldEndWith("Goal:\n\"it\"\n\nNext: test");
        Encoding.UTF8.GetString(expanded.Written).ShouldEndWith(""",{"role":"user","content":"Go on"}],"store":false}""");
    }

    [Theory]
    [InlineData("""{"output":[{"type":"function_call"}]}""")]
    [InlineData("""{"output":[{"type":"message","content":[{"type":"refusal","refusal":"no"}]}]}""")]
    [InlineData("nothing")]
    public void An_answer_without_text_is_no_summary(string response)
    {
        using var answer = new PooledBuffer();
        ResponsesCompaction.TryWriteAnswer(Encoding.UTF8.GetBytes(Compact), Encoding.UTF8.GetBytes(response), new PlainSeal(), s_exchange, 5, answer).ShouldBeFalse();
        answer.Length.ShouldBe(0);
    }

    [Theory]
    [InlineData("""{"input":[{"type":"compaction","encrypted_content":"of OpenAI"}]}""")]
    [InlineData("""{"input":[{"type":"compaction","encrypted_content":"gh1.elsewhere.c3g"}]}""")]
    [InlineData("""{"input":[{"type":"reasoning","encrypted_content":"gh1.here.c3g"}]}""")]
    [InlineData("""{"input":[{"type":"compaction","encrypted_content":"gh1.here.YXg"}]}""")]
    [InlineData("gh1. no json")]
    public void What_is_not_our_compaction_stays(string body)
    {
        using var expanded = new PooledBuffer();
        ResponsesCompaction.TryExpand(Encoding.UTF8.GetBytes(body), new PlainSeal(), expanded).ShouldBeFalse();
        expanded.Length.ShouldBe(0);
    }
}
