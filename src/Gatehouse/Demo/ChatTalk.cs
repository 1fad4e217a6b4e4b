using System.Text.Json;

namespace Gatehouse.Demo;

/// <summary>A caller of OpenAI Chat Completions.</summary>
internal sealed class ChatTalk : IDemoDialect
{
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
    public string Ask(string prompt) => Body(User(prompt));

    /// <inheritdoc/>
    public string GoOn(string prompt, Heard call, string result) => Body(
        $$"""
        {{User(prompt)}},
        {"role":"assistant","content":null,"tool_calls":[{"id":{{Weather.Json(call.CallId)}},"type":"function","function":{"name":{{Weather.Json(call.Tool!)}},"arguments":{{Weather.Json(call.Arguments)}} } }]},
        {"role":"tool","tool_call_id":{{Weather.Json(call.CallId)}},"content":{{Weather.Json(result)}}}
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
        else if (parsed.RootElement.GetProperty("choices") is { } choices && choices.GetArrayLength() > 0) Hear(choices[0].GetProperty("delta"), heard);
    }

    private static void Hear(JsonElement delta, Heard heard)
    {
        if (delta.TryGetProperty("content", out var text) && text.ValueKind == JsonValueKind.String && !text.ValueEquals("")) heard.Said(text.GetString()!);
        if (!delta.TryGetProperty("tool_calls", out var calls)) return;
        foreach (var call in calls.EnumerateArray())
        {
            var function = call.GetProperty("function");
            if (call.TryGetProperty("id", out var id)) heard.Calls(function.GetProperty("name").GetString()!, id.GetString()!);
            if (function.TryGetProperty("arguments", out var piece)) heard.Argues(piece.GetString()!);
        }
    }

    private static string Body(string messages) =>
        $$"""
        {"model":"{{Weather.Model}}","stream":true,"stream_options":{"include_usage":true},
        "tools":[{"type":"function","function":{"name":"{{Weather.Tool}}","description":"{{Weather.Description}}","parameters":{{Weather.Schema}} } }],
        "messages":[{{messages}}]}
        """;

    private static string User(string prompt) => $$"""{"role":"user","content":{{Weather.Json(prompt)}}}""";
}
