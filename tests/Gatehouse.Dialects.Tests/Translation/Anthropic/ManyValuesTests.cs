using System.Text;
using Gatehouse.Dialects.Errors;
using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation;

namespace Gatehouse.Dialects.Tests.Translation.Anthropic;

/// <summary>A Messages request is translated by its index, which has an end: no model reads a million values.</summary>
public sealed class ManyValuesTests
{
    [Theory]
    [InlineData(Dialect.OpenAiChat)]
    [InlineData(Dialect.OpenAiResponses)]
    public void A_body_of_little_else_than_small_values_is_translated(Dialect upstream)
    {
        using var request = Translate(upstream, 20_000);
        request.Refusal.ShouldBeNull();
        Encoding.UTF8.GetString(request.Body.Written).ShouldContain("[1,1,1,1");
    }

    [Theory]
    [InlineData(Dialect.OpenAiChat)]
    [InlineData(Dialect.OpenAiResponses)]
    public void A_body_of_more_values_than_any_model_reads_is_refused(Dialect upstream)
    {
        using var request = Translate(upstream, JsonIndex.MostAnyway + 100_000);
        request.Refusal.ShouldNotBeNull().Kind.ShouldBe(ErrorKind.InvalidRequest);
        request.Refusal.Message.ShouldContain("more than 1,000,000 values");
        request.Body.Length.ShouldBe(0);
    }

    private static EdgeRequest Translate(Dialect upstream, int values)
    {
        var body = $$$"""
            {"model":"m","max_tokens":9,"messages":[{"role":"user","content":"Go"},
            {"role":"assistant","content":[{"type":"tool_use","id":"a","name":"t","input":{"n":[{{{string.Join(',', Enumerable.Repeat(1, values))}}}]}}]},
            {"role":"user","content":[{"type":"tool_result","tool_use_id":"a","content":"done"}]}]}
            """;
        return EdgeSet.Find(Dialect.Anthropic, upstream)!.Translate(Encoding.UTF8.GetBytes(body), new GoldenContext().ToContext(new PlainMemory()));
    }
}
