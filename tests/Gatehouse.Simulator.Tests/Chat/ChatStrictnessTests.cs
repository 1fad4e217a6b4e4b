using Gatehouse.Simulator.Tests.Wire;

namespace Gatehouse.Simulator.Tests.Chat;

public sealed class ChatStrictnessTests : IAsyncLifetime
{
    private const string User = """{"role":"user","content":"hi"}""";
    private const string Calls =
        """{"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"t","arguments":"{}"}}]}""";
    private const string Result = """{"role":"tool","tool_call_id":"c1","content":"ok"}""";
    private SimulatorServer _server = null!;

    /// <summary>Fields after the model, the message, the parameter and the code.</summary>
    public static TheoryData<string, string, string?, string?> Refused => new()
    {
        { """ "stream":false """, "Missing required parameter: 'messages'.", "messages", "missing_required_parameter" },
        { """ "messages":[] """, "Invalid 'messages': empty array.", "messages", "empty_array" },
        { """ "messages":"hi" """, "Invalid type for 'messages': expected an array, but got a string instead.", "messages",
            "invalid_type" },
        { """ "messages":["hi"] """, "Invalid type for 'messages[0]': expected an object, but got a string instead.", "messages[0]",
            "invalid_type" },
        { """ "messages":[{"content":"x"}] """, "Missing required parameter: 'messages[0].role'.", "messages[0].role",
            "missing_required_parameter" },
        { """ "messages":[{"role":"bot","content":"x"}] """,
            "Invalid value: 'bot'. Supported values are: 'system', 'assistant', 'user', 'function', 'tool', and 'developer'.",
            "messages[0].role", "invalid_value" },
        { """ "messages":[{"role":"user"}] """, "Invalid value for 'content': expected a string, got null.", "messages[0].content", null },
        { """ "messages":[{"role":"user","content":1}] """, "Invalid type for 'messages[0].content':", "messages[0].content",
            "invalid_type" },
        { $$$""" "messages":[{{{User}}}],"foo":1 """, "Unknown parameter: 'foo'.", "foo", "unknown_parameter" },
        { $$$""" "messages":[{{{User}}}],"stream":"yes" """, "Invalid type for 'stream': expected a boolean, but got a string instead.",
            "stream", "invalid_type" },
        { $$$""" "messages":[{{{User}}}],"max_tokens":"5" """,
            "Invalid type for 'max_tokens': expected an integer, but got a string instead.", "max_tokens", "invalid_type" },
        { $$$""" "messages":[{{{User}}}],"max_tokens":0 """,
            "Invalid 'max_tokens': integer below minimum value. Expected a value >= 1, but got 0 instead.", "max_tokens",
            "integer_below_min_value" },
        { $$$""" "messages":[{{{User}}}],"temperature":2.5 """,
            "Invalid 'temperature': decimal above maximum value. Expected a value <= 2, but got 2.5 instead.", "temperature",
            "decimal_above_max_value" },
        { $$$""" "messages":[{{{User}}}],"max_tokens":5,"max_completion_tokens":5 """,
            "Setting 'max_tokens' and 'max_completion_tokens' at the same time", "max_tokens", "invalid_parameter_combination" },
        { $$$""" "messages":[{{{User}}}],"stream_options":{"include_usage":true} """,
            "The 'stream_options' parameter is only allowed when 'stream' is enabled.", "stream_options", null },
        { $$$""" "messages":[{{{User}}}],"stop":["a",1] """, "Invalid type for 'stop': expected a string, but got an integer instead.", "stop", "invalid_type" },
        { $$$""" "messages":[{{{User}}}],"reasoning_effort":"huge" """, "Invalid value: 'huge'.", "reasoning_effort", "invalid_value" },
        { $$$""" "messages":[{{{User}}}],"tools":[{"type":"web"}] """,
            "Invalid value: 'web'. Supported values are: 'function' and 'custom'.", "tools[0].type", "invalid_value" },
        { $$$""" "messages":[{{{User}}}],"tools":[{"type":"function"}] """, "Missing required parameter: 'tools[0].function'.",
            "tools[0].function", "missing_required_parameter" },
        { $$$""" "messages":[{{{User}}}],"tools":[{"type":"function","function":{}}] """,
            "Missing required parameter: 'tools[0].function.name'.", "tools[0].function.name", "missing_required_parameter" },
        { $$$""" "messages":[{{{User}}}],"tools":[{"type":"function","function":{"name":"a b"}}] """,
            "Invalid 'tools[0].function.name': string does not match pattern.", "tools[0].function.name", "invalid_value" },
        { $$$""" "messages":[{{{User}}}],"tool_choice":"auto" """,
            "Invalid value for 'tool_choice': 'tool_choice' is only allowed when 'tools' are specified.", "tool_choice", null },
        { $$$""" "messages":[{{{User}}},{{{Result}}}] """,
            "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.",
            "messages.[1].role", null },
        { $$$""" "messages":[{{{User}}},{{{Calls}}}] """, "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: c1", "messages.[2].role", null },
        { $$$""" "messages":[{{{User}}},{{{Calls}}},{{{User}}},{{{Result}}}] """,
            "An assistant message with 'tool_calls' must be followed by", "messages.[2].role", null },
        { $$$""" "messages":[{{{User}}},{{{Calls}}},{"role":"tool","content":"x"}] """,
            "Missing required parameter: 'messages[2].tool_call_id'.", "messages[2].tool_call_id", "missing_required_parameter" },
        { """ "messages":[{"role":"user","content":[5]}] """, "Invalid type for 'messages[0].content[0]': expected an object, but got an integer instead.",
            "messages[0].content[0]", "invalid_type" },
        { """ "messages":[{"role":"user","content":[{"text":"x"}]}] """, "Missing required parameter: 'messages[0].content[0].type'.",
            "messages[0].content[0].type", "missing_required_parameter" },
        { """ "messages":[{"role":"user","content":[{"type":"input_text","text":"x"}]}] """, "Invalid value: 'input_text'. Supported values are: 'text',",
            "messages[0].content[0].type", "invalid_value" },
        { """ "messages":[{"role":"user","content":[{"type":"text","text":{}}]}] """, "Invalid type for 'messages[0].content[0].text': expected a string",
            "messages[0].content[0].text", "invalid_type" },
        { """ "messages":[{"role":"user","content":[{"type":"image_url","image_url":"data:"}]}] """, "Missing required parameter: 'messages[0].content[0].image_url'.",
            "messages[0].content[0].image_url", "missing_required_parameter" },
        { """ "messages":[{"role":"user","content":[{"type":"image_url","image_url":{}}]}] """, "Missing required parameter: 'messages[0].content[0].image_url.url'.",
            "messages[0].content[0].image_url.url", "missing_required_parameter" },
        { Called("\"type\":\"function\",\"function\":{\"name\":\"t\",\"arguments\":{}}"),
            "Invalid type for 'messages[1].tool_calls[0].function.arguments': expected a string, but got an object instead.",
            "messages[1].tool_calls[0].function.arguments", "invalid_type" },
        { Called("\"type\":\"function\",\"function\":{\"arguments\":\"\"}"), "Missing required parameter: 'messages[1].tool_calls[0].function.name'.",
            "messages[1].tool_calls[0].function.name", "missing_required_parameter" },
        { Called("\"function\":{\"name\":\"t\",\"arguments\":\"\"}"), "Missing required parameter: 'messages[1].tool_calls[0].type'.",
            "messages[1].tool_calls[0].type", "missing_required_parameter" },
        { $$$""" "messages":[{{{User}}}],"response_format":{"type":"xml"} """, "Invalid value: 'xml'.", "response_format.type", "invalid_value" },
        { $$$""" "messages":[{{{User}}}],"response_format":{"type":"json_schema","json_schema":{"schema":{} } } """,
            "Missing required parameter: 'response_format.json_schema.name'.", "response_format.json_schema.name", "missing_required_parameter" },
        { $$$""" "messages":[{{{User}}}],"tools":[{"type":"function","function":{"name":"t"}}],"tool_choice":"any" """,
            "Invalid value: 'any'. Supported values are: 'none', 'auto', and 'required'.", "tool_choice", "invalid_value" },
        { """ "messages":[{"role":"user","content":"x"},{"role":"assistant","tool_calls":[{"id":"c1"},{"id":"c1"}]}] """,
            "Duplicate value for 'tool_call_id' of 'c1'.", "messages[1].tool_calls", null },
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

    [Theory]
    [InlineData("""{"messages":[{"role":"user","content":"hi"}]}""", "you must provide a model parameter")]
    [InlineData("""{"model":"gpt-x","messages":[{"role":"user","content":"\ude00 cut"}]}""", "We could not parse the JSON body of your request.")]
    [InlineData("""{"model":"gpt-x" """, "We could not parse the JSON body of your request.")]
    public async Task A_bad_frame_is_refused(string body, string message) => (await AskAsync(body)).Message.ShouldStartWith(message);

    [Fact]
    public async Task A_whole_tool_round_is_accepted() =>
        (await AskAsync($$$"""{"model":"gpt-x","messages":[{"role":"developer","content":"d"},{{{User}}},{{{Calls}}},{{{Result}}},{{{User}}}],"user":"u","prompt_cache_key":"k","store":false}""")).Status.ShouldBe(200);

    private static string Called(string fields) =>
        $$$""" "messages":[{{{User}}},{"role":"assistant","tool_calls":[{"id":"c1",{{{fields}}}}]},{{{Result}}}] """;

    private Task<Refusal> AskAsync(string body) => Refusal.OfAsync(_server, "/v1/chat/completions", body, ("authorization", "Bearer k"));
}
