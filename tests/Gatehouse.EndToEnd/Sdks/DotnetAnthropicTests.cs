using System.Text.Json;
using Anthropic;
using Anthropic.Exceptions;
using Anthropic.Models.Messages;
using Gatehouse.EndToEnd.Stages;
using Gatehouse.EndToEnd.Wire;
using Gatehouse.Gateway.Metering;

namespace Gatehouse.EndToEnd.Sdks;

/// <summary>The vendor's library for .NET, <c>Anthropic</c>, through Gatehouse.</summary>
public sealed class DotnetAnthropicTests(Stage stage) : IAsyncLifetime
{
    private const string SonnetModel = "claude-sonnet-4-5";
    private readonly string _marker = $"dotnet-{Guid.NewGuid():N}";
    private RecordingTee _tee = null!;
    private AnthropicClient _client = null!;

    public ValueTask InitializeAsync()
    {
        _tee = new RecordingTee(stage.Gateway);
        _client = new AnthropicClient
        {
            BaseUrl = _tee.Address.ToString()
            .TrimEnd('/'),
            AuthToken = stage.Token,
            MaxRetries = 0,
            Timeout = TimeSpan.FromSeconds(30)
        };
        return default;
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _tee.DisposeAsync();
    }

    [Fact]
    public async Task A_message_is_answered()
    {
        var message = await _client.Messages.Create(Ask($"hello {_marker}"));
        Text(message).ShouldContain(_marker);
        var one = (await stage.CarriedAsync(_tee, _marker)).ShouldHaveSingleItem();
        one.ShouldBeMetered(ExchangeOperation.Messages, stream: false, one.Row.Client!);
        one.Row.OutputTokens.ShouldBe(message.Usage.OutputTokens);
    }

    [Fact]
    public async Task A_message_streams()
    {
        var (text, kinds) = ("", new List<string>());
        await foreach (var step in _client.Messages.CreateStreaming(Ask($"hello {_marker}")))
        {
            kinds.Add(step.Json.GetProperty("type").GetString()!);
            if (step.TryPickContentBlockDelta(out var delta) && delta.Delta.TryPickText(out var piece)) text += piece.Text;
        }
        text.ShouldContain(_marker);
        kinds[0].ShouldBe("message_start");
        kinds[^1].ShouldBe("message_stop");
        var one = (await stage.CarriedAsync(_tee, _marker)).ShouldHaveSingleItem();
        one.ShouldBeMetered(ExchangeOperation.Messages, stream: true, one.Row.Client!);
    }

    [Fact]
    public async Task A_tool_is_called_and_thinking_goes_back_intact()
    {
        var prompt = $$"""{{_marker}} [think] [tool get_weather {"city":"Bern"}]""";
        var first = await _client.Messages.Create(WithTool(User(prompt)));
        first.Content[0].TryPickThinking(out _).ShouldBeTrue();
        var call = first.Content.Select(block => block.TryPickToolUse(out var use) ? use : null).Single(use => use is not null)!;
        call.Input["city"].GetString().ShouldBe("Bern");
        var said = Message("assistant", JsonSerializer.SerializeToElement(first.Content.Select(block => block.Json)));
        var result = Message(
            "user", JsonSerializer.SerializeToElement(new[] { new { type = "tool_result", tool_use_id = call.ID, content = "sunny" } }));
        var second = await _client.Messages.Create(WithTool(User(prompt), said, result));
        Text(second).ShouldContain("sunny");
        (await stage.CarriedAsync(_tee, _marker)).Select(one => one.Row.StopReason).ShouldBe(["tool_use", "end_turn"]);
    }

    [Theory]
    [InlineData("status-400", typeof(AnthropicBadRequestException), "invalid_request_error")]
    [InlineData("status-401", typeof(AnthropicUnauthorizedException), "authentication_error")]
    [InlineData("status-403", typeof(AnthropicForbiddenException), "permission_error")]
    [InlineData("status-404", typeof(AnthropicNotFoundException), "not_found_error")]
    [InlineData("status-429-retry-1", typeof(AnthropicRateLimitException), "rate_limit_error")]
    [InlineData("status-529", typeof(AnthropicOverloadedException), "overloaded_error")]
    public async Task An_error_is_the_librarys_typed_error(string fault, System.Type error, string type)
    {
        var failed = await Should.ThrowAsync<AnthropicApiException>(
            () => _client.Messages.Create(Ask($"hello {_marker}", $"{SonnetModel}+{fault}")));
        failed.ShouldBeOfType(error);
        failed.Body.GetProperty("error").GetProperty("type").GetString().ShouldBe(type);
        (await stage.CarriedAsync(_tee, _marker)).Count.ShouldBe(1, "Gatehouse must not repeat what the provider answered");
    }

    [Fact]
    public async Task An_error_event_in_a_stream_is_the_librarys_error() =>
        await Should.ThrowAsync<AnthropicException>(async () =>
        {
            await foreach (var _ in _client.Messages.CreateStreaming(Ask($"hello {_marker} [long 50]", $"{SonnetModel}+error-event"))) { }
        });

    [Fact]
    public async Task An_abort_reaches_the_provider()
    {
        using var abort = new CancellationTokenSource();
        await Should.ThrowAsync<OperationCanceledException>(async () =>
        {
            await foreach (var step in _client.Messages.CreateStreaming(Ask($"hello {_marker} [long 2000] [slow 20]"), abort.Token))
                if (step.TryPickContentBlockDelta(out _)) await abort.CancelAsync();
        });
        await stage.ShouldBeCancelledAsync(_marker);
    }

    [Fact]
    public async Task Tokens_are_counted()
    {
        var count =
            await _client.Messages.CountTokens(new MessageCountTokensParams { Model = SonnetModel, Messages = [User($"hello {_marker}")] });
        count.InputTokens.ShouldBeGreaterThan(0);
        (await stage.CarriedAsync(_tee, _marker)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Models_are_listed()
    {
        var page = await _client.Models.List(new() { Limit = 50 });
        page.Items.Select(model => model.ID).ShouldContain(SonnetModel);
    }

    private static MessageCreateParams Ask(string prompt, string model = SonnetModel) =>
        new() { Model = model, MaxTokens = 300, Messages = [User(prompt)] };

    private static MessageCreateParams WithTool(params MessageParam[] messages) => new()
    {
        Model = SonnetModel,
        MaxTokens = 2000,
        Messages = messages,
        Thinking = new ThinkingConfigParam(Parse("""{"type":"enabled","budget_tokens":1024}""")),
        Tools = [new ToolUnion(Parse(
            """{"name":"get_weather","input_schema":{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}}"""))],
    };

    private static MessageParam User(string text) => Message("user", JsonSerializer.SerializeToElement(text));

    private static MessageParam Message(string role, JsonElement content) => new(JsonSerializer.SerializeToElement(new { role, content }));

    private static JsonElement Parse(string json) => JsonDocument.Parse(json).RootElement;

    private static string Text(Message message) =>
        string.Concat(message.Content.Select(block => block.TryPickText(out var text) ? text.Text : ""));
}
