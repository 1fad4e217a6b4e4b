using Gatehouse.Simulator.Tests.Wire;

namespace Gatehouse.Simulator.Tests.Responses;

public sealed class ResponsesStrictnessTests : IAsyncLifetime
{
    private const string User = """{"role":"user","content":"hi"}""";
    private const string Call = """{"type":"function_call","call_id":"c1","name":"t","arguments":"{}"}""";
    private const string Output = """{"type":"function_call_output","call_id":"c1","output":"ok"}""";
    private SimulatorServer _server = null!;

    /// <summary>Fields after the model, the message, the parameter and the code.</summary>
    public static TheoryData<string, string, string?, string?> Refused => new()
    {
        { """ "stream":false """, "One of \"input\" or \"previous_response_id\" or 'prompt' or 'conversation' must be provided.", "input",
            "missing_required_parameter" },
        { """ "input":[] """, "Invalid 'input': empty array.", "input", "empty_array" },
        { """ "input":5 """, "Invalid type for 'input': expected one of a string or array, but got an integer instead.", "input",
            "invalid_type" },
        { """ "input":["x"] """, "Invalid type for 'input[0]': expected an object, but got a string instead.", "input[0]", "invalid_type" },
        { """ "input":"x","foo":1 """, "Unknown parameter: 'foo'.", "foo", "unknown_parameter" },
        { """ "input":"x","max_tokens":100 """, "Unknown parameter: 'max_tokens'.", "max_tokens", "unknown_parameter" },
        { """ "input":"x","messages":[] """, "Unknown parameter: 'messages'.", "messages", "unknown_parameter" },
        { """ "input":"x","store":"no" """, "Invalid type for 'store': expected a boolean, but got a string instead.", "store",
            "invalid_type" },
        { """ "input":"x","max_output_tokens":1 """,
            "Invalid 'max_output_tokens': integer below minimum value. Expected a value >= 16, but got 1 instead.", "max_output_tokens",
            "integer_below_min_value" },
        { """ "input":"x","include":["all"] """, "Invalid value: 'all'.", "include[0]", "invalid_value" },
        { """ "input":"x","reasoning":{"effort":"huge"} """, "Invalid value: 'huge'.", "reasoning.effort", "invalid_value" },
        { """ "input":"x","reasoning":{"effort":5} """, "Invalid value: '5'.", "reasoning.effort", "invalid_value" },
        { """ "input":"x","tool_choice":"any" """, "Invalid value: 'any'.", "tool_choice", "invalid_value" },
        { """ "input":"x","text":{"format":{"type":"json_schema","schema":{}}} """, "Missing required parameter: 'text.format.name'.", "text.format.name",
            "missing_required_parameter" },
        { """ "input":"x","text":{"format":{"type":"xml"}} """, "Invalid value: 'xml'.", "text.format.type", "invalid_value" },
        { """ "input":[{"role":"user","content":[{"type":"input_text"}]}] """, "Missing required parameter: 'input[0].content[0].text'.",
            "input[0].content[0].text", "missing_required_parameter" },
        { """ "input":[{"role":"user","content":[{"type":"input_text","text":5}]}] """,
            "Invalid type for 'input[0].content[0].text': expected a string, but got an integer instead.", "input[0].content[0].text", "invalid_type" },
        { $$$""" "input":[{{{User}}},{{{Call}}},{"type":"function_call_output","call_id":"c1","output":{}}] """,
            "Invalid type for 'input[2].output': expected one of a string or array, but got an object instead.", "input[2].output", "invalid_type" },
        { $$$""" "input":[{{{User}}},{{{Call}}},{"type":"function_call_output","call_id":"c1","output":[{"type":"output_text","text":"x"}]}] """,
            "Invalid value: 'output_text'.", "input[2].output[0]", "invalid_value" },
        { """ "input":"x","stream_options":{} """, "The 'stream_options' parameter is only allowed when 'stream' is enabled.",
            "stream_options", null },
        { """ "input":"x","tools":[{"type":"foo"}] """, "Invalid value: 'foo'.", "tools[0].type", "invalid_value" },
        { """ "input":"x","tools":[{"type":"function","function":{"name":"t"}}] """, "Missing required parameter: 'tools[0].name'.",
            "tools[0].name", "missing_required_parameter" },
        { """ "input":"x","tools":[{"type":"custom","name":"a b"}] """, "Invalid 'tools[0].name': string does not match pattern.",
            "tools[0].name", "invalid_value" },
        { """ "input":[{"type":"tool_use"}] """, "Invalid value: 'tool_use'.", "input[0]", "invalid_value" },
        { """ "input":[{"type":"message","content":"x"}] """, "Missing required parameter: 'input[0].role'.", "input[0].role",
            "missing_required_parameter" },
        { """ "input":[{"role":"tool","content":"x"}] """, "Invalid value: 'tool'.", "input[0].role", "invalid_value" },
        { """ "input":[{"role":"user"}] """, "Missing required parameter: 'input[0].content'.", "input[0].content",
            "missing_required_parameter" },
        { """ "input":[{"role":"user","content":[{"type":"text","text":"x"}]}] """, "Invalid value: 'text'.", "input[0].content[0]",
            "invalid_value" },
        { """ "input":[{"role":"assistant","content":[{"type":"input_text","text":"x"}]}] """,
            "Invalid value: 'input_text'. Supported values are: 'output_text' and 'refusal'.", "input[0].content[0]", "invalid_value" },
        { $$$""" "input":[{{{User}}},{{{Call}}}] """, "No tool output found for function call c1.", "input", null },
        { $$$""" "input":[{{{User}}},{{{Output}}}] """, "No tool call found for function call output with call_id c1.", "input", null },
        { $$$""" "input":[{{{User}}},{{{Call}}},{{{Call}}},{{{Output}}}] """, "Duplicate function call found with call_id c1.", "input",
            null },
        { $$$""" "input":[{{{User}}},{{{Call}}},{"type":"function_call_output","call_id":"c1"}] """,
            "Missing required parameter: 'input[2].output'.", "input[2].output", "missing_required_parameter" },
        { $$$""" "input":[{{{User}}},{"type":"custom_tool_call","call_id":"c2","name":"t","input":"x"}] """,
            "No tool output found for custom tool call c2.", "input", null },
        { $$$""" "input":[{{{User}}},{"type":"reasoning","id":"rs_1","summary":[]}] """,
            "Item 'rs_1' of type 'reasoning' was provided without its required following item.", "input", null },
        { $$$""" "input":[{{{User}}},{"type":"reasoning","id":"rs_1","summary":[],"encrypted_content":"gAAAAABm"},{"role":"assistant","content":"x"}] """, "The encrypted content gAAAAABm could not be verified.", null, "invalid_encrypted_content" },
        { """ "input":[{"role":"user","content":"x","id":"msg_1"},{"role":"user","content":"x","id":"msg_1"}] """,
            "Duplicate item found with id msg_1.", "input", null },
        { """ "input":"x","previous_response_id":"resp_none" """, "Previous response with id 'resp_none' not found.",
            "previous_response_id", "previous_response_not_found" },
    };

    public async ValueTask InitializeAsync() => _server = await SimulatorServer.StartAsync(new SimulatorOptions());

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory, MemberData(nameof(Refused))]
    public async Task A_bad_request_is_refused_in_the_vendors_words(string fields, string message, string? param, string? code)
    {
        var refusal = await AskAsync($$$"""{"model":"gpt-x",{{{fields}}}}""");
        refusal.Status.ShouldBe(400);
        refusal.Message.ShouldStartWith(message);
        (refusal.Type, refusal.Param, refusal.Code).ShouldBe(("invalid_request_error", param, code));
    }

    [Fact]
    public async Task The_model_is_needed() => (await AskAsync("""{"input":"x"}""")).ShouldBe(
        new Refusal(400, "invalid_request_error", "Missing required parameter: 'model'.", "model", "missing_required_parameter"));

    [Fact]
    public async Task An_unknown_item_reference_is_not_found() =>
        (await AskAsync("""{"model":"m","input":[{"type":"item_reference","id":"msg_no"}]}""")).Status.ShouldBe(404);

    [Fact]
    public async Task What_real_agents_send_is_accepted()
    {
        var body = $$$"""
            {"model":"gpt-5.5","store":false,"stream":false,"include":["reasoning.encrypted_content"],"prompt_cache_key":"k","parallel_tool_calls":true,"tool_choice":"auto",
             "client_metadata":{"x":"y"},"reasoning":{"effort":"high","summary":"auto"},"text":{"verbosity":"low"},
             "tools":[{"type":"function","name":"exec_command","strict":false,"parameters":{}},{"type":"custom","name":"apply_patch","format":{"type":"grammar"}},
                      {"type":"namespace","name":"n","tools":[]},{"type":"tool_search"},{"type":"web_search"}],
             "input":[{"type":"message","role":"developer","id":"msg_d","content":[{"type":"input_text","text":"d"}]},{{{User}}},{{{Call}}},{{{Output}}}]}
            """;
        (await AskAsync(body)).Status.ShouldBe(200);
    }

    private Task<Refusal> AskAsync(string body) => Refusal.OfAsync(_server, "/v1/responses", body, ("authorization", "Bearer k"));
}
