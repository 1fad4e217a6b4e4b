using Gatehouse.Gateway.Access;
using Gatehouse.Gateway.Exchanges;

namespace Gatehouse.Gateway.Tests.Exchanges;

public sealed class ForwardedQueryTests
{
    private static readonly AccessToken s_client = new()
    {
        Id = Guid.NewGuid(),
        Kind = TokenKind.Client,
        Name = "client",
        CreatedAt = DateTimeOffset.UnixEpoch,
    };

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
        ForwardedQuery.Of(query?.Replace("TOKEN", s_token, StringComparison.Ordinal), s_client).ShouldBe(sent);

    [Theory]
    [InlineData(null, null)]
    [InlineData("?beta=true", "?beta=true")]
    [InlineData("?beta=true&key=a_b", "?beta=true")]
    [InlineData("?API_KEY=x&api%2Dkey=y&access_token=z&auth&beta=key", "?beta=key")]
    [InlineData("?token=TOKEN", "")]
    public void A_workspace_sends_no_key_in_a_query(string? query, string? sent) =>
        ForwardedQuery.Of(query?.Replace("TOKEN", s_token, StringComparison.Ordinal), s_client with { WorkspaceId = "w" }).ShouldBe(sent);

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
