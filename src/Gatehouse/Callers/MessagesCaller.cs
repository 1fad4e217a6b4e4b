using System.Text.Json;
using Gatehouse.Dialects;

namespace Gatehouse.Callers;

/// <summary>A caller of Anthropic Messages.</summary>
internal sealed class MessagesCaller : ICallerDialect
{
    /// <summary>Where tokens are counted.</summary>
    public const string CountPath = "/v1/messages/count_tokens";

    /// <inheritdoc/>
    public Dialect Dialect => Dialect.Anthropic;

    /// <inheritdoc/>
    public string Name => "Anthropic Messages";

    /// <inheritdoc/>
    public string Path => "/v1/messages";

    /// <inheritdoc/>
    public void Prepare(HttpRequestMessage request) => request.Headers.Add("anthropic-version", "2023-06-01");

    /// <summary>The body that asks how many tokens a question has.</summary>
    public static string Count(Question question) => $$"""{"model":{{WeatherTool.Json(question.Model)}},"messages":[{{User(question.Prompt)}}]}""";

    /// <inheritdoc/>
    public string Ask(Question question) => Body(question, User(question.Prompt));

    /// <inheritdoc/>
    public string GoOn(Question question, Heard call, string result) => Body(
        question,
        $$"""
        {{User(question.Prompt)}},
        {"role":"assistant","content":[{"type":"tool_use","id":{{WeatherTool.Json(call.CallId)}},"name":{{WeatherTool.Json(call.Tool!)}},"input":{{call.Arguments}}}]},
        {"role":"user","content":[{"type":"tool_result","tool_use_id":{{WeatherTool.Json(call.CallId)}},"content":{{WeatherTool.Json(result)}}}]}
        """);

    /// <inheritdoc/>
    public void Hear(string data, Heard heard)
    {
        using var parsed = JsonDocument.Parse(data);
        var at = parsed.RootElement;
        switch (at.Text("type"))
        {
            case "content_block_start" when at.GetProperty("content_block") is var block && block.GetProperty("type").ValueEquals("tool_use"):
                heard.Calls(block.Text("name"), block.Text("id"));
                break;
            case "content_block_delta":
                var delta = at.GetProperty("delta");
                if (delta.TryGetProperty("text", out var text)) heard.Said(text.GetString()!);
                if (delta.TryGetProperty("partial_json", out var piece)) heard.Argues(piece.GetString()!);
                break;
            case "message_stop":
                heard.End();
                break;
            case "error":
                heard.Fails(data);
                break;
            default:
                break;
        }
    }

    /// <inheritdoc/>
    public void Read(JsonElement answer, Heard heard)
    {
        if (answer.Text("type") == "error") heard.Fails(answer.GetRawText());
        else foreach (var block in answer.GetProperty("content").EnumerateArray()) Read(heard, block);
    }

    private static void Read(Heard heard, JsonElement block)
    {
        switch (block.Text("type"))
        {
            case "text":
                heard.Said(block.Text("text"));
                break;
            case "tool_use":
                heard.Calls(block.Text("name"), block.Text("id"));
                heard.Argues(block.GetProperty("input").GetRawText());
                break;
            default:
                break;
        }
    }

    private static string Body(Question question, string messages) =>
        $$"""
        {"model":{{WeatherTool.Json(question.Model)}},"max_tokens":512,"stream":{{(question.Stream ? "true" : "false")}},
        {{Tools(question.Tool)}}"messages":[{{messages}}]}
        """;

    private static string Tools(ToolUse use) => use == ToolUse.None ? "" :
        $$"""
        "tools":[{"name":"{{WeatherTool.Name}}","description":"{{WeatherTool.Description}}","input_schema":{{WeatherTool.Schema}}}],
        {{(use == ToolUse.Forced ? $$"""
        "tool_choice":{"type":"tool","name":"{{WeatherTool.Name}}"},
        """ : "")}}
        """;

    private static string User(string prompt) => $$"""{"role":"user","content":{{WeatherTool.Json(prompt)}}}""";
}
