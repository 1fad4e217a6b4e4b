using System.Text.Json;
using Anthropic;
using Anthropic.Helpers;
using Anthropic.Models.Beta.Messages;
using Plain = Anthropic.Models.Messages;

namespace Gatehouse.EndToEnd.Sdks;

/// <summary>The scenarios of <see cref="Sdk"/> with the provider's own tools, with the vendor's library for .NET, <c>Anthropic</c>, its beta interface included.</summary>
internal sealed class DotnetHostedMessages(AnthropicClient client, string model, string prompt)
{
    /// <summary>A search by the provider, whose pages the text cites: in one piece and as a stream, which the library itself puts together.</summary>
    public async Task<object> SearchAsync()
    {
        var search = new Plain.MessageCreateParams
        {
            Model = model,
            MaxTokens = 2000,
            Messages = [new Plain.MessageParam(User())],
            Tools = [new Plain.ToolUnion(Parse("""{"type":"web_search_20250305","name":"web_search"}"""))],
        };
        var whole = await client.Messages.Create(search);
        var streamed = await client.Messages.CreateStreaming(search).Aggregate();
        return new { texts = new[] { Text(whole), Text(streamed) }, sources = Sources(whole).Concat(Sources(streamed)) };
    }

    /// <summary>A search, code and an MCP server's tool in a stream; what they did goes back with the result of the client's own.</summary>
    public async Task<object> HostAsync()
    {
        var collected = new BetaMessageContentAggregator();
        await foreach (var _ in collected.CollectAsync(client.Beta.Messages.CreateStreaming(Ask(User())))) { }
        var blocks = collected.Message().Content.Select(static block => block.Json).ToList();
        var call = blocks.Single(static block => block.GetProperty("type").GetString() == "tool_use").GetProperty("id").GetString();
        var result = JsonSerializer.SerializeToElement(new { role = "user", content = new[] { new { type = "tool_result", tool_use_id = call, content = "sunny" } } });
        var second = await client.Beta.Messages.Create(Ask(User(), JsonSerializer.SerializeToElement(new { role = "assistant", content = blocks }), result));
        return new
        {
            kinds = blocks.Select(static block => block.GetProperty("type").GetString()),
            said = string.Join('\n', blocks),
            text = string.Concat(second.Content.Select(static block => block.TryPickText(out var text) ? text.Text : "")),
        };
    }

    private MessageCreateParams Ask(params JsonElement[] messages) => new()
    {
        Model = model,
        MaxTokens = 2000,
        Betas = ["mcp-client-2025-11-20"],
        McpServers = [new BetaRequestMcpServerUrlDefinition { Name = "files", Url = "https://mcp.example/sse" }],
        Tools =
        [
            new BetaWebSearchTool20250305(), new BetaCodeExecutionTool20250825(), new BetaMcpToolset("files"),
            new BetaToolUnion(Parse("""{"name":"get_weather","input_schema":{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}}""")),
        ],
        Messages = [.. messages.Select(static message => new BetaMessageParam(message))],
    };

    private JsonElement User() => JsonSerializer.SerializeToElement(new { role = "user", content = prompt });

    private static IEnumerable<string> Sources(Plain.Message message) => message.Content
        .Where(static block => block.TryPickText(out _) && block.Json.TryGetProperty("citations", out var citations) && citations.ValueKind == JsonValueKind.Array)
        .SelectMany(static block => block.Json.GetProperty("citations").EnumerateArray())
        .Select(static citation => $"{citation.GetProperty("title").GetString()} {citation.GetProperty("url").GetString()}");

    private static string Text(Plain.Message message) => string.Concat(message.Content.Select(static block => block.TryPickText(out var text) ? text.Text : ""));

    private static JsonElement Parse(string json) => JsonDocument.Parse(json).RootElement;
}
