using System.Text.Json;
using Anthropic;
using Anthropic.Exceptions;
using Anthropic.Models.Messages;

namespace Gatehouse.Simulator.Tests.Sdk;

/// <summary>The vendor's own SDK accepts what the simulator sends, and the simulator what the SDK sends.</summary>
public sealed class AnthropicSdkTests : IAsyncLifetime
{
    private static readonly Tool s_shell = new()
    {
        Name = "shell",
        Description = "Runs a command",
        InputSchema = new InputSchema
        {
            Properties = new Dictionary<string,
            JsonElement>
            { ["command"] = JsonSerializer.SerializeToElement(new { type = "string" }) }
        },
    };

    private SimulatorServer _server = null!;
    private AnthropicClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await SimulatorServer.StartAsync(new SimulatorOptions());
        _client = Client("key-1");
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Plain_text()
    {
        var message = await _client.Messages.Create(Ask("Hello there"));
        Text(message).ShouldBe("You said: Hello there");
        message.StopReason!.Raw().ShouldBe("end_turn");
        message.Usage.InputTokens.ShouldBe(4);
        message.Usage.OutputTokens.ShouldBe(6);
    }

    [Fact]
    public async Task Streaming()
    {
        var (text, kinds) = ("", new List<string>());
        await foreach (var happening in _client.Messages.CreateStreaming(Ask("one two three")))
        {
            if (happening.TryPickContentBlockDelta(out var delta) && delta.Delta.TryPickText(out var piece)) text += piece.Text;
            kinds.Add(happening.Json.GetProperty("type").GetString()!);
        }
        text.ShouldBe("You said: one two three");
        kinds.First().ShouldBe("message_start");
        kinds.Last().ShouldBe("message_stop");
    }

    [Fact]
    public async Task Parallel_tools_and_their_results()
    {
        var prompt = """Do it [tool shell {"command":"ls"}] [tool shell {"command":"pwd"}]""";
        var first = await _client.Messages.Create(Ask(prompt) with { Tools = [s_shell] });
        var calls = first.Content.Select(c => c.TryPickToolUse(out var call) ? call : null).OfType<ToolUseBlock>().ToList();
        calls.Select(c => c.Input["command"].GetString()).ShouldBe(["ls", "pwd"]);
        first.StopReason!.Raw().ShouldBe("tool_use");
        var second = await _client.Messages.Create(Ask(prompt) with
        {
            Tools = [s_shell],
            Messages =
            [
                new UserMessageParam(prompt),
                new AssistantMessageParam(
                    calls.Select(c => (ContentBlockParam)new ToolUseBlockParam { ID = c.ID, Name = c.Name, Input = c.Input }).ToList()),
                new UserMessageParam(calls.Select(
                    c => (ContentBlockParam)new ToolResultBlockParam(c.ID) { Content = "ran " + c.Input["command"] }).ToList()),
            ],
        });
        Text(second).ShouldBe("Tool result: ran ls | ran pwd");
    }

    [Fact]
    public async Task Thinking_comes_back_with_its_signature()
    {
        var ask = Ask("""[think] [tool shell {"command":"ls"}]""") with { Tools = [s_shell], Thinking = new ThinkingConfigEnabled(1024) };
        var first = await _client.Messages.Create(ask);
        first.Content[0].TryPickThinking(out var thinking).ShouldBeTrue();
        first.Content[1].TryPickToolUse(out var call).ShouldBeTrue();
        (await Echo(thinking!.Signature)).ShouldBe("Tool result: done");
        var problem = await Should.ThrowAsync<AnthropicBadRequestException>(() => Echo("A" + thinking.Signature[1..] + "A"));
        problem.Message.ShouldContain("Invalid `signature` in `thinking` block");

        async Task<string> Echo(string signature) => Text(await _client.Messages.Create(ask with
        {
            Messages =
            [
                .. ask.Messages,
                new AssistantMessageParam(new List<ContentBlockParam>
                {
                    new ThinkingBlockParam { Thinking = thinking!.Thinking, Signature = signature },
                    new ToolUseBlockParam { ID = call!.ID, Name = call.Name, Input = call.Input },
                }),
                new UserMessageParam(new List<ContentBlockParam> { new ToolResultBlockParam(call!.ID) { Content = "done" } }),
            ],
        }));
    }

    [Fact]
    public async Task Counted_tokens_are_the_billed_ones()
    {
        var counted = await _client.Messages.CountTokens(
            new MessageCountTokensParams { Model = "claude-x", Messages = Ask("Count me please").Messages });
        var message = await _client.Messages.Create(Ask("Count me please"));
        message.Usage.InputTokens.ShouldBe(counted.InputTokens);
    }

    [Fact]
    public async Task Models()
    {
        var page = await _client.Models.List();
        page.Items.Select(m => m.ID).ShouldContain("claude-opus-5-5");
        (await _client.Models.Retrieve("claude-opus-5-5")).DisplayName.ShouldBe("Claude Opus 5.5");
        await Should.ThrowAsync<AnthropicNotFoundException>(() => _client.Models.Retrieve("no-such"));
    }

    [Fact]
    public async Task Errors_are_the_sdks_own_types()
    {
        await Should.ThrowAsync<AnthropicRateLimitException>(
            () => _client.Messages.Create(Ask("x") with { Model = "sim/claude+status-429-retry-7" }));
        await Should.ThrowAsync<Anthropic5xxException>(() => _client.Messages.Create(Ask("x") with { Model = "sim/claude+status-529" }));
        using var refused = Client("bad-key");
        await Should.ThrowAsync<AnthropicUnauthorizedException>(() => refused.Messages.Create(Ask("x")));
    }

    private AnthropicClient Client(string key) => new() { ApiKey = key, BaseUrl = _server.Address.ToString().TrimEnd('/'), MaxRetries = 0 };

    private static MessageCreateParams Ask(string prompt) =>
        new() { Model = "claude-x", MaxTokens = 4096, Messages = [new UserMessageParam(prompt)] };

    private static string Text(Message message) => string.Concat(message.Content.Select(c => c.TryPickText(out var text) ? text.Text : ""));
}
