using System.Text.Json;

namespace Gatehouse.Demo;

/// <summary>A caller of OpenAI Responses.</summary>
internal sealed class ResponsesTalk : IDemoDialect
{
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
    public string Ask(string prompt) => Body(User(prompt));

    /// <inheritdoc/>
    public string GoOn(string prompt, Heard call, string result) => Body(
        $$"""
        {{User(prompt)}},
        {"type":"function_call","call_id":{{Weather.Json(call.CallId)}},"name":{{Weather.Json(call.Tool!)}},"arguments":{{Weather.Json(call.Arguments)}}},
        {"type":"function_call_output","call_id":{{Weather.Json(call.CallId)}},"output":{{Weather.Json(result)}}}
        """);

    /// <inheritdoc/>
    public void Hear(string data, Heard heard)
    {
        using var parsed = JsonDocument.Parse(data);
        var at = parsed.RootElement;
        switch (at.GetProperty("type").GetString())
        {
            case "response.output_item.added" when at.GetProperty("item") is var item && item.GetProperty("type").ValueEquals("function_call"):
                heard.Calls(item.GetProperty("name").GetString()!, item.GetProperty("call_id").GetString()!);
                break;
            case "response.output_text.delta":
                heard.Said(at.GetProperty("delta").GetString()!);
                break;
            case "response.function_call_arguments.delta":
                heard.Argues(at.GetProperty("delta").GetString()!);
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

    private static string Body(string input) =>
        $$"""
        {"model":"{{Weather.Model}}","stream":true,"store":false,
        "tools":[{"type":"function","name":"{{Weather.Tool}}","description":"{{Weather.Description}}","parameters":{{Weather.Schema}},"strict":true}],
        "input":[{{input}}]}
        """;

    private static string User(string prompt) => $$"""{"role":"user","content":{{Weather.Json(prompt)}}}""";
}
