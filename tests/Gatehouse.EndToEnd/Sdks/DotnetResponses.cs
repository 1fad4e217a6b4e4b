using System.ClientModel;
using System.ClientModel.Primitives;
using System.Text.Json;
using OpenAI.Responses;

namespace Gatehouse.EndToEnd.Sdks;

/// <summary>The scenarios of <see cref="Sdk"/> with the vendor's library for .NET, <c>OpenAI</c>, over Responses.</summary>
internal sealed class DotnetResponses(ResponsesClient client, string model, string prompt)
{
    private static readonly BinaryData s_schema = BinaryData.FromString(
        """{"type":"object","properties":{"city":{"type":"string"}},"required":["city"],"additionalProperties":false}""");

    public static Task<JsonElement> RunAsync(Uri gateway, string token, string scenario, string model, string prompt)
    {
        var run = new DotnetResponses(DotnetChat.Client(gateway, token).GetResponsesClient(), model, prompt);
        return Sdk.SayAsync(scenario switch
        {
            "create" or "error" => run.CreateAsync,
            "stream" or "streamError" => run.StreamAsync,
            "thinking" => run.ThinkAsync,
            "parallel" => run.ParallelAsync,
            "image" => run.ImageAsync,
            "structured" => run.StructureAsync,
            "hosted" => run.HostAsync,
            "search" => run.SearchAsync,
            "abort" => run.AbortAsync,
            "state" => run.ContinueAsync,
            "count" => run.CountAsync,
            _ => throw new ArgumentOutOfRangeException(nameof(scenario), scenario, null),
        });
    }

    private async Task<object> CreateAsync() => Said(await client.CreateResponseAsync(model, prompt));

    private async Task<object> StreamAsync()
    {
        var (text, last, end) = ("", "none", (ResponseResult?)null);
        await foreach (var update in await client.CreateResponseStreamingAsync(model, prompt))
        {
            last = update.GetType().Name;
            if (update is StreamingResponseOutputTextDeltaUpdate delta) text += delta.Delta;
            if (update is StreamingResponseCompletedUpdate completed) (last, end) = ("response.completed", completed.Response);
        }

        return new
        {
            text,
            last,
            stop = Word(end?.Status),
            input = end?.Usage.InputTokenCount,
            output = end?.Usage.OutputTokenCount,
            cached = end?.Usage.InputTokenDetails.CachedTokenCount,
            reasoning = end?.Usage.OutputTokenDetails.ReasoningTokenCount,
        };
    }

    private async Task<object> ThinkAsync()
    {
        var options = Ask(User());
        options.Tools.Add(Tool());
        options.ReasoningOptions = new ResponseReasoningOptions { ReasoningEffortLevel = ResponseReasoningEffortLevel.Low };
        options.IncludedProperties.Add(IncludedResponseProperty.ReasoningEncryptedContent);
        var (cities, thoughts) = (new List<string>(), 0);
        while (true)
        {
            ResponseResult answer = await client.CreateResponseAsync(options);
            thoughts += answer.OutputItems.Count(static item => item is ReasoningResponseItem);
            var calls = answer.OutputItems.OfType<FunctionCallResponseItem>().ToList();
            if (calls.Count == 0) return new { cities, thoughts, text = answer.GetOutputText() };
            foreach (var item in answer.OutputItems) options.InputItems.Add(item);
            foreach (var call in calls)
            {
                cities.Add(City(call));
                options.InputItems.Add(ResponseItem.CreateFunctionCallOutputItem(call.CallId, $"sunny in {City(call)}"));
            }
        }
    }

    private async Task<object> ParallelAsync()
    {
        var options = Ask(User());
        options.Tools.Add(Tool());
        ResponseResult first = await client.CreateResponseAsync(options);
        var calls = first.OutputItems.OfType<FunctionCallResponseItem>().ToList();
        foreach (var item in first.OutputItems) options.InputItems.Add(item);
        for (var at = 0; at < calls.Count; at++) options.InputItems.Add(ResponseItem.CreateFunctionCallOutputItem(calls[at].CallId, $"sunny {at}"));
        ResponseResult second = await client.CreateResponseAsync(options);
        return new { ids = calls.Select(static call => call.CallId).Distinct().Count(), cities = calls.Select(City), text = second.GetOutputText() };
    }

    private async Task<object> HostAsync()
    {
        var options = Ask(User());
        options.Tools.Add(ResponseTool.CreateWebSearchTool());
        options.Tools.Add(ResponseTool.CreateCodeInterpreterTool(
            new CodeInterpreterToolContainer(CodeInterpreterToolContainerConfiguration.CreateAutomaticContainerConfiguration())));
        options.Tools.Add(ResponseTool.CreateMcpTool(
            "files", new Uri("https://mcp.example/sse"), toolCallApprovalPolicy: new McpToolCallApprovalPolicy(DefaultMcpToolCallApprovalPolicy.NeverRequireApproval)));
        options.Tools.Add(Tool());
        options.IncludedProperties.Add(IncludedResponseProperty.CodeInterpreterCallOutputs);
        options.IncludedProperties.Add(new IncludedResponseProperty("web_search_call.action.sources"));
        var first = await StreamedAsync(options);
        foreach (var item in first.OutputItems) options.InputItems.Add(item);
        options.InputItems.Add(ResponseItem.CreateFunctionCallOutputItem(first.OutputItems.OfType<FunctionCallResponseItem>().Single().CallId, "sunny"));
        ResponseResult second = await client.CreateResponseAsync(options);
        var items = first.OutputItems.Select(static item => JsonSerializer.Deserialize<JsonElement>(ModelReaderWriter.Write(item))).ToList();
        return new { kinds = items.Select(static item => item.GetProperty("type").GetString()), said = string.Join('\n', items), text = second.GetOutputText() };
    }

    private async Task<object> SearchAsync()
    {
        var options = Ask(User());
        options.Tools.Add(ResponseTool.CreateWebSearchTool());
        ResponseResult whole = await client.CreateResponseAsync(options);
        var streamed = await StreamedAsync(options);
        return new { texts = new[] { whole.GetOutputText(), streamed.GetOutputText() }, sources = Sources(whole).Concat(Sources(streamed)) };
    }

    private async Task<ResponseResult> StreamedAsync(CreateResponseOptions options)
    {
        ResponseResult? end = null;
        options.StreamingEnabled = true;
        await foreach (var update in await client.CreateResponseStreamingAsync(options))
            if (update is StreamingResponseCompletedUpdate completed) end = completed.Response;
        options.StreamingEnabled = null;
        return end ?? throw new InvalidOperationException("the stream ended without its last event");
    }

    private static IEnumerable<string> Sources(ResponseResult answer) =>
        from part in answer.OutputItems.OfType<MessageResponseItem>().SelectMany(static item => item.Content)
        from source in part.OutputTextAnnotations.OfType<UriCitationMessageAnnotation>()
        select $"{source.Title} {source.Uri} {part.Text[source.StartIndex..source.EndIndex]}";

    private async Task<object> ImageAsync() => Said(await client.CreateResponseAsync(Ask(ResponseItem.CreateUserMessageItem(
    [
        ResponseContentPart.CreateInputImagePart(new Uri("data:image/png;base64," + Pictures.Png), null),
        ResponseContentPart.CreateInputTextPart(prompt),
    ]))));

    private async Task<object> StructureAsync()
    {
        var options = Ask(User());
        options.TextOptions = new ResponseTextOptions { TextFormat = ResponseTextFormat.CreateJsonSchemaFormat("place", s_schema, null, true) };
        ResponseResult answer = await client.CreateResponseAsync(options);
        return new { city = JsonDocument.Parse(answer.GetOutputText()).RootElement.GetProperty("city").ValueKind.ToString().ToLowerInvariant() };
    }

    private async Task<object> AbortAsync()
    {
        using var abort = new CancellationTokenSource();
        await foreach (var update in (await client.CreateResponseStreamingAsync(model, prompt, cancellationToken: abort.Token)).WithCancellation(abort.Token))
            if (update is StreamingResponseOutputTextDeltaUpdate) await abort.CancelAsync();
        return new { };
    }

    private async Task<object> ContinueAsync()
    {
        ResponseResult first = await client.CreateResponseAsync(model, prompt);
        ResponseResult second = await client.CreateResponseAsync(model, "and again", first.Id);
        ResponseResult read = await client.GetResponseAsync(first.Id);
        var items = 0;
        await foreach (var _ in client.GetResponseInputItemsAsync(first.Id)) items++;
        await client.DeleteResponseAsync(first.Id);
        var gone = await Sdk.SayAsync(async () => (await client.GetResponseAsync(first.Id)).Value.Id);
        return new { previous = second.PreviousResponseId == first.Id, read = read.Id == first.Id, items, gone = gone.Number("status") };
    }

    // The library has no types for this call, but its path.
    private async Task<object> CountAsync()
    {
        var counted = await client.GetInputTokenCountAsync(BinaryContent.Create(BinaryData.FromObjectAsJson(new { model, input = prompt })), "application/json", null);
        return new { tokens = JsonDocument.Parse(counted.GetRawResponse().Content).RootElement.GetProperty("input_tokens").GetInt64() };
    }

    private CreateResponseOptions Ask(ResponseItem item) => new(model, [item]) { StoredOutputEnabled = false };

    private MessageResponseItem User() => ResponseItem.CreateUserMessageItem(prompt);

    private static FunctionTool Tool() => ResponseTool.CreateFunctionTool("get_weather", s_schema, false);

    private static string City(FunctionCallResponseItem call) => JsonDocument.Parse(call.FunctionArguments).RootElement.GetProperty("city").GetString()!;

    private static string? Word(ResponseStatus? status) => status?.ToString().ToLowerInvariant();

    private static object Said(ResponseResult answer) => new
    {
        text = answer.GetOutputText(),
        stop = Word(answer.Status),
        input = answer.Usage.InputTokenCount,
        output = answer.Usage.OutputTokenCount,
        cached = answer.Usage.InputTokenDetails.CachedTokenCount,
        reasoning = answer.Usage.OutputTokenDetails.ReasoningTokenCount,
    };
}
