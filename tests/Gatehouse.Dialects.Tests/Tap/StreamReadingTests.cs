using System.Text;
using Gatehouse.Dialects.Tap;

namespace Gatehouse.Dialects.Tests.Tap;

public sealed class StreamReadingTests
{
    [Fact]
    public void An_event_without_its_blank_line_is_not_complete()
    {
        var tap = Read(Dialect.OpenAiChat, "data: [DONE]\n");
        tap.SawTerminal.ShouldBeFalse();
        tap.AtEventBoundary.ShouldBeFalse();
        tap.Read("\r"u8);
        tap.SawTerminal.ShouldBeTrue();
        tap.AtEventBoundary.ShouldBeTrue();
        tap.Read("\n"u8);
        tap.AtEventBoundary.ShouldBeTrue();
        tap.Events.ShouldBe(1);
    }

    [Fact]
    public void Data_on_several_lines_is_one_document()
    {
        var tap = Read(Dialect.Anthropic, "event: message_delta\ndata: {\"usage\":\ndata:{\"output_tokens\"\ndata\ndata: : 5}}\n\n");
        tap.Facts.Usage.Output.ShouldBe(5);
        tap.Events.ShouldBe(1);
    }

    [Fact]
    public void A_name_may_follow_its_data_and_the_type_stands_in_for_a_missing_name()
    {
        var late = Read(Dialect.Anthropic, "data: {\"usage\":{\"output_tokens\":5}}\nevent: message_delta\n\n");
        late.Facts.Usage.Output.ShouldBe(5);
        var nameless = Read(
            Dialect.Anthropic,
            "data: {\"type\":\"content_block_delta\"}\n\ndata: {\"usage\":{\"output_tokens\":6},\"type\":\"message_delta\"}\n\ndata: {\"type\":\"message_stop\"}\n\n");
        nameless.Facts.Usage.Output.ShouldBe(6);
        nameless.SawContent.ShouldBeTrue();
        nameless.SawTerminal.ShouldBeTrue();
    }

    [Fact]
    public void Data_that_is_not_json_is_counted_and_passed_over()
    {
        var tap = Read(
            Dialect.OpenAiChat,
            "data: nonsense\n\ndata: {\"usage\":{\"prompt_tokens\":1\n\ndata: {\"usage\":{\"prompt_tokens\":1}]\n\ndata: {\"id\":tru}\n\ndata: {\"usage\":{\"prompt_tokens\":2}}\n\n");
        tap.Events.ShouldBe(5);
        tap.Facts.Usage.Input.ShouldBe(2);
        tap.SawError.ShouldBeFalse();
    }

    [Fact]
    public void Later_reports_replace_earlier_ones_and_null_erases_nothing()
    {
        const string Delta = "event: message_delta\ndata: ";
        var tap = Read(
            Dialect.Anthropic,
            Delta + "{\"usage\":{\"input_tokens\":7,\"output_tokens\":5,\"cache_read_input_tokens\":3}}\n\n"
            + Delta + "{\"usage\":{\"input_tokens\":null,\"output_tokens\":9}}\n\n" + Delta + "{\"usage\":null,\"delta\":null}\n\n");
        (tap.Facts.Usage.Input, tap.Facts.Usage.Output, tap.Facts.Usage.CacheRead).ShouldBe((7, 9, 3));
    }

    [Theory]
    [InlineData("9223372036854775807")]
    [InlineData("1000000000001")]
    [InlineData("1.1e12")]
    [InlineData("-1")]
    public void A_count_that_no_answer_can_have_is_none(string count)
    {
        var anthropic = Read(
            Dialect.Anthropic,
            "event: message_delta\ndata: {\"usage\":{\"input_tokens\":N,\"output_tokens\":1000000000000,\"cache_read_input_tokens\":N}}\n\n".Replace("N", count, StringComparison.Ordinal));
        (anthropic.Facts.Usage.Input, anthropic.Facts.Usage.CacheRead, anthropic.Facts.Usage.Output).ShouldBe((null, null, 1_000_000_000_000));
        var chat = Read(Dialect.OpenAiChat, $"data: {{\"usage\":{{\"prompt_tokens\":{count},\"completion_tokens\":2}}}}\n\n");
        (chat.Facts.Usage.Input, chat.Facts.Usage.Output).ShouldBe((null, 2));
    }

    [Fact]
    public void Server_tools_that_are_made_up_are_not_all_kept()
    {
        var stream = string.Concat(Enumerable.Range(0, 100).Select(static i =>
            $"event: message_delta\ndata: {{\"usage\":{{\"server_tool_use\":{{\"web_search_requests\":{i},\"tool_{i}\":1}}}}}}\n\n"));
        var tools = Read(Dialect.Anthropic, stream).Facts.ServerTools.ShouldNotBeNull();
        tools.Count.ShouldBe(16);
        tools["web_search_requests"].ShouldBe(99);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Items_of_the_providers_own_tools_are_counted_once_each_in_responses(bool streams)
    {
        const string Search = "{\"id\":\"w\",\"action\":{\"type\":\"mcp_call\"},\"type\":\"web_search_call\"}";
        var items = string.Join(",", Search, "{\"type\":\"function_call\",\"arguments\":\"{\\\"type\\\":\\\"mcp_call\\\"}\"}", "{\"type\":\"code_interpreter_call\",\"code\":null}", Search, "{\"type\":7}", "\"mcp_call\"");
        var response = "{\"output\":[" + items + "],\"usage\":{\"input_tokens\":1,\"output_tokens\":2}}";
        var item = "event: response.output_item.done\ndata: {\"type\":\"response.output_item.done\",\"item\":" + Search + "}\n\n";
        var told = streams
            ? Read(Dialect.OpenAiResponses, item + "event: response.completed\ndata: {\"type\":\"response.completed\",\"response\":" + response + "}\n\n")
            : TapReplay.Play(Dialect.OpenAiResponses, BodyFraming.Json, Encoding.UTF8.GetBytes(response));
        told.Facts.ServerTools.ShouldNotBeNull().OrderBy(static tool => tool.Key).ShouldBe([new("code_interpreter_call", 1), new("web_search_call", 2)]);
        told.Facts.Usage.Output.ShouldBe(2);
    }

    [Theory]
    [InlineData("{\"usage\":{\"prompt_tokens\":10,\"prompt_cache_hit_tokens\":4}}", 4L, null)]
    [InlineData("{\"usage\":{\"prompt_cache_hit_tokens\":4,\"prompt_tokens_details\":{\"cached_tokens\":6}}}", 6L, null)]
    [InlineData("{\"usage\":{\"prompt_tokens_details\":{\"cached_tokens\":6,\"cache_creation_tokens\":9}}}", 6L, 9L)]
    [InlineData("{\"usage\":{\"prompt_tokens_details\":null,\"prompt_cache_hit_tokens\":1.0e1}}", 10L, null)]
    public void Cache_counts_go_by_several_names_in_chat(string chunk, long read, long? written)
    {
        var tap = Read(Dialect.OpenAiChat, "data: " + chunk + "\n\n");
        tap.Facts.Usage.CacheRead.ShouldBe(read);
        tap.Facts.Usage.CacheWrite.ShouldBe(written);
    }

    [Theory]
    [InlineData("{\"error\":{\"type\":\"a\",\"code\":\"b\"}}", "a")]
    [InlineData("{\"error\":{\"type\":null,\"code\":\"b\"}}", "b")]
    [InlineData("{\"error\":{\"code\":429,\"message\":\"slow\"}}", "429")]
    [InlineData("{\"error\":\"broken\"}", "error")]
    public void An_error_in_a_chat_stream_is_named_by_its_type_or_code(string chunk, string type)
    {
        var tap = Read(Dialect.OpenAiChat, "data: " + chunk + "\n\n");
        tap.SawError.ShouldBeTrue();
        tap.Facts.ErrorType.ShouldBe(type);
    }

    [Theory]
    [InlineData("{\"type\":\"error\",\"code\":\"rate_limit_exceeded\",\"message\":\"m\",\"param\":null,\"sequence_number\":3}",
        "rate_limit_exceeded")]
    [InlineData("{\"type\":\"error\",\"error\":{\"type\":\"server_error\",\"message\":\"m\"},\"sequence_number\":3}", "server_error")]
    [InlineData("{\"type\":\"error\",\"code\":null,\"sequence_number\":3}", "error")]
    public void An_error_event_of_responses_has_its_code_in_either_place(string data, string type)
    {
        var tap = Read(Dialect.OpenAiResponses, "event: error\ndata: " + data + "\n\n");
        tap.SawError.ShouldBeTrue();
        tap.SawTerminal.ShouldBeFalse();
        tap.Facts.ErrorType.ShouldBe(type);
        tap.LastSequenceNumber.ShouldBe(3);
    }

    [Theory]
    [InlineData("{\"role\":\"assistant\",\"content\":\"\"}", false)]
    [InlineData("{\"role\":\"assistant\",\"content\":null}", false)]
    [InlineData("{}", false)]
    [InlineData("{\"content\":\"x\"}", true)]
    [InlineData("{\"content\":\"\",\"reasoning_content\":\"x\"}", true)]
    [InlineData("{\"tool_calls\":[{\"index\":0}]}", true)]
    public void Content_begins_with_the_first_delta_that_holds_some(string delta, bool content)
    {
        var tap = Read(Dialect.OpenAiChat, "data: {\"choices\":[{\"delta\":" + delta + "}]}\n\n");
        tap.SawContent.ShouldBe(content);
    }

    [Fact]
    public void Escaped_names_and_values_are_read_as_what_they_mean()
    {
        var tap = Read(Dialect.OpenAiChat, "data: {\"\\u0069d\":\"a\\u0062\\/c\",\"mod\\u0065l\":\"\\ud83d\\ude00\"}\n\n");
        tap.Facts.ResponseId.ShouldBe("ab/c");
        tap.Facts.Model.ShouldBe("😀");
    }

    [Fact]
    public void Overlong_names_and_strings_are_passed_over()
    {
        var tap = Read(
            Dialect.OpenAiChat,
            "data: {\"" + new string('k', 500) + "\":1,\"id\":\"" + new string('i', 5000)
                + "\",\"model\":\"m\",\"usage\":{\"prompt_tokens\":"
            + new string('1', 60) + ",\"completion_tokens\":4}}\n\n");
        tap.Facts.ResponseId.ShouldBeNull();
        tap.Facts.Model.ShouldBe("m");
        (tap.Facts.Usage.Input, tap.Facts.Usage.Output).ShouldBe((null, 4));
    }

    [Fact]
    public void Comments_and_unknown_fields_are_not_events()
    {
        var tap = Read(Dialect.OpenAiChat, ": ping\n\nid: 4\nretry: 10\n\nevent: lonely\n\nnonsense\n\ndatax: 1\n\n");
        tap.Events.ShouldBe(0);
        tap.AtEventBoundary.ShouldBeTrue();
        tap.Read("id: 5\n"u8);
        tap.AtEventBoundary.ShouldBeFalse();
    }

    [Fact]
    public void A_huge_event_is_read_without_being_kept()
    {
        var output = string.Concat(Enumerable.Repeat("{\"type\":\"message\",\"content\":[{\"text\":\"\\\"usage\\\":{\"}]},", 100_000));
        var text = "event: response.completed\ndata: {\"type\":\"response.completed\",\"sequence_number\":2,\"response\":{\"id\":\"r\",\"output\":["
            + output + "{}],\"status\":\"completed\",\"usage\":{\"input_tokens\":3}}}\n\n";
        var tap = new ResponseTap();
        tap.Reset(Dialect.OpenAiResponses, BodyFraming.EventStream);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var bytes = Encoding.UTF8.GetBytes(text);
        var own = GC.GetAllocatedBytesForCurrentThread() - before;
        for (var start = 0; start < bytes.Length; start += 4093)
            tap.Read(bytes.AsSpan(start, Math.Min(4093, bytes.Length - start)));
        (GC.GetAllocatedBytesForCurrentThread() - before - own).ShouldBeLessThan(64 * 1024);
        tap.Facts.Usage.Input.ShouldBe(3);
        tap.SawTerminal.ShouldBeTrue();
    }

    [Fact]
    public void A_tap_can_be_used_again()
    {
        var tap = Read(Dialect.OpenAiChat, "data: {\"id\":\"x\",\"usage\":{\"prompt_tokens\":1}}\n\ndata: {\"id\":");
        tap.Reset(Dialect.Anthropic, BodyFraming.EventStream);
        TapReplay.Describe(tap).ShouldBe(TapReplay.Describe(TapReplay.Play(Dialect.Anthropic, BodyFraming.EventStream, [])));
        tap.Read("event: message_stop\ndata: {}\n\n"u8);
        tap.SawTerminal.ShouldBeTrue();
    }

    private static ResponseTap Read(Dialect dialect, string text) =>
        TapReplay.Play(dialect, BodyFraming.EventStream, Encoding.UTF8.GetBytes(text));
}
