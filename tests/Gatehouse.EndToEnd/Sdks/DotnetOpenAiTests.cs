using System.ClientModel;
using System.ClientModel.Primitives;
using System.Text.Json;
using Gatehouse.EndToEnd.Stages;
using Gatehouse.EndToEnd.Wire;
using Gatehouse.Gateway.Metering;
using OpenAI;
using OpenAI.Chat;
using OpenAI.Responses;

namespace Gatehouse.EndToEnd.Sdks;

/// <summary>The vendor's library for .NET, <c>OpenAI</c>, through Gatehouse: Chat Completions and Responses.</summary>
public sealed class DotnetOpenAiTests(Stage stage) : IAsyncLifetime
{
    private const string Model = "gpt-5.5";
    private readonly string _marker = $"dotnet-{Guid.NewGuid():N}";
    private RecordingTee _tee = null!;
    private OpenAIClient _client = null!;

    public ValueTask InitializeAsync()
    {
        _tee = new RecordingTee(stage.Gateway);
        var options = new OpenAIClientOptions
        {
            Endpoint = new Uri(_tee.Address, "v1"),
            RetryPolicy = new ClientRetryPolicy(maxRetries: 0),
            NetworkTimeout = TimeSpan.FromSeconds(30),
        };
        _client = new OpenAIClient(new ApiKeyCredential(stage.Token), options);
        return default;
    }

    public ValueTask DisposeAsync() => _tee.DisposeAsync();

    [Fact]
    public async Task A_chat_is_answered()
    {
        ChatCompletion answer = await Chat().CompleteChatAsync([new UserChatMessage($"hello {_marker}")]);
        answer.Content[0].Text.ShouldContain(_marker);
        await ShouldBeMeteredAsync(ExchangeOperation.ChatCompletions, stream: false, answer.Usage.OutputTokenCount);
    }

    [Fact]
    public async Task A_chat_streams()
    {
        var (text, usage) = ("", (ChatTokenUsage?)null);
        await foreach (var update in Chat().CompleteChatStreamingAsync([new UserChatMessage($"hello {_marker}")]))
        {
            text += string.Concat(update.ContentUpdate.Select(part => part.Text));
            usage ??= update.Usage;
        }
        text.ShouldContain(_marker);
        await ShouldBeMeteredAsync(ExchangeOperation.ChatCompletions, stream: true, usage!.OutputTokenCount);
    }

    [Fact]
    public async Task A_chat_calls_a_tool_and_its_result_goes_back()
    {
        var schema = BinaryData.FromString("""{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}""");
        var options = new ChatCompletionOptions { Tools = { ChatTool.CreateFunctionTool("get_weather", null, schema) } };
        var asked = new UserChatMessage($$"""{{_marker}} [tool get_weather {"city":"Bern"}]""");
        ChatCompletion first = await Chat().CompleteChatAsync([asked], options);
        first.FinishReason.ShouldBe(ChatFinishReason.ToolCalls);
        first.ToolCalls[0].FunctionArguments.ToString().ShouldContain("Bern");
        ChatCompletion second = await Chat()
            .CompleteChatAsync([asked, new AssistantChatMessage(first), new ToolChatMessage(first.ToolCalls[0].Id, "sunny")], options);
        second.Content[0].Text.ShouldContain("sunny");
        (await stage.CarriedAsync(_tee, _marker)).Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_response_is_answered()
    {
        ResponseResult answer = await Responses().CreateResponseAsync(Model, $"hello {_marker}");
        answer.GetOutputText().ShouldContain(_marker);
        await ShouldBeMeteredAsync(ExchangeOperation.Responses, stream: false, answer.Usage.OutputTokenCount);
    }

    [Fact]
    public async Task A_response_streams_to_its_end()
    {
        var (text, tokens) = ("", 0);
        await foreach (var update in await Responses().CreateResponseStreamingAsync(Model, $"hello {_marker}"))
        {
            if (update is StreamingResponseOutputTextDeltaUpdate delta) text += delta.Delta;
            if (update is StreamingResponseCompletedUpdate end) tokens = end.Response.Usage.OutputTokenCount;
        }
        text.ShouldContain(_marker);
        await ShouldBeMeteredAsync(ExchangeOperation.Responses, stream: true, tokens);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(404)]
    [InlineData(429)]
    [InlineData(500)]
    public async Task An_error_is_the_librarys_typed_error(int status)
    {
        var chat = _client.GetChatClient($"{Model}+status-{status}");
        var failed =
            await Should.ThrowAsync<ClientResultException>(() => chat.CompleteChatAsync([new UserChatMessage($"hello {_marker}")]));
        failed.Status.ShouldBe(status);
        var body = JsonDocument.Parse(failed.GetRawResponse()!.Content).RootElement;
        body.GetProperty("error").GetProperty("message").GetString().ShouldNotBeNullOrEmpty();
        (await stage.CarriedAsync(_tee, _marker)).Count.ShouldBe(1, "Gatehouse must not repeat what the provider answered");
    }

    [Fact]
    public async Task An_abort_reaches_the_provider()
    {
        using var abort = new CancellationTokenSource();
        await Should.ThrowAsync<OperationCanceledException>(async () =>
        {
            await foreach (var update in Chat().CompleteChatStreamingAsync(
                [new UserChatMessage($"hello {_marker} [long 2000] [slow 20]")], cancellationToken: abort.Token))
                if (update.ContentUpdate.Count > 0) await abort.CancelAsync();
        });
        await stage.ShouldBeCancelledAsync(_marker);
    }

    [Fact]
    public async Task Models_are_listed()
    {
        var models = await _client.GetOpenAIModelClient().GetModelsAsync();
        models.Value.Select(model => model.Id).ShouldContain(Model);
    }

    private async Task ShouldBeMeteredAsync(ExchangeOperation operation, bool stream, int outputTokens)
    {
        var one = (await stage.CarriedAsync(_tee, _marker)).ShouldHaveSingleItem();
        one.ShouldBeMetered(operation, stream, one.Row.Client!);
        one.Row.OutputTokens.ShouldBe(outputTokens);
    }

    private ChatClient Chat() => _client.GetChatClient(Model);

    private ResponsesClient Responses() => _client.GetResponsesClient();
}
