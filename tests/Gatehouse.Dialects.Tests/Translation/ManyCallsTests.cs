using System.Globalization;
using System.Text;
using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation;

namespace Gatehouse.Dialects.Tests.Translation;

/// <summary>Answers that begin more calls than any model makes: what is kept of them is bounded, and what is left out is told.</summary>
public sealed class ManyCallsTests
{
    [Theory]
    [InlineData(Dialect.Anthropic, Dialect.OpenAiChat, 1024)]
    [InlineData(Dialect.OpenAiResponses, Dialect.OpenAiChat, 1024)]
    [InlineData(Dialect.OpenAiChat, Dialect.Anthropic, 256)]
    [InlineData(Dialect.OpenAiResponses, Dialect.Anthropic, 4096)]
    [InlineData(Dialect.OpenAiChat, Dialect.OpenAiResponses, 2048)]
    public void Calls_without_end_are_not_all_kept(Dialect client, Dialect upstream, int most)
    {
        var context = new GoldenContext().ToContext(new PlainMemory());
        using var request = EdgeSet.Find(client, upstream)!.Translate(Encoding.UTF8.GetBytes(Request(client)), context);
        request.Refusal.ShouldBeNull();
        var lost = request.Losses.All.Count;
        using var output = new PooledBuffer();
        using var feed = new EventFeed(request.BeginAnswer(output));
        feed.Read(Encoding.UTF8.GetBytes(Begin(upstream)));
        for (var i = 0; i < most; i++) feed.Read(Encoding.UTF8.GetBytes(Call(upstream, i)));
        request.Losses.All.Count.ShouldBe(lost);
        for (var i = most; i < most + 8; i++) feed.Read(Encoding.UTF8.GetBytes(Call(upstream, i)));
        request.Losses.All.Count.ShouldBe(lost + 1);
    }

    private static string Request(Dialect client) => client switch
    {
        Dialect.Anthropic => """{"model":"asked-model","max_tokens":9,"stream":true,"messages":[{"role":"user","content":"Go"}]}""",
        Dialect.OpenAiChat => """{"model":"asked-model","stream":true,"messages":[{"role":"user","content":"Go"}]}""",
        _ => """{"model":"asked-model","stream":true,"input":"Go"}""",
    };

    private static string Begin(Dialect upstream) => upstream switch
    {
        Dialect.Anthropic => "data: {\"type\":\"message_start\",\"message\":{\"id\":\"m\",\"content\":[]}}\n\n",
        Dialect.OpenAiChat => "data: {\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\"}}]}\n\n",
        _ => "data: {\"type\":\"response.created\",\"response\":{}}\n\n",
    };

    private static string Call(Dialect upstream, int number)
    {
        var data = upstream switch
        {
            Dialect.Anthropic => """{"type":"content_block_start","index":N,"content_block":{"type":"tool_use","id":"iN","name":"f","input":{}}}""",
            Dialect.OpenAiChat => """{"choices":[{"index":0,"delta":{"tool_calls":[{"index":N,"id":"iN","function":{"name":"f","arguments":"{"}}]}}]}""",
            _ => """{"type":"response.output_item.added","output_index":N,"item":{"type":"function_call","call_id":"iN","name":"f"}}""",
        };
        return "data: " + data.Replace("N", number.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal) + "\n\n";
    }
}
