using System.Text.Json;
using Gatehouse.Dialects;

namespace Gatehouse.Callers;

/// <summary>A caller of OpenAI Responses.</summary>
internal sealed class ResponsesCaller : ICallerDialect
{
    /// <inheritdoc/>
    public Dialect Dialect => Dialect.OpenAiResponses;

    /// <inheritdoc/>
    public string Name => "OpenAI Responses";

    /// <inheritdoc/>
    public string Path => "/v1/responses";

    /// <inheritdoc/>
    public void Prepare(HttpRequestMessage request)
    {
        // It has no headers of its own.
    }

    /// <inheritdoc/>
    public string Ask(Question question) => Body(question, User(question.Prompt));

    /// <inheritdoc/>
    public string GoOn(Question question, Heard call, string result) => Body(
        question,
        $$"""
        {{User(question.Prompt)}},
        {"type":"function_call","call_id":{{WeatherTool.Json(call.CallId)}},"name":{{WeatherTool.Json(call.Tool!)}},"arguments":{{WeatherTool.Json(call.Arguments)}}},
        {"type":"function_call_output","call_id":{{WeatherTool.Json(call.CallId)}},"output":{{WeatherTool.Json(result)}}}
        """);

    /// <inheritdoc/>
    public void Hear(string data, Heard heard)
    {
        using var parsed = JsonDocument.Parse(data);
        var at = parsed.RootElement;
        switch (at.Text("type"))
        {
            case "response.output_item.added" when at.GetProperty("item") is var item && item.GetProperty("type").ValueEquals("function_call"):
                heard.Calls(item.Text("name"), item.Text("call_id"));
                break;
            case "response.output_text.delta":
                heard.Said(at.Text("delta"));
                break;
            case "response.function_call_arguments.delta":
                heard.Argues(at.Text("delta"));
                break;
            case "response.completed":
                heard.End();
                break;
            case "error" or "response.failed" or "response.incomplete":
                heard.Fails(data);
                break;
            default:
                break;
        }
    }

    /// <inheritdoc/>
    public void Read(JsonElement answer, Heard heard)
    {
        if (!answer.TryGetProperty("output", out var output) || answer.Text("status") != "completed")
        {
            heard.Fails(answer.GetRawText());
            return;
        }

        foreach (var item in output.EnumerateArray())
        {
            switch (item.Text("type"))
            {
                case "message":
                    foreach (var part in item.GetProperty("content").EnumerateArray())
                        if (part.TryGetProperty("text", out var text)) heard.Said(text.GetString()!);
                    break;
                case "function_call":
                    heard.Calls(item.Text("name"), item.Text("call_id"));
                    heard.Argues(item.Text("arguments"));
                    break;
                default:
                    break;
            }
        }
    }

    private static string Body(Question question, string input) =>
        $$"""
        {"model":{{WeatherTool.Json(question.Model)}},"stream":{{(question.Stream ? "true" : "false")}},"store":false,
        {{Tools(question.Tool)}}"input":[{{input}}]}
        """;

    private static string Tools(ToolUse use) => use == ToolUse.None ? "" :
        $$"""
        "tools":[{"type":"function","name":"{{WeatherTool.Name}}","description":"{{WeatherTool.Description}}","parameters":{{WeatherTool.Schema}},"strict":true}],
        {{(use == ToolUse.Forced ? $$"""
        "tool_choice":{"type":"function","name":"{{WeatherTool.Name}}"},
        """ : "")}}
        """;

    private static string User(string prompt) => $$"""{"role":"user","content":{{WeatherTool.Json(prompt)}}}""";
}
