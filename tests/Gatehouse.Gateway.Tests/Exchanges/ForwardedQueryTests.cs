using Gatehouse.Gateway.Access;
using Gatehouse.Gateway.Exchanges;

namespace Gatehouse.Gateway.Tests.Exchanges;

public sealed class ForwardedQueryTests
{
    private static readonly string s_token = TokenText.Mint(TokenKind.Client).Reveal();

    [Theory]
    [InlineData(null, null)]
    [InlineData("", "")]
    [InlineData("?beta=true&key=a_b", "?beta=true&key=a_b")]
    [InlineData("?token=TOKEN", "")]
    [InlineData("?TOKEN", "")]
    [InlineData("?a=1&token=TOKEN&b=%20", "?a=1&b=%20")]
    [InlineData("?a=1&x=yTOKENz&&b", "?a=1&&b")]
    public void Only_parameters_with_a_token_of_ours_stay_behind(string? query, string? sent) =>
        ForwardedQuery.Of(query?.Replace("TOKEN", s_token, StringComparison.Ordinal)).ShouldBe(sent);

    [Fact]
    public void A_token_is_found_anywhere_and_nothing_else_is_taken_for_one()
    {
        TokenText.OccursIn("_ghc_" + s_token + "_").ShouldBeTrue();
        TokenText.OccursIn(new string('_', 200) + s_token).ShouldBeTrue();
        TokenText.OccursIn(s_token[1..] + s_token[..1]).ShouldBeFalse();
        TokenText.OccursIn(s_token[..^1] + "!").ShouldBeFalse();
        TokenText.OccursIn("").ShouldBeFalse();
    }
}
