using System.Text;
using Gatehouse.Gateway.Routing;

namespace Gatehouse.Gateway.Tests.Routing;

public sealed class ModelListParserTests
{
    [Fact]
    public void Anthropics_page_is_read_with_its_cursor()
    {
        var page = Parse("""
            {"data":[{"type":"model","id":"claude-opus-5","display_name":"Claude Opus 5","created_at":"2026-02-01T10:00:00Z","max_input_tokens":200000,"max_tokens":64000,"new_field":{}},
                     {"type":"model","id":"claude-old","display_name":"Old","created_at":"1970-01-01T00:00:00Z","max_input_tokens":null,"max_tokens":"many"}],
             "has_more":true,"first_id":"claude-opus-5","last_id":"claude-old"}
            """).ShouldNotBeNull();
        page.Models.ShouldBe(
        [
            new ListedModel("claude-opus-5", "Claude Opus 5", new DateTimeOffset(2026, 2, 1, 10, 0, 0, TimeSpan.Zero), null, 200_000, 64_000),
            new ListedModel("claude-old", "Old"),
        ]);
        page.HasMore.ShouldBeTrue();
        page.LastId.ShouldBe("claude-old");
    }

    [Fact]
    public void Openais_list_is_read()
    {
        var page = Parse("""{"object":"list","data":[{"id":"gpt-5","object":"model","created":1754425777,"owned_by":"system"},{"id":"x","created":"soon","name":"X"}]}""").ShouldNotBeNull();
        page.Models.ShouldBe(
            [new ListedModel("gpt-5", null, DateTimeOffset.FromUnixTimeSeconds(1754425777), "system"), new ListedModel("x", "X")]);
        page.HasMore.ShouldBeFalse();
    }

    [Fact]
    public void A_bare_array_is_read() => Parse("""[{"id":"a"}]""").ShouldNotBeNull().Models.ShouldBe([new ListedModel("a")]);

    [Fact]
    public void Entries_without_a_usable_id_are_left_out() =>
        Parse($$"""{"data":[{"id":""},{"id":5},{},"x",{"id":"{{new string('y', 300)}}"},{"id":"a\u0000b"},{"id":"good"}]}""")
            .ShouldNotBeNull()
            .Models.ShouldBe([new ListedModel("good")]);

    [Theory]
    [InlineData("")]
    [InlineData("<html>")]
    [InlineData("5")]
    [InlineData("{}")]
    [InlineData("""{"data":5}""")]
    [InlineData("""{"data":[""")]
    public void What_is_no_list_gives_nothing(string body) => Parse(body).ShouldBeNull();

    [Fact]
    public void More_without_a_cursor_is_no_more() => Parse("""{"data":[],"has_more":true}""").ShouldNotBeNull().HasMore.ShouldBeFalse();

    private static ModelListPage? Parse(string body) => ModelListParser.Parse(Encoding.UTF8.GetBytes(body));
}
