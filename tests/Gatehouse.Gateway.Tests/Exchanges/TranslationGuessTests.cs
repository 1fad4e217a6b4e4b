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
    public void A_translation_is_likely_when_the_model_at_the_start_goes_to_a_provider_of_another_dialect(string start, bool isLikely)
    {
        IsLikely(start, ExchangeOperation.Messages).ShouldBe(isLikely);
        IsLikely(start, ExchangeOperation.CountTokens).ShouldBe(isLikely);
        if (isLikely) IsLikely(start, ExchangeOperation.ChatCompletions).ShouldBeFalse("nobody translates for a caller of the provider's own dialect");
    }

    [Fact]
    public void A_small_body_is_left_to_the_scan() =>
        IsLikely("""{"model":"other","messages":[""", ExchangeOperation.Messages, text: 10).ShouldBeFalse();

    private static bool IsLikely(string start, ExchangeOperation operation, int text = 20_000) => TranslationGuess.IsLikely(
        Encoding.UTF8.GetBytes($$"""{{start}}"{{new string('x', text)}}"]}"""), new DataRoute(operation, null), s_routes);
}
