using System.Text.Json;
using Gatehouse.Dialects;

namespace Gatehouse.Callers;

/// <summary>A caller of OpenAI Chat Completions.</summary>
internal sealed class ChatCaller : ICallerDialect
{
    /// <inheritdoc/>
    public Dialect Dialect => Dialect.OpenAiChat;

    /// <inheritdoc/>
    public string Name => "OpenAI Chat Completions";

    /// <inheritdoc/>
    public string Path => "/v1/chat/completions";

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
        {"role":"assistant","content":null,"tool_calls":[{"id":{{WeatherTool.Json(call.CallId)}},"type":"function","function":{"name":{{WeatherTool.Json(call.Tool!)}},"arguments":{{WeatherTool.Json(call.Arguments)}} } }]},
        {"role":"tool","tool_call_id":{{WeatherTool.Json(call.CallId)}},"content":{{WeatherTool.Json(result)}}}
        """);

    /// <inheritdoc/>
    public void Hear(string data, Heard heard)
    {
        if (data == "[DONE]")
        {
            heard.End();
            return;
        }

        using var parsed = JsonDocument.Parse(data);
        if (parsed.RootElement.TryGetProperty("error", out _)) heard.Fails(data);
        else if (parsed.RootElement.GetProperty("choices") is { } choices && choices.GetArrayLength() > 0) Take(choices[0].GetProperty("delta"), heard);
    }

    /// <inheritdoc/>
    public void Read(JsonElement answer, Heard heard)
    {
        if (answer.TryGetProperty("error", out _)) heard.Fails(answer.GetRawText());
        else if (answer.GetProperty("choices") is { } choices && choices.GetArrayLength() > 0) Take(choices[0].GetProperty("message"), heard);
    }

    // A message and a delta have the same members; the delta has pieces of them.
    private static void Take(JsonElement message, Heard heard)
    {
        if (message.TryGetProperty("content", out var text) && text.ValueKind == JsonValueKind.String && !text.ValueEquals("")) heard.Said(text.GetString()!);
        if (!message.TryGetProperty("tool_calls", out var calls) || calls.ValueKind != JsonValueKind.Array) return;
        foreach (var call in calls.EnumerateArray())
        {
            var function = call.GetProperty("function");
            if (call.TryGetProperty("id", out var id) && id.ValueKind == JsonValueKind.String) heard.Calls(function.Text("name"), id.GetString()!);
            if (function.TryGetProperty("arguments", out var piece)) heard.Argues(piece.GetString() ?? "");
        }
    }

    private static string Body(Question question, string messages) =>
        $$"""
        {"model":{{WeatherTool.Json(question.Model)}},{{(question.Stream ? """
        "stream":true,"stream_options":{"include_usage":true},
        """ : "")}}
        {{Tools(question.Tool)}}"messages":[{{messages}}]}
        """;

    private static string Tools(ToolUse use) => use == ToolUse.None ? "" :
        $$"""
        "tools":[{"type":"function","function":{"name":"{{WeatherTool.Name}}","description":"{{WeatherTool.Description}}","parameters":{{WeatherTool.Schema}} } }],
        {{(use == ToolUse.Forced ? $$"""
        "tool_choice":{"type":"function","function":{"name":"{{WeatherTool.Name}}"} },
        """ : "")}}
        """;

    private static string User(string prompt) => $$"""{"role":"user","content":{{WeatherTool.Json(prompt)}}}""";
}
