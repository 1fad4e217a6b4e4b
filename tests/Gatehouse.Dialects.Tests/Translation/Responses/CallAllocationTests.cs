using System.Text;
using System.Text.Json;
using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation;

namespace Gatehouse.Dialects.Tests.Translation.Responses;

/// <summary>Pieces of a free-form tool's input, unescaped as they come, cost no memory but that in which they are kept.</summary>
public sealed class CallAllocationTests
{
    [Theory]
    [InlineData("translate_responses_to_anthropic_tool_delta", Dialect.Anthropic)]
    [InlineData("translate_responses_to_chat_tool_delta", Dialect.OpenAiChat)]
    public void A_piece_of_a_free_form_tools_input_stays_in_its_budget(string budget, Dialect upstream)
    {
        var body = Encoding.UTF8.GetBytes($$"""{"model":"m","stream":true,"tools":{{ConversationMaker.Tools().ToJsonString()}},"input":"Go"}""");
        var context = new GoldenContext { Traits = new ModelTraits { CustomTools = false } }.ToContext(new PlainMemory());
        using var request = EdgeSet.Find(Dialect.OpenAiResponses, upstream)!.Translate(body, context);
        using var output = new PooledBuffer();
        var map = request.BeginAnswer(output);
        foreach (var data in Begin(upstream)) map.Event([], Encoding.UTF8.GetBytes(data));
        var piece = Encoding.UTF8.GetBytes(Piece(upstream));
        long written = 0;
        void Feed()
        {
            output.Clear();
            map.Event([], piece);
            written += output.Length;
        }

        // What is kept grows by doubling: the rounds lie between two doublings.
        for (var i = 0; i < 3_000; i++) Feed();
        var allocated = Allocated.By(() =>
        {
            for (var i = 0; i < 1_000; i++) Feed();
        });
        Encoding.UTF8.GetString(output.Written).ShouldContain("custom_tool_call_input.delta");
        written.ShouldBeGreaterThan(4_000 * 20);
        using var budgets = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "budgets.json")));
        allocated.ShouldBeLessThanOrEqualTo(budgets.RootElement.GetProperty(budget).GetInt64() * 1_000);
    }

    private static string[] Begin(Dialect upstream) => upstream == Dialect.Anthropic
        ?
        [
            """{"type":"message_start","message":{}}""",
            """{"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"t","name":"apply_patch","input":{}}}""",
            """{"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":"{\"input\":\""}}""",
        ]
        : ["""{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"t","function":{"name":"apply_patch","arguments":"{\"input\":\""}}]}}]}"""];

    private static string Piece(Dialect upstream) => upstream == Dialect.Anthropic
        ? """{"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":"a \\\"line\\\"\\n"}}"""
        : """{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"a \\\"line\\\"\\n"}}]}}]}""";
}
