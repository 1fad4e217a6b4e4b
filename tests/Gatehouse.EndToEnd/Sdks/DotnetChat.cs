using System.ClientModel;
using System.ClientModel.Primitives;
using System.Text.Json;
using OpenAI;
using OpenAI.Chat;

namespace Gatehouse.EndToEnd.Sdks;

/// <summary>The scenarios of <see cref="Sdk"/> with the vendor's library for .NET, <c>OpenAI</c>, over Chat Completions.</summary>
internal sealed class DotnetChat(ChatClient client, string prompt)
{
    private static readonly BinaryData s_schema = BinaryData.FromString(
        """{"type":"object","properties":{"city":{"type":"string"}},"required":["city"],"additionalProperties":false}""");

    public static Task<JsonElement> RunAsync(Uri gateway, string token, string scenario, string model, string prompt)
    {
        var run = new DotnetChat(Client(gateway, token).GetChatClient(model), prompt);
        return Sdk.SayAsync(scenario switch
        {
            "create" or "error" => run.CreateAsync,
            "stream" or "streamError" => run.StreamAsync,
            "thinking" => run.ThinkAsync,
            "parallel" => run.ParallelAsync,
            "image" => run.ImageAsync,
            "structured" => run.StructureAsync,
            "search" => run.SearchAsync,
            "hosted" => run.HostAsync,
            "abort" => run.AbortAsync,
            _ => throw new ArgumentOutOfRangeException(nameof(scenario), scenario, null),
        });
    }

    /// <summary>The library's client, which asks once and no more.</summary>
    public static OpenAIClient Client(Uri gateway, string token) => new(
        new ApiKeyCredential(token),
        new OpenAIClientOptions { Endpoint = new Uri(gateway, "v1"), RetryPolicy = new ClientRetryPolicy(maxRetries: 0), NetworkTimeout = TimeSpan.FromSeconds(30) });

    private async Task<object> CreateAsync() => Said(await client.CompleteChatAsync([new UserChatMessage(prompt)]));

    private async Task<object> StreamAsync()
    {
        var (text, stop, usage) = ("", (ChatFinishReason?)null, (ChatTokenUsage?)null);
        await foreach (var update in client.CompleteChatStreamingAsync([new UserChatMessage(prompt)]))
        {
            text += string.Concat(update.ContentUpdate.Select(static part => part.Text));
            stop ??= update.FinishReason;
            usage ??= update.Usage;
        }

        return new
        {
            text,
            stop = Word(stop),
            last = stop is null ? "none" : Word(stop),
            input = usage?.InputTokenCount,
            output = usage?.OutputTokenCount,
            cached = usage?.InputTokenDetails?.CachedTokenCount,
            reasoning = usage?.OutputTokenDetails?.ReasoningTokenCount,
        };
    }

    // What the model thought has no field to go back in: the gateway keeps it.
    private async Task<object> ThinkAsync()
    {
        List<ChatMessage> history = [new UserChatMessage(prompt)];
        var options = WithTool();
        options.ReasoningEffortLevel = ChatReasoningEffortLevel.Medium;
        var cities = new List<string>();
        while (true)
        {
            ChatCompletion answer = await client.CompleteChatAsync(history, options);
            if (answer.ToolCalls.Count == 0) return new { cities, text = answer.Content[0].Text };
            history.Add(new AssistantChatMessage(answer));
            foreach (var call in answer.ToolCalls)
            {
                cities.Add(City(call));
                history.Add(new ToolChatMessage(call.Id, $"sunny in {City(call)}"));
            }
        }
    }

    private async Task<object> ParallelAsync()
    {
        List<ChatMessage> history = [new UserChatMessage(prompt)];
        ChatCompletion first = await client.CompleteChatAsync(history, WithTool());
        history.Add(new AssistantChatMessage(first));
        history.AddRange(first.ToolCalls.Select(static (call, at) => new ToolChatMessage(call.Id, $"sunny {at}")));
        ChatCompletion second = await client.CompleteChatAsync(history, WithTool());
        return new { ids = first.ToolCalls.Select(static call => call.Id).Distinct().Count(), cities = first.ToolCalls.Select(City), text = second.Content[0].Text };
    }

    // The library knows the sources of an answer in one piece; those of a stream stand in what it keeps of a chunk unread.
    private async Task<object> SearchAsync()
    {
        var options = new ChatCompletionOptions { WebSearchOptions = new ChatWebSearchOptions() };
        ChatCompletion whole = await client.CompleteChatAsync([new UserChatMessage(prompt)], options);
        var text = whole.Content[0].Text;
        var sources = whole.Annotations.Select(source => $"{source.WebResourceTitle} {source.WebResourceUri} {text[source.StartIndex..source.EndIndex]}").ToList();
        var streamed = "";
        await foreach (var update in client.CompleteChatStreamingAsync([new UserChatMessage(prompt)], options))
        {
            streamed += string.Concat(update.ContentUpdate.Select(static part => part.Text));
            sources.AddRange(Sources(JsonSerializer.Deserialize<JsonElement>(ModelReaderWriter.Write(update)), streamed));
        }

        return new { texts = new[] { text, streamed }, sources };
    }

    private async Task<object> HostAsync()
    {
        List<ChatMessage> history = [new UserChatMessage(prompt)];
        var options = WithTool();
        options.WebSearchOptions = new ChatWebSearchOptions();
        ChatCompletion first = await client.CompleteChatAsync(history, options);
        history.Add(new AssistantChatMessage(first));
        history.Add(new ToolChatMessage(first.ToolCalls.Single().Id, "sunny"));
        ChatCompletion second = await client.CompleteChatAsync(history, options);
        return new { said = first.Content[0].Text, text = second.Content[0].Text };
    }

    private async Task<object> ImageAsync() => Said(await client.CompleteChatAsync([new UserChatMessage(
        ChatMessageContentPart.CreateImagePart(BinaryData.FromBytes(Convert.FromBase64String(Pictures.Png)), "image/png"), ChatMessageContentPart.CreateTextPart(prompt))]));

    private async Task<object> StructureAsync()
    {
        var options = new ChatCompletionOptions { ResponseFormat = ChatResponseFormat.CreateJsonSchemaFormat("place", s_schema, jsonSchemaIsStrict: true) };
        ChatCompletion answer = await client.CompleteChatAsync([new UserChatMessage(prompt)], options);
        return new { city = JsonDocument.Parse(answer.Content[0].Text).RootElement.GetProperty("city").ValueKind.ToString().ToLowerInvariant() };
    }

    private async Task<object> AbortAsync()
    {
        using var abort = new CancellationTokenSource();
        await foreach (var update in client.CompleteChatStreamingAsync([new UserChatMessage(prompt)], cancellationToken: abort.Token))
            if (update.ContentUpdate.Count > 0) await abort.CancelAsync();
        return new { };
    }

    private static ChatCompletionOptions WithTool() => new() { Tools = { ChatTool.CreateFunctionTool("get_weather", null, s_schema) } };

    private static IEnumerable<string> Sources(JsonElement chunk, string text)
    {
        if (!chunk.TryGetProperty("choices", out var choices) || choices.GetArrayLength() == 0) yield break;
        if (!choices[0].GetProperty("delta").TryGetProperty("annotations", out var annotations)) yield break;
        foreach (var source in annotations.EnumerateArray().Select(static one => one.GetProperty("url_citation")))
        {
            var cited = text[source.GetProperty("start_index").GetInt32()..source.GetProperty("end_index").GetInt32()];
            yield return $"{source.GetProperty("title").GetString()} {source.GetProperty("url").GetString()} {cited}";
        }
    }

    private static string City(ChatToolCall call) => JsonDocument.Parse(call.FunctionArguments).RootElement.GetProperty("city").GetString()!;

    private static string? Word(ChatFinishReason? reason) => reason?.ToString().ToLowerInvariant();

    private static object Said(ChatCompletion answer) => new
    {
        text = answer.Content[0].Text,
        stop = Word(answer.FinishReason),
        input = answer.Usage.InputTokenCount,
        output = answer.Usage.OutputTokenCount,
        cached = answer.Usage.InputTokenDetails?.CachedTokenCount,
        reasoning = answer.Usage.OutputTokenDetails?.ReasoningTokenCount,
    };
}
