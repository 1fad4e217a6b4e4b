using System.Text.Json;

namespace Gatehouse.Dialects.Tests.Translation.ChatToAnthropic;

/// <summary>
/// A bot with an OpenAI SDK on Claude, as RockBot is: each mapping of the small proxy that such bots run today, and each thing that it loses.
/// </summary>
public sealed class RockBotTests
{
    private const string Tool = """{"type":"function","function":{"name":"get","description":"d","parameters":{"type":"object","properties":{}}}}""";

    [Fact]
    public void System_messages_become_the_system_text_in_their_order() =>
        ChatCall.Sent("""[{"role":"system","content":"A"},{"role":"system","content":"B"},{"role":"user","content":"x"}]""")
            .GetProperty("system").EnumerateArray().Select(static block => block.GetProperty("text").GetString()).ShouldBe(["A", "B"]);

    [Fact]
    public void Without_system_messages_there_is_no_system_text() =>
        ChatCall.Sent("""[{"role":"user","content":"x"}]""").TryGetProperty("system", out _).ShouldBeFalse();

    [Fact]
    public void Developer_messages_are_not_lost() =>
        ChatCall.Sent("""[{"role":"developer","content":"A"},{"role":"user","content":"x"}]""").GetProperty("system")[0].GetProperty("text").GetString().ShouldBe("A");

    [Fact]
    public void Images_beside_text_are_not_dropped()
    {
        var content = ChatCall.Content("""[{"role":"user","content":[{"type":"text","text":"A"},{"type":"image_url","image_url":{"url":"data:image/png;base64,iVBO"}},{"type":"text","text":"B"}]}]""", 0);
        content.Select(static block => block.GetProperty("type").GetString()).ShouldBe(["text", "image", "text"]);
        content[1].GetProperty("source").GetRawText().ShouldBe("""{"type":"base64","media_type":"image/png","data":"iVBO"}""");
    }

    [Fact]
    public void An_assistants_text_and_calls_are_blocks_in_order() =>
        ChatCall.Content(
                """[{"role":"user","content":"x"},{"role":"assistant","content":"A","tool_calls":[{"id":"c","type":"function","function":{"name":"get","arguments":"{\"a\": 1.0}"}}]},{"role":"tool","tool_call_id":"c","content":"r"}]""", 1)
            .Select(static block => block.GetRawText()).ShouldBe(["""{"type":"text","text":"A"}""", """{"type":"tool_use","id":"c","name":"get","input":{"a": 1.0}}"""]);

    [Fact]
    public void Arguments_that_are_no_json_are_not_replaced_by_nothing() =>
        ChatCall.Content("""[{"role":"user","content":"x"},{"role":"assistant","tool_calls":[{"id":"c","type":"function","function":{"name":"get","arguments":"oops"}}]}]""", 1)[0]
            .GetProperty("input").GetProperty("arguments").GetString().ShouldBe("oops");

    [Fact]
    public void Results_stand_in_one_turn_of_the_users()
    {
        var content = ChatCall.Content(
            """[{"role":"user","content":"x"},{"role":"assistant","tool_calls":[{"id":"a","type":"function","function":{"name":"get","arguments":"{}"}},{"id":"b","type":"function","function":{"name":"get","arguments":"{}"}}]},{"role":"tool","tool_call_id":"a","content":"1"},{"role":"tool","tool_call_id":"b","content":"2"}]""", 2);
        content.Select(static block => block.GetProperty("tool_use_id").GetString()).ShouldBe(["a", "b"]);
    }

    [Fact]
    public void A_result_without_an_id_does_not_break_the_conversation() =>
        ChatCall.Content("""[{"role":"user","content":"x"},{"role":"tool","content":"stray"}]""", 0)[1].GetProperty("text").GetString()!.ShouldContain("stray");

    [Fact]
    public void A_tool_without_parameters_gets_an_empty_schema() =>
        ChatCall.Sent("""[{"role":"user","content":"x"}]""", ""","tools":[{"type":"function","function":{"name":"get"}}]""")
            .GetProperty("tools")[0].GetProperty("input_schema").GetRawText().ShouldBe("""{"type":"object","properties":{}}""");

    [Fact]
    public void No_tools_are_left_out() =>
        ChatCall.Sent("""[{"role":"user","content":"x"}]""", ",\"tools\":[]").TryGetProperty("tools", out _).ShouldBeFalse();

    [Theory]
    [InlineData("\"stop\":\"END\"", "stop_sequences", "[\"END\"]")]
    [InlineData("\"stop\":[\"A\",\"B\"]", "stop_sequences", "[\"A\",\"B\"]")]
    [InlineData("\"max_tokens\":77", "max_tokens", "77")]
    [InlineData("\"max_completion_tokens\":78", "max_tokens", "78")]
    [InlineData("\"temperature\":0.3", "temperature", "0.3")]
    [InlineData("\"top_p\":0.4", "top_p", "0.4")]
    [InlineData("\"user\":\"u1\"", "metadata", "{\"user_id\":\"u1\"}")]
    [InlineData("\"tools\":[" + Tool + "],\"tool_choice\":\"required\"", "tool_choice", "{\"type\":\"any\"}")]
    [InlineData("\"tools\":[" + Tool + "],\"parallel_tool_calls\":false", "tool_choice", "{\"type\":\"auto\",\"disable_parallel_tool_use\":true}")]
    [InlineData("\"reasoning_effort\":\"high\"", "output_config", "{\"effort\":\"high\"}")]
    [InlineData("\"response_format\":{\"type\":\"json_object\"}", "tool_choice", "{\"type\":\"tool\",\"name\":\"answer\"}")]
    public void A_setting_is_mapped(string setting, string field, string sent) =>
        ChatCall.Sent("""[{"role":"user","content":"x"}]""", "," + setting).GetProperty(field).GetRawText().ShouldBe(sent);

    [Fact]
    public void Several_answers_are_refused_instead_of_ignored() => ChatCall.Refused("""[{"role":"user","content":"x"}]""", ",\"n\":3").Param.ShouldBe("n");

    [Fact]
    public void Missing_messages_are_refused_in_the_clients_form() => ChatCall.Refused("null").Param.ShouldBe("messages");

    [Theory]
    [InlineData("end_turn", "stop")]
    [InlineData("max_tokens", "length")]
    [InlineData("stop_sequence", "stop")]
    [InlineData("refusal", "content_filter")]
    [InlineData("something_new", "stop")]
    public void An_answer_ends_as_the_client_knows_it(string reason, string finish) =>
        ChatCall.Answer([("text", "Hi")], reason).GetProperty("choices")[0].GetProperty("finish_reason").GetString().ShouldBe(finish);

    [Fact]
    public void An_answer_has_the_model_that_was_asked_for_and_the_whole_prompt_in_its_usage()
    {
        var answer = ChatCall.Answer([("text", "One"), ("text", "Two")], "end_turn");
        answer.GetProperty("object").GetString().ShouldBe("chat.completion");
        answer.GetProperty("model").GetString().ShouldBe("asked");
        answer.GetProperty("created").GetInt64().ShouldBe(1_790_000_000);
        answer.GetProperty("id").GetString()!.ShouldStartWith("chatcmpl-");
        var usage = answer.GetProperty("usage");
        usage.GetProperty("prompt_tokens").GetInt32().ShouldBe(3 + 40 + 5, "cached tokens count");
        usage.GetProperty("prompt_tokens_details").GetProperty("cached_tokens").GetInt32().ShouldBe(40);
        usage.GetProperty("total_tokens").GetInt32().ShouldBe(48 + 9);
    }

    [Fact]
    public void Texts_in_a_row_are_one_text() =>
        Message([("text", "One"), ("text", " two")], "end_turn").GetProperty("content").GetString().ShouldBe("One two");

    [Fact]
    public void A_call_has_its_arguments_as_text_and_no_content()
    {
        var choice = ChatCall.Answer([("tool_use", "{\"a\": [1.0]}")], "tool_use").GetProperty("choices")[0];
        choice.GetProperty("finish_reason").GetString().ShouldBe("tool_calls");
        var message = choice.GetProperty("message");
        message.GetProperty("content").ValueKind.ShouldBe(JsonValueKind.Null);
        message.GetProperty("tool_calls")[0].GetRawText().ShouldBe("""{"id":"toolu_0","type":"function","function":{"name":"get","arguments":"{\"a\": [1.0]}"}}""");
    }

    [Fact]
    public void An_answer_without_calls_has_no_tool_calls() => Message([("text", "Hi")], "end_turn").TryGetProperty("tool_calls", out _).ShouldBeFalse();

    [Fact]
    public void Streaming_is_not_refused() => ChatCall.Stream([("text", "Hi")], "end_turn").ShouldEndWith("data: [DONE]\n\n");

    private static JsonElement Message((string Type, string Content)[] blocks, string reason) =>
        ChatCall.Answer(blocks, reason).GetProperty("choices")[0].GetProperty("message");
}
