using System.Text.Json;
using Anthropic;
using Anthropic.Models.Messages;

namespace Gatehouse.EndToEnd.Sdks;

/// <summary>The scenarios of <see cref="Sdk"/> with the vendor's library for .NET, <c>Anthropic</c>.</summary>
internal sealed class DotnetMessages(AnthropicClient client, string model, string prompt)
{
    public static async Task<JsonElement> RunAsync(Uri gateway, string token, string scenario, string model, string prompt)
    {
        using var client = new AnthropicClient
        {
            BaseUrl = gateway.ToString().TrimEnd('/'),
            ApiKey = token,
            MaxRetries = 0,
            Timeout = TimeSpan.FromSeconds(30),
        };
        var run = new DotnetMessages(client, model, prompt);
        return await Sdk.SayAsync(scenario switch
        {
            "create" or "error" => run.CreateAsync,
            "stream" or "streamError" => run.StreamAsync,
            "thinking" => run.ThinkAsync,
            "parallel" => run.ParallelAsync,
            "image" => run.ImageAsync,
            "structured" => run.StructureAsync,
            "abort" => run.AbortAsync,
            "count" => run.CountAsync,
            "search" => new DotnetHostedMessages(client, model, prompt).SearchAsync,
            "hosted" => new DotnetHostedMessages(client, model, prompt).HostAsync,
            _ => throw new ArgumentOutOfRangeException(nameof(scenario), scenario, null),
        });
    }

    private async Task<object> CreateAsync() => Said(await client.Messages.Create(Ask(User(prompt))));

    private async Task<object> StreamAsync()
    {
        var (text, last, usage) = ("", "", default(JsonElement));
        var stop = (string?)null;
        await foreach (var step in client.Messages.CreateStreaming(Ask(User(prompt))))
        {
            last = step.Json.GetProperty("type").GetString()!;
            if (step.TryPickContentBlockDelta(out var delta) && delta.Delta.TryPickText(out var piece)) text += piece.Text;
            if (last != "message_delta") continue;
            usage = step.Json.GetProperty("usage");
            stop = step.Json.GetProperty("delta").GetProperty("stop_reason").GetString();
        }

        // What a stream's last usage leaves out is what its first event said.
        return new { text, last, stop, input = usage.Number("input_tokens"), output = usage.Number("output_tokens"), cached = usage.Number("cache_read_input_tokens") };
    }

    private async Task<object> ThinkAsync()
    {
        List<MessageParam> history = [User(prompt)];
        var (cities, thoughts) = (new List<string>(), 0);
        while (true)
        {
            var message = await client.Messages.Create(WithTool([.. history], Parse("""{"type":"enabled","budget_tokens":1024}""")));
            thoughts += message.Content.Count(static block => block.TryPickThinking(out _));
            var calls = Calls(message);
            if (calls.Count == 0) return new { cities, thoughts, text = Text(message) };
            cities.AddRange(calls.Select(City));
            history.Add(Assistant(message));
            history.Add(Results(calls.Select(static call => (call.ID, $"sunny in {City(call)}"))));
        }
    }

    private async Task<object> ParallelAsync()
    {
        var first = await client.Messages.Create(WithTool([User(prompt)], null));
        var calls = Calls(first);
        var results = Results(calls.Select(static (call, at) => (call.ID, $"sunny {at}")));
        var second = await client.Messages.Create(WithTool([User(prompt), Assistant(first), results], null));
        return new { ids = calls.Select(static call => call.ID).Distinct().Count(), cities = calls.Select(City), text = Text(second) };
    }

    private async Task<object> ImageAsync()
    {
        object[] content =
        [
            new { type = "image", source = new { type = "base64", media_type = "image/png", data = Pictures.Png } },
            new { type = "text", text = prompt },
        ];
        return Said(await client.Messages.Create(Ask(Message("user", JsonSerializer.SerializeToElement(content)))));
    }

    private async Task<object> StructureAsync()
    {
        var schema = new Dictionary<string, JsonElement>
        {
            ["type"] = Parse("\"object\""),
            ["properties"] = Parse("""{"city":{"type":"string"}}"""),
            ["required"] = Parse("""["city"]"""),
            ["additionalProperties"] = Parse("false"),
        };
        var message = await client.Messages.Create(Ask(User(prompt)) with { OutputConfig = new OutputConfig { Format = new JsonOutputFormat { Schema = schema } } });
        return new { city = Parse(Text(message)).GetProperty("city").ValueKind.ToString().ToLowerInvariant() };
    }

    private async Task<object> AbortAsync()
    {
        using var abort = new CancellationTokenSource();
        await foreach (var step in client.Messages.CreateStreaming(Ask(User(prompt)), abort.Token))
            if (step.TryPickContentBlockDelta(out _)) await abort.CancelAsync();
        return new { };
    }

    private async Task<object> CountAsync() =>
        new { tokens = (await client.Messages.CountTokens(new MessageCountTokensParams { Model = model, Messages = [User(prompt)] })).InputTokens };

    private MessageCreateParams Ask(params MessageParam[] messages) => new() { Model = model, MaxTokens = 300, Messages = messages };

    private MessageCreateParams WithTool(MessageParam[] messages, JsonElement? thinking) => Ask(messages) with
    {
        MaxTokens = 2000,
        Thinking = thinking is { } wish ? new ThinkingConfigParam(wish) : null,
        Tools = [new ToolUnion(Parse("""{"name":"get_weather","input_schema":{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}}"""))],
    };

    private static object Said(Message message) => new
    {
        text = Text(message),
        stop = message.StopReason?.Raw(),
        input = message.Usage.InputTokens,
        output = message.Usage.OutputTokens,
        cached = message.Usage.CacheReadInputTokens,
        written = message.Usage.CacheCreationInputTokens,
    };

    private static List<ToolUseBlock> Calls(Message message) =>
        [.. message.Content.Select(static block => block.TryPickToolUse(out var use) ? use : null).OfType<ToolUseBlock>()];

    private static string City(ToolUseBlock call) => call.Input["city"].GetString()!;

    private static MessageParam User(string text) => Message("user", JsonSerializer.SerializeToElement(text));

    private static MessageParam Assistant(Message message) => Message("assistant", JsonSerializer.SerializeToElement(message.Content.Select(static block => block.Json)));

    private static MessageParam Results(IEnumerable<(string Id, string Text)> results) => Message(
        "user", JsonSerializer.SerializeToElement(results.Select(static result => new { type = "tool_result", tool_use_id = result.Id, content = result.Text })));

    private static MessageParam Message(string role, JsonElement content) => new(JsonSerializer.SerializeToElement(new { role, content }));

    private static JsonElement Parse(string json) => JsonDocument.Parse(json).RootElement;

    private static string Text(Message message) => string.Concat(message.Content.Select(static block => block.TryPickText(out var text) ? text.Text : ""));
}
