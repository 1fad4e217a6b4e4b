using System.Text;
using Gatehouse.Dialects;
using Gatehouse.Gateway.Configuration;
using Gatehouse.Gateway.Exchanges;
using Gatehouse.Gateway.Metering;
using Gatehouse.Gateway.Routing;
using Gatehouse.Gateway.Tests.Routing;

namespace Gatehouse.Gateway.Tests.Exchanges;

public sealed class TranslationGuessTests
{
    private static readonly RouteTable s_routes = RouteTable.Build(
        [
            RouteFixture.Rule("native", new ModelTarget("messages"), new ModelTarget("chat")),
            RouteFixture.Rule("other", new ModelTarget("chat")),
        ],
        [RouteFixture.Provider("messages", dialects: Dialect.Anthropic), RouteFixture.Provider("chat", dialects: Dialect.OpenAiChat)]);

    [Theory]
    [InlineData("""{"model":"other","messages":[""", true)]
    [InlineData("""{"model":"other[1m]","messages":[""", true)]
    [InlineData("""{"model":"native","messages":[""", false)]
    [InlineData("""{"model":"nobodys","messages":[""", false)]
    [InlineData("""{"max_tokens":1,"model":"other","messages":[""", false)]
    public void A_body_is_read_at_once_when_the_model_at_its_start_goes_to_a_provider_of_another_dialect(string start, bool isRead)
    {
        TryRead(start, ExchangeOperation.Messages).ShouldBe(isRead);
        TryRead(start, ExchangeOperation.CountTokens).ShouldBe(isRead);
        if (isRead) TryRead(start, ExchangeOperation.ChatCompletions).ShouldBeFalse("nobody translates for a caller of the provider's own dialect");
    }

    [Fact]
    public void A_small_body_and_one_that_is_not_JSON_are_left_to_the_scan()
    {
        TryRead("""{"model":"other","messages":[""", ExchangeOperation.Messages, text: 10).ShouldBeFalse();
        TryRead("""{"model":"other","messages":[,""", ExchangeOperation.Messages).ShouldBeFalse();
    }

    private static bool TryRead(string start, ExchangeOperation operation, int text = 20_000)
    {
        var body = Encoding.UTF8.GetBytes($$"""{{start}}"{{new string('x', text)}}"]}""");
        using var index = TranslationGuess.TryRead(body, new DataRoute(operation, null), s_routes);
        return index is not null;
    }
}
