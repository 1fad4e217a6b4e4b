using System.Text.Json;

namespace Gatehouse.Demo;

/// <summary>A caller of Anthropic Messages.</summary>
internal sealed class MessagesTalk : IDemoDialect
{
    /// <inheritdoc/>
    public string Name => "Anthropic Messages";

    /// <inheritdoc/>
    public string Path => "/v1/messages";

    /// <inheritdoc/>
    public void Prepare(HttpRequestMessage request) => request.Headers.Add("anthropic-version", "2023-06-01");

    /// <inheritdoc/>
    public string Ask(string prompt) => Body(User(prompt));

    /// <inheritdoc/>
    public string GoOn(string prompt, Heard call, string result) => Body(
        $$"""
        {{User(prompt)}},
        {"role":"assistant","content":[{"type":"tool_use","id":{{Weather.Json(call.CallId)}},"name":{{Weather.Json(call.Tool!)}},"input":{{call.Arguments}}}]},
        {"role":"user","content":[{"type":"tool_result","tool_use_id":{{Weather.Json(call.CallId)}},"content":{{Weather.Json(result)}}}]}
        """);

    /// <inheritdoc/>
    public void Hear(string data, Heard heard)
    {
        using var parsed = JsonDocument.Parse(data);
        var at = parsed.RootElement;
        switch (at.GetProperty("type").GetString())
        {
            case "content_block_start" when at.GetProperty("content_block") is var block && block.GetProperty("type").ValueEquals("tool_use"):
                heard.Calls(block.GetProperty("name").GetString()!, block.GetProperty("id").GetString()!);
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

    private static string Body(string messages) =>
        $$"""
        {"model":"{{Weather.Model}}","max_tokens":512,"stream":true,
        "tools":[{"name":"{{Weather.Tool}}","description":"{{Weather.Description}}","input_schema":{{Weather.Schema}}}],
        "messages":[{{messages}}]}
        """;

    private static string User(string prompt) => $$"""{"role":"user","content":{{Weather.Json(prompt)}}}""";
}
