using System.Text.Json;
using Gatehouse.Simulator.Tests.Wire;

namespace Gatehouse.Simulator.Tests.Metering;

public sealed class UsageTests : IAsyncLifetime
{
    private SimulatorServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await SimulatorServer.StartAsync(new SimulatorOptions());

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_marked_prefix_is_written_once_and_read_afterwards()
    {
        var body = $$$"""
            {"model":"m","max_tokens":99,"system":[{"type":"text","text":"{{{new string('s', 400)}}}","cache_control":{"type":"ephemeral","ttl":"1h"}}],
             "messages":[{"role":"user","content":[{"type":"text","text":"{{{new string('u', 200)}}}","cache_control":{"type":"ephemeral"}}]},{"role":"user","content":"end"}]}
            """;
        var first = await UsageAsync(Ask.Messages, body);
        var (hour, minutes) = (first.GetProperty("cache_creation").GetProperty("ephemeral_1h_input_tokens")
            .GetInt32(), first.GetProperty("cache_creation").GetProperty("ephemeral_5m_input_tokens").GetInt32());
        hour.ShouldBeInRange(100, 115);
        minutes.ShouldBeInRange(50, 65);
        first.GetProperty("cache_creation_input_tokens").GetInt32().ShouldBe(hour + minutes);
        first.GetProperty("cache_read_input_tokens").GetInt32().ShouldBe(0);
        var second = await UsageAsync(Ask.Messages, body);
        second.GetProperty("cache_read_input_tokens").GetInt32().ShouldBe(hour + minutes);
        second.GetProperty("cache_creation_input_tokens").GetInt32().ShouldBe(0);
        second.GetProperty("input_tokens").GetInt32().ShouldBe(first.GetProperty("input_tokens").GetInt32());
    }

    [Theory]
    [InlineData(Ask.Chat, "prompt_tokens", "prompt_tokens_details")]
    [InlineData(Ask.Responses, "input_tokens", "input_tokens_details")]
    public async Task Long_prefixes_are_cached_by_themselves_and_stay_in_the_total(string dialect, string total, string details)
    {
        var body = Ask.Body(dialect, "m", false, new string('p', 6000));
        var first = await UsageAsync(dialect, body);
        first.GetProperty(details).GetProperty("cached_tokens").GetInt32().ShouldBe(0);
        var second = await UsageAsync(dialect, body);
        second.GetProperty(total).GetInt32().ShouldBe(first.GetProperty(total).GetInt32());
        (second.GetProperty(details).GetProperty("cached_tokens").GetInt32() % 128).ShouldBe(0);
        second.GetProperty(details).GetProperty("cached_tokens").GetInt32().ShouldBeGreaterThan(1024);
    }

    private async Task<JsonElement> UsageAsync(string dialect, string body)
    {
        var answer = await RawAnswer.AskAsync(_server.Address, Ask.Raw(dialect, body));
        answer.Status.ShouldBe(200, answer.Body);
        return JsonDocument.Parse(answer.Body).RootElement.GetProperty("usage");
    }
}
