using System.Text;
using Gatehouse.Dialects.Facts;
using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation;

namespace Gatehouse.Dialects.Tests.Translation;

public sealed class UsageTextTests
{
    private const string Anthropic =
        """{"input_tokens":10,"cache_creation_input_tokens":20,"cache_read_input_tokens":70,"output_tokens":8,"output_tokens_details":{"thinking_tokens":3}}""";

    private const string Chat =
        """{"prompt_tokens":100,"prompt_tokens_details":{"cached_tokens":70,"cache_write_tokens":20},"completion_tokens":8,"completion_tokens_details":{"reasoning_tokens":3},"total_tokens":108}""";

    private const string Responses =
        """{"input_tokens":100,"input_tokens_details":{"cached_tokens":70,"cache_write_tokens":20},"output_tokens":8,"output_tokens_details":{"reasoning_tokens":3},"total_tokens":108}""";

    [Theory]
    [InlineData(Dialect.Anthropic, Anthropic, Dialect.OpenAiChat, Chat)]
    [InlineData(Dialect.Anthropic, Anthropic, Dialect.OpenAiResponses, Responses)]
    [InlineData(Dialect.OpenAiChat, Chat, Dialect.Anthropic, Anthropic)]
    [InlineData(Dialect.OpenAiChat, Chat, Dialect.OpenAiResponses, Responses)]
    [InlineData(Dialect.OpenAiResponses, Responses, Dialect.Anthropic, Anthropic)]
    [InlineData(Dialect.OpenAiResponses, Responses, Dialect.OpenAiChat, Chat)]
    public void Says_the_same_figures_in_the_other_dialects_words(Dialect from, string given, Dialect to, string expected) =>
        Write(to, Read(from, given)).ShouldBe(expected);

    [Fact]
    public void A_later_report_replaces_what_it_names_and_leaves_the_rest()
    {
        var known = Read(Dialect.Anthropic, """{"input_tokens":10,"cache_read_input_tokens":70,"output_tokens":1}""");
        JsonView.TryParse("""{"output_tokens":42}"""u8, out var later).ShouldBeTrue();
        Write(Dialect.OpenAiChat, UsageText.Read(Dialect.Anthropic, later, known)).ShouldContain("\"prompt_tokens\":80");
        Write(Dialect.OpenAiChat, UsageText.Read(Dialect.Anthropic, later, known)).ShouldContain("\"completion_tokens\":42");
    }

    [Fact]
    public void Figures_of_the_wrong_kind_count_as_not_given()
    {
        var usage = Read(Dialect.OpenAiChat, """{"prompt_tokens":"many","completion_tokens":-3,"prompt_tokens_details":null}""");
        usage.IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public void Figures_that_no_answer_can_have_count_as_not_given() =>
        Read(Dialect.Anthropic, """{"input_tokens":9223372036854775807,"cache_read_input_tokens":1000000000001,"output_tokens":1e13}""").IsEmpty.ShouldBeTrue();

    [Fact]
    public void DeepSeek_names_its_cached_tokens_otherwise()
    {
        Read(Dialect.OpenAiChat, """{"prompt_tokens":9,"prompt_cache_hit_tokens":4}""").CacheRead.ShouldBe(4);
    }

    private static Usage Read(Dialect dialect, string text)
    {
        JsonView.TryParse(Encoding.UTF8.GetBytes(text), out var view).ShouldBeTrue();
        return UsageText.Read(dialect, view, default);
    }

    private static string Write(Dialect dialect, Usage usage)
    {
        using var buffer = new PooledBuffer();
        UsageText.Write(new JsonWriter(buffer), dialect, usage);
        return Encoding.UTF8.GetString(buffer.Written);
    }
}
