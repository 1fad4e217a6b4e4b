using System.ClientModel;
using System.ClientModel.Primitives;
using System.Text.Json;
using Anthropic;
using Anthropic.Models.Messages;
using Gatehouse.EndToEnd.Agents;
using Gatehouse.EndToEnd.Sdks;
using Gatehouse.EndToEnd.Stages;
using Gatehouse.EndToEnd.Wire;
using Gatehouse.Gateway.Metering;
using OpenAI;
using OpenAI.Chat;
using OpenAI.Responses;

namespace Gatehouse.EndToEnd.KeepAlives;

/// <summary>
/// Every client reads its answer whole when keep-alives stand before the first event, where no vendor's own service puts any.
/// </summary>
public sealed class KeepAliveTests(SilentStage stage) : IClassFixture<SilentStage>, IAsyncLifetime
{
    private const string Sonnet = "claude-sonnet-4-5";
    private const string Gpt = "gpt-5.5";
    private readonly string _marker = $"silent-{Guid.NewGuid():N}";
    private RecordingTee _tee = null!;

    /// <inheritdoc/>
    public ValueTask InitializeAsync()
    {
        _tee = new RecordingTee(stage.Gateway);
        return default;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _tee.DisposeAsync();

    [Theory]
    [InlineData("anthropic.mjs", "stream", Sonnet)]
    [InlineData("openai.mjs", "chatStream", Gpt)]
    [InlineData("openai.mjs", "chatStreamUsage", Gpt)]
    [InlineData("openai.mjs", "responsesStream", Gpt)]
    public async Task The_libraries_for_Node(string script, string scenario, string model)
    {
        var said = await NodeScript.RunAsync(script, _tee.Address, stage.Token, scenario, model, $"hello {_marker}");
        said.Text("text").ShouldBe($"You said: hello {_marker}");
        var row = (await CarriedAsync()).ShouldHaveSingleItem();
        // The chat client that asks for no usage is shown none.
        if (scenario != "chatStream") row.OutputTokens.ShouldBe(said.Number("output"));
    }

    [Fact]
    public async Task Anthropics_library_for_dotnet()
    {
        using var client = new AnthropicClient { BaseUrl = _tee.Address.ToString().TrimEnd('/'), AuthToken = stage.Token, MaxRetries = 0 };
        var prompt = new MessageParam(JsonSerializer.SerializeToElement(new { role = "user", content = $"hello {_marker}" }));
        var asked = new MessageCreateParams { Model = Sonnet, MaxTokens = 300, Messages = [prompt] };
        var (text, last) = ("", "");
        await foreach (var step in client.Messages.CreateStreaming(asked))
        {
            last = step.Json.GetProperty("type").GetString();
            if (step.TryPickContentBlockDelta(out var delta) && delta.Delta.TryPickText(out var piece)) text += piece.Text;
        }
        text.ShouldBe($"You said: hello {_marker}");
        last.ShouldBe("message_stop");
        (await CarriedAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task OpenAIs_library_for_dotnet_in_chat()
    {
        var (text, end) = ("", (ChatFinishReason?)null);
        await foreach (var update in OpenAi().GetChatClient(Gpt).CompleteChatStreamingAsync([new UserChatMessage($"hello {_marker}")]))
        {
            text += string.Concat(update.ContentUpdate.Select(part => part.Text));
            end ??= update.FinishReason;
        }
        text.ShouldBe($"You said: hello {_marker}");
        end.ShouldBe(ChatFinishReason.Stop);
        (await CarriedAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task OpenAIs_library_for_dotnet_in_responses()
    {
        var (text, tokens) = ("", 0);
        await foreach (var update in await OpenAi().GetResponsesClient().CreateResponseStreamingAsync(Gpt, $"hello {_marker}"))
        {
            if (update is StreamingResponseOutputTextDeltaUpdate delta) text += delta.Delta;
            if (update is StreamingResponseCompletedUpdate end) tokens = end.Response.Usage.OutputTokenCount;
        }
        text.ShouldBe($"You said: hello {_marker}");
        (await CarriedAsync()).ShouldHaveSingleItem().OutputTokens.ShouldBe(tokens);
    }

    [Theory]
    [MemberData(nameof(ClaudeCode.Versions), MemberType = typeof(ClaudeCode))]
    public async Task Claude_Code(string version)
    {
        var prompt = $$"""Add for {{_marker}}: [think] [tool Bash {"command":"echo gatehouse-$((40+2))","description":"Adds"}]""";
        var run = await ClaudeCode.RunAsync(
            version, _tee.Address, stage.Token, prompt, "--model", "claude-opus-5-5", "--allowedTools", "Bash");
        run.Code.ShouldBe(0, run.Story);
        run.Output.ShouldContain("gatehouse-42");
        (await CarriedAsync()).Select(row => row.StopReason).ShouldBe(["tool_use", "end_turn"]);
    }

    [Fact]
    public async Task Codex_itself()
    {
        var prompt = $$"""Add for {{_marker}}: [think] [tool exec_command {"cmd":"echo gatehouse-$((40+2))"}]""";
        var run = await Codex.RunAsync(_tee.Address, stage.Token, prompt);
        run.Code.ShouldBe(0, run.Story);
        run.Output.ShouldContain("gatehouse-42");
        (await CarriedAsync()).Count.ShouldBe(2);
    }

    [Theory]
    [InlineData("anthropic/claude-sonnet-4-5")]
    [InlineData("openai/gpt-5.5")]
    public async Task OpenCode(string model)
    {
        var prompt = $$"""Add for {{_marker}}: [tool bash {"command":"echo gatehouse-$((40+2))","description":"Adds"}]""";
        var run = await StartLine.RunAsync(stage, _tee, "OpenCode", $"run --model {model}", prompt);
        run.Code.ShouldBe(0, run.Story);
        run.Output.ShouldContain("gatehouse-42");
        (await CarriedAsync()).Count.ShouldBe(3, "a request for the session's title goes beside the two of the prompt");
    }

    /// <summary>
    /// The rows of the calls that held the marker. Fails unless each was sent once, was answered with keep-alives before the first event,
    /// and
    /// went well, with the usage that the provider told.
    /// </summary>
    private async Task<IReadOnlyList<LedgerRow>> CarriedAsync()
    {
        var carried = await stage.UnlikeAsync(_tee, _marker);
        foreach (var one in carried)
        {
            var (keepAlive, first) = one.Row.Operation == ExchangeOperation.Messages
                ? ("event: ping\n", "event: message_start\n") : (": ", "data: ");
            // Of every event only its first line is looked at; a comment is an event of one line.
            var events = one.Call.Body.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Select(text => text + "\n").ToList();
            var begin = events.FindIndex(text => text.Contains(first, StringComparison.Ordinal));
            begin.ShouldBeGreaterThan(0, one.Call.Body);
            events.Take(begin).ShouldAllBe(text => text.StartsWith(keepAlive, StringComparison.Ordinal));
            one.ShouldBeMetered(one.Row.Operation, stream: true, one.Row.Client!);
        }
        return [.. carried.Select(one => one.Row)];
    }

    private OpenAIClient OpenAi() => new(
        new ApiKeyCredential(stage.Token),
        new OpenAIClientOptions { Endpoint = new Uri(_tee.Address, "v1"), RetryPolicy = new ClientRetryPolicy(maxRetries: 0) });
}
