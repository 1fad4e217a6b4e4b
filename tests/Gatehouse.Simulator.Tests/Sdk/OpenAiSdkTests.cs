#pragma warning disable OPENAI001 // The Responses client is marked experimental; it is what people use.
using System.ClientModel;
using System.ClientModel.Primitives;
using OpenAI;
using OpenAI.Chat;
using OpenAI.Responses;

namespace Gatehouse.Simulator.Tests.Sdk;

/// <summary>The vendor's own SDK accepts what the simulator sends, and the simulator what the SDK sends.</summary>
public sealed class OpenAiSdkTests : IAsyncLifetime
{
    private static readonly BinaryData s_schema = BinaryData.FromString("""{"type":"object","properties":{"command":{"type":"string"}}}""");
    private static readonly ChatTool s_chatTool = ChatTool.CreateFunctionTool("shell", "Runs a command", s_schema);
    private SimulatorServer _server = null!;
    private OpenAIClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await SimulatorServer.StartAsync(new SimulatorOptions());
        _client = Client("key-1");
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Chat_text()
    {
        ChatCompletion answer = await Chat().CompleteChatAsync(new UserChatMessage("Hello there"));
        answer.Content[0].Text.ShouldBe("You said: Hello there");
        answer.FinishReason.ShouldBe(ChatFinishReason.Stop);
        answer.Usage.TotalTokenCount.ShouldBe(answer.Usage.InputTokenCount + answer.Usage.OutputTokenCount);
    }

    [Fact]
    public async Task Chat_streaming_ends_with_usage()
    {
        var (text, usage) = ("", 0);
        await foreach (var update in Chat().CompleteChatStreamingAsync(new UserChatMessage("one two three")))
        {
            text += string.Concat(update.ContentUpdate.Select(c => c.Text));
            if (update.Usage is { } told) usage = told.TotalTokenCount;
        }
        text.ShouldBe("You said: one two three");
        usage.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Chat_parallel_tools_and_their_results()
    {
        List<ChatMessage> messages = [new UserChatMessage("""[tool shell {"command":"ls"}] [tool shell {"command":"pwd"}]""")];
        var options = new ChatCompletionOptions { Tools = { s_chatTool } };
        ChatCompletion first = await Chat().CompleteChatAsync(messages, options);
        first.FinishReason.ShouldBe(ChatFinishReason.ToolCalls);
        first.ToolCalls.Select(c => c.FunctionArguments.ToString()).ShouldBe(["""{"command":"ls"}""", """{"command":"pwd"}"""]);
        messages.Add(new AssistantChatMessage(first));
        messages.AddRange(first.ToolCalls.Select((c, i) => new ToolChatMessage(c.Id, $"result {i}")));
        ChatCompletion second = await Chat().CompleteChatAsync(messages, options);
        second.Content[0].Text.ShouldBe("Tool result: result 0 | result 1");
    }

    [Fact]
    public async Task Responses_text_and_what_follows_it()
    {
        var client = _client.GetResponsesClient();
        ResponseResult first = await client.CreateResponseAsync("gpt-x", "Hello there");
        first.GetOutputText().ShouldBe("You said: Hello there");
        ResponseResult second = await client.CreateResponseAsync("gpt-x", "And now", first.Id);
        second.PreviousResponseId.ShouldBe(first.Id);
        second.Usage.InputTokenCount.ShouldBeGreaterThan(first.Usage.InputTokenCount);
        ResponseResult fetched = await client.GetResponseAsync(first.Id);
        fetched.GetOutputText().ShouldBe("You said: Hello there");
        await client.DeleteResponseAsync(first.Id);
        (await Should.ThrowAsync<ClientResultException>(() => client.GetResponseAsync(first.Id))).Status.ShouldBe(404);
        (await Should.ThrowAsync<ClientResultException>(
            () => client.CreateResponseAsync("gpt-x", "Again", first.Id))).Message.ShouldContain("not found");
    }

    [Fact]
    public async Task Responses_streaming_completes()
    {
        var (text, last) = ("", "");
        await foreach (var update in await _client.GetResponsesClient().CreateResponseStreamingAsync("gpt-x", "one two three"))
        {
            if (update is StreamingResponseOutputTextDeltaUpdate delta) text += delta.Delta;
            last = update.GetType().Name;
        }
        text.ShouldBe("You said: one two three");
        last.ShouldBe(nameof(StreamingResponseCompletedUpdate));
    }

    [Fact]
    public async Task Responses_encrypted_reasoning_is_accepted_back()
    {
        var client = _client.GetResponsesClient();
        var options = new CreateResponseOptions("gpt-x", [ResponseItem.CreateUserMessageItem("""[think] [tool shell {"command":"ls"}]""")])
        {
            StoredOutputEnabled = false,
            IncludedProperties = { IncludedResponseProperty.ReasoningEncryptedContent },
            ReasoningOptions = new ResponseReasoningOptions { ReasoningSummaryVerbosity = ResponseReasoningSummaryVerbosity.Auto },
            Tools = { ResponseTool.CreateFunctionTool("shell", s_schema, strictModeEnabled: false, "Runs a command") },
        };
        ResponseResult first = await client.CreateResponseAsync(options);
        first.OutputItems[0].ShouldBeOfType<ReasoningResponseItem>().EncryptedContent.ShouldNotBeNullOrEmpty();
        var call = first.OutputItems[1].ShouldBeOfType<FunctionCallResponseItem>();
        foreach (var item in first.OutputItems) options.InputItems.Add(item);
        options.InputItems.Add(ResponseItem.CreateFunctionCallOutputItem(call.CallId, "done"));
        ResponseResult second = await client.CreateResponseAsync(options);
        second.GetOutputText().ShouldBe("Tool result: done");
    }

    [Fact]
    public async Task Models()
    {
        var models = await _client.GetOpenAIModelClient().GetModelsAsync();
        models.Value.Select(m => m.Id).ShouldContain("gpt-5.5");
    }

    [Theory]
    [InlineData("sim/gpt+status-429-retry-1", 429)]
    [InlineData("sim/gpt+status-500", 500)]
    public async Task Errors_carry_the_status(string model, int status) =>
        (await Should.ThrowAsync<ClientResultException>(() => Chat(model).CompleteChatAsync(new UserChatMessage("x")))).Status.ShouldBe(
            status);

    [Fact]
    public async Task A_bad_key_is_refused() => (await Should.ThrowAsync<ClientResultException>(
        () => Client("bad").GetChatClient("gpt-x").CompleteChatAsync(new UserChatMessage("x")))).Status.ShouldBe(401);

    private ChatClient Chat(string model = "gpt-x") => _client.GetChatClient(model);

    private OpenAIClient Client(string key) => new(new ApiKeyCredential(key), new OpenAIClientOptions
    {
        Endpoint = new Uri(_server.Address, "/v1"),
        RetryPolicy = new ClientRetryPolicy(0),
    });
}
