using Gatehouse.Gateway.Access;

namespace Gatehouse.Gateway.Tests.Access;

public sealed class AccessTokenTests
{
    [Theory]
    [InlineData("claude-*", "claude-sonnet-4-5", true)]
    [InlineData("claude-*", "CLAUDE-opus", false)]
    [InlineData("claude-*", "my-claude-opus", false)]
    [InlineData("*", "anything", true)]
    [InlineData("*", "", true)]
    [InlineData("", "", true)]
    [InlineData("", "a", false)]
    [InlineData("gpt-5", "gpt-5", true)]
    [InlineData("gpt-5", "gpt-5-mini", false)]
    [InlineData("*-mini", "gpt-5-mini", true)]
    [InlineData("*-mini", "gpt-5-mini-x", false)]
    [InlineData("a*b*c", "aXbYbZc", true)]
    [InlineData("a*b*c", "aXcYb", false)]
    [InlineData("a**c", "abc", true)]
    [InlineData("gpt-?", "gpt-5", false)]
    public void A_model_list_matches_by_star(string pattern, string model, bool allowed) =>
        Token([pattern]).AllowsModel(model).ShouldBe(allowed);

    [Fact]
    public void No_list_allows_every_model_and_an_empty_one_none()
    {
        Token(null).AllowsModel("anything").ShouldBeTrue();
        Token([]).AllowsModel("anything").ShouldBeFalse();
        Token(["a", "b*"]).AllowsModel("bc").ShouldBeTrue();
    }

    [Fact]
    public void The_client_of_a_name_is_the_newest_that_was_not_revoked()
    {
        var access = new AccessFixture();
        var start = access.Clock.GetUtcNow();
        access.Add(name: "box", with: token => token with { CreatedAt = start, UserId = "first" });
        access.Add(name: "box", with: token => token with { CreatedAt = start.AddDays(1), UserId = "second" });
        access.Add(name: "box", with: token => token with { CreatedAt = start.AddDays(2), UserId = "revoked", RevokedAt = start });
        access.Add(TokenKind.Service, "box", token => token with { CreatedAt = start.AddDays(3), UserId = "service" });

        access.Tokens.Current.FindClient("box")!.UserId.ShouldBe("second");
        access.Tokens.Current.FindClient("other").ShouldBeNull();
    }

    [Fact]
    public void Scopes_are_stored_as_words_and_unknown_words_grant_nothing()
    {
        foreach (var scopes in new[] { TokenScopes.None, TokenScopes.Proxy, TokenScopes.Proxy | TokenScopes.Metrics, TokenScopes.Admin })
        {
            TokenScopeNames.Parse(scopes.Text()).ShouldBe(scopes);
        }
        TokenScopeNames.Parse("proxy everything").ShouldBe(TokenScopes.Proxy);
        TokenKinds.All.Select(kind => TokenKinds.Parse(kind.Name())).ShouldBe(TokenKinds.All.Cast<TokenKind?>());
        TokenKinds.Parse("root").ShouldBeNull();
    }

    [Fact]
    public void A_live_snapshot_is_swapped_only_over_the_one_that_was_seen()
    {
        var live = new Live<string>("one");
        live.TrySwap("two", "three").ShouldBeFalse();
        live.TrySwap(live.Current, "two").ShouldBeTrue();
        live.Swap("four");
        live.Current.ShouldBe("four");
    }

    private static AccessToken Token(string[]? models) => new()
    {
        Id = Guid.NewGuid(),
        Kind = TokenKind.Client,
        Name = "any",
        CreatedAt = DateTimeOffset.UnixEpoch,
        Models = models is null ? null : [.. models],
    };
}
