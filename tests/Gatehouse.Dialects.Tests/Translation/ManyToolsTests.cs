using System.Globalization;
using System.Text;
using Gatehouse.Dialects.Errors;
using Gatehouse.Dialects.Translation;

namespace Gatehouse.Dialects.Tests.Translation;

/// <summary>Tools are looked for one by one, and stop strings in every piece of an answer: both have an end beyond what any model takes.</summary>
public sealed class ManyToolsTests
{
    [Theory]
    [MemberData(nameof(ConversationTests.Edges), MemberType = typeof(ConversationTests))]
    public void More_tools_than_any_model_takes_are_refused(Dialect client, Dialect upstream)
    {
        Refusal(client, upstream, Offering(client, ToolNames.Most)).ShouldBeNull();
        Refusal(client, upstream, Offering(client, ToolNames.Most + 1)).ShouldNotBeNull().ShouldContain("2,048 different tools");
    }

    [Theory]
    [InlineData(Dialect.OpenAiChat, Dialect.Anthropic)]
    [InlineData(Dialect.OpenAiChat, Dialect.OpenAiResponses)]
    [InlineData(Dialect.OpenAiResponses, Dialect.Anthropic)]
    [InlineData(Dialect.OpenAiResponses, Dialect.OpenAiChat)]
    public void So_are_more_that_the_history_calls_or_that_are_allowed(Dialect client, Dialect upstream)
    {
        Refusal(client, upstream, Calling(client, ToolNames.Most)).ShouldBeNull();
        Refusal(client, upstream, Calling(client, ToolNames.Most + 1)).ShouldNotBeNull().ShouldContain("2,048 different tools");
        Refusal(client, upstream, Allowing(client, ToolNames.Most + 1)).ShouldNotBeNull().ShouldContain("2,048 different tools");
    }

    [Theory]
    [InlineData(Dialect.OpenAiChat, 4)]
    [InlineData(Dialect.OpenAiResponses, 0)]
    public void More_stop_sequences_than_can_be_sent_and_looked_for_are_refused(Dialect upstream, int sent)
    {
        static string Body(int count) => """{"max_tokens":9,"messages":[{"role":"user","content":"Hi"}],"stop_sequences":[""" + Each(count, "\"s#\"") + "]}";
        var traits = """{"traits": {"sampling": "All", "maxStops": """ + sent + "}}";
        Refusal(Dialect.Anthropic, upstream, Body(sent + 64), traits).ShouldBeNull();
        Refusal(Dialect.Anthropic, upstream, Body(sent + 65), traits).ShouldNotBeNull().ShouldStartWith("stop_sequences: must be fewer");
    }

    [Theory]
    [InlineData(64, null)]
    [InlineData(65, "'stop' may hold 64 strings at most.")]
    public void More_stop_strings_than_can_be_looked_for_are_refused(int count, string? refusal) => Refusal(
        Dialect.OpenAiChat, Dialect.OpenAiResponses, """{"messages":[{"role":"user","content":"Hi"}],"stop":[""" + Each(count, "\"s#\"") + "]}").ShouldBe(refusal);

    private static string Offering(Dialect client, int count) => client switch
    {
        Dialect.Anthropic => """{"max_tokens":9,"messages":[{"role":"user","content":"Hi"}],"tools":[""" + Each(count, """{"name":"t#","input_schema":{"type":"object"}}""") + "]}",
        Dialect.OpenAiChat => """{"messages":[{"role":"user","content":"Hi"}],"tools":[""" + Each(count, """{"type":"function","function":{"name":"t#"}}""") + "]}",
        _ => """{"input":"Hi","tools":[""" + Each(count, """{"type":"function","name":"t#"}""") + "]}",
    };

    private static string Calling(Dialect client, int count) => client == Dialect.OpenAiChat
        ? """{"messages":[{"role":"assistant","tool_calls":[""" + Each(count, """{"id":"c#","type":"function","function":{"name":"t#","arguments":""}}""") + "]}]}"
        : """{"input":[""" + Each(count, """{"type":"function_call","call_id":"c#","name":"t#","arguments":""}""") + "]}";

    private static string Allowing(Dialect client, int count) => client == Dialect.OpenAiChat
        ? """{"messages":[],"tool_choice":{"type":"allowed_tools","allowed_tools":{"mode":"auto","tools":[""" + Each(count, """{"type":"function","function":{"name":"t#"}}""") + "]}}}"
        : """{"input":"Hi","tool_choice":{"type":"allowed_tools","mode":"auto","tools":[""" + Each(count, """{"type":"function","name":"t#"}""") + "]}}";

    private static string Each(int count, string one) =>
        string.Join(',', Enumerable.Range(1, count).Select(number => one.Replace("#", number.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)));

    private static string? Refusal(Dialect client, Dialect upstream, string body, string? context = null)
    {
        using var request = EdgeSet.Find(client, upstream)!.Translate(Encoding.UTF8.GetBytes(body), GoldenContext.Read(context).ToContext(new PlainMemory()));
        (request.Refusal?.Kind ?? ErrorKind.InvalidRequest).ShouldBe(ErrorKind.InvalidRequest);
        request.Body.Length.ShouldBe(request.Refusal is null ? request.Body.Length : 0);
        return request.Refusal?.Message;
    }
}
