using Gatehouse.Gateway.Access;

namespace Gatehouse.Control.Tests;

public sealed class TokensTests : IAsyncLifetime
{
    private StoreFixture _fixture = null!;

    public async ValueTask InitializeAsync() => _fixture = await StoreFixture.CreateAsync();

    public async ValueTask DisposeAsync() => await _fixture.DisposeAsync();

    [Fact]
    public async Task A_token_is_stored_with_all_that_it_may_do()
    {
        var expires = _fixture.Clock.GetUtcNow().AddDays(30);
        var made = (await _fixture.Tokens.CreateAsync("build server", TokenKind.Service, expires, ["claude-*", "gpt-5"])).Value!;

        var listed = (await _fixture.Tokens.ListAsync()).ShouldHaveSingleItem();
        listed.Id.ShouldBe(made.Token.Id);
        listed.Kind.ShouldBe(TokenKind.Service);
        listed.Name.ShouldBe("build server");
        listed.Models!.Value.ShouldBe(["claude-*", "gpt-5"]);
        listed.Scopes.ShouldBe(TokenScopes.Proxy);
        listed.CreatedAt.ShouldBe(_fixture.Clock.GetUtcNow());
        listed.ExpiresAt.ShouldBe(expires);
        listed.RevokedAt.ShouldBeNull();
        listed.LastUsedAt.ShouldBeNull();
        made.Text.Reveal().ShouldStartWith("ghv_");
        made.Text.Reveal().ShouldEndWith(listed.Hint[^4..]);
    }

    [Fact]
    public async Task A_token_that_is_renewed_keeps_its_text_even_after_it_expired_and_a_revoked_one_stays_revoked()
    {
        var made = (await _fixture.Tokens.CreateAsync("run", expires: _fixture.Clock.GetUtcNow().AddMinutes(30))).Value!;
        _fixture.Clock.Move(TimeSpan.FromHours(9));
        var later = _fixture.Clock.GetUtcNow().AddMinutes(30);

        var renewed = (await _fixture.Tokens.RenewAsync(Actor.OfThisMachine, made.Token.Id, later)).Value!;

        renewed.Hint.ShouldBe(made.Token.Hint);
        (await _fixture.Tokens.ListAsync()).ShouldHaveSingleItem().ExpiresAt.ShouldBe(later);
        (await _fixture.Tokens.RenewAsync(Actor.OfThisMachine, made.Token.Id, _fixture.Clock.GetUtcNow())).Error!.ShouldContain("expired");
        await _fixture.Tokens.RevokeAsync(made.Token.Id.ToString());
        (await _fixture.Tokens.RenewAsync(Actor.OfThisMachine, made.Token.Id, later.AddDays(1))).Error!.ShouldContain("revoked");
        (await _fixture.Tokens.RenewAsync(Actor.OfThisMachine, Guid.NewGuid(), later)).Value.ShouldBeNull();
        (await new Gateway.Tenancy.AuditStore(_fixture.Store).FindAsync(new Gateway.Tenancy.AuditQuery(Action: "token.renew"))).ShouldHaveSingleItem().Subject.ShouldBe($"token:{made.Token.Id}");
        (await _fixture.Tokens.ListAsync()).ShouldHaveSingleItem().ExpiresAt.ShouldBe(later);
    }

    [Fact]
    public async Task The_text_of_a_token_is_nowhere_on_disk()
    {
        var made = (await _fixture.Tokens.CreateAsync("laptop")).Value!;
        await _fixture.CloseAsync();

        var secret = made.Text.Reveal();
        _fixture.DiskHolds(secret[4..20]).ShouldBeFalse();
        _fixture.DiskHolds("laptop").ShouldBeTrue();
        made.ToString().ShouldNotContain(secret[4..]);
    }

    [Fact]
    public async Task A_name_or_time_or_list_that_makes_no_sense_is_refused()
    {
        (await _fixture.Tokens.CreateAsync(" ")).Error.ShouldNotBeNull();
        (await _fixture.Tokens.CreateAsync("two\nlines")).Error.ShouldNotBeNull();
        (await _fixture.Tokens.CreateAsync("blank ")).Error.ShouldNotBeNull();
        (await _fixture.Tokens.CreateAsync(new string('x', 101))).Error.ShouldNotBeNull();
        (await _fixture.Tokens.CreateAsync("late", expires: _fixture.Clock.GetUtcNow())).Error!.ShouldContain("expired");
        (await _fixture.Tokens.CreateAsync("none", models: [])).Error.ShouldNotBeNull();
        (await _fixture.Tokens.CreateAsync("blank", models: ["gpt-5", ""])).Error.ShouldNotBeNull();
        (await _fixture.Tokens.CreateAsync("climber", TokenKind.Client, scopes: TokenScopes.Admin)).Error!.ShouldContain("'admin'");
        (await _fixture.Tokens.ListAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Scopes_can_be_chosen_within_the_reach_of_the_kind()
    {
        var made = await _fixture.Tokens.CreateAsync("scraper", scopes: TokenScopes.Metrics);

        made.Value!.Token.Scopes.ShouldBe(TokenScopes.Metrics);
        (await _fixture.Tokens.ListAsync()).ShouldHaveSingleItem().Scopes.ShouldBe(TokenScopes.Metrics);
    }

    [Fact]
    public async Task A_token_is_revoked_by_id_or_by_name()
    {
        var one = (await _fixture.Tokens.CreateAsync("one")).Value!.Token;
        await _fixture.Tokens.CreateAsync("two");
        _fixture.Clock.Move(TimeSpan.FromHours(1));

        (await _fixture.Tokens.RevokeAsync(one.Id.ToString())).Value!.RevokedAt.ShouldBe(_fixture.Clock.GetUtcNow());
        (await _fixture.Tokens.RevokeAsync("two")).Value!.Name.ShouldBe("two");

        (await _fixture.Tokens.ListAsync()).ShouldAllBe(token => token.RevokedAt == _fixture.Clock.GetUtcNow());
    }

    [Fact]
    public async Task A_name_that_may_mean_two_tokens_revokes_none_and_lists_both()
    {
        var first = (await _fixture.Tokens.CreateAsync("box")).Value!.Token;
        var second = (await _fixture.Tokens.CreateAsync("box")).Value!.Token;

        var refused = await _fixture.Tokens.RevokeAsync("box");

        refused.Value.ShouldBeNull();
        refused.Error!.ShouldContain(first.Id.ToString());
        refused.Error!.ShouldContain(second.Id.ToString());
        (await _fixture.Tokens.ListAsync()).ShouldAllBe(token => token.RevokedAt == null);

        (await _fixture.Tokens.RevokeAsync(first.Id.ToString())).Error.ShouldBeNull();
        (await _fixture.Tokens.RevokeAsync("box")).Value!.Id.ShouldBe(second.Id);
    }

    [Fact]
    public async Task Revoking_what_is_not_there_or_revoked_before_is_told()
    {
        await _fixture.Tokens.CreateAsync("box");
        await _fixture.Tokens.RevokeAsync("box");

        (await _fixture.Tokens.RevokeAsync("box")).Error!.ShouldContain("already");
        (await _fixture.Tokens.RevokeAsync("nothing")).Error!.ShouldContain("no token");
        (await _fixture.Tokens.RevokeAsync(Guid.NewGuid().ToString())).Error!.ShouldContain("no token");
        (await _fixture.Tokens.RevokeAsync("'; DROP TABLE access_tokens; --")).Error.ShouldNotBeNull();
        (await _fixture.Tokens.ListAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Only_the_first_start_makes_a_token()
    {
        var starts = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => _fixture.Tokens.EnsureFirstClientTokenAsync()));

        var first = starts.OfType<MintedToken>().ShouldHaveSingleItem();
        first.Token.Name.ShouldBe(Tokens.FirstClientName);
        first.Token.Kind.ShouldBe(TokenKind.Client);

        await _fixture.Tokens.RevokeAsync(first.Token.Id.ToString());
        (await _fixture.Tokens.EnsureFirstClientTokenAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task Another_program_on_the_same_store_sees_the_token()
    {
        var other = await _fixture.OpenAnotherAsync();
        var made = (await _fixture.Tokens.CreateAsync("laptop")).Value!;

        var found = await new AccessStore(other).FindAsync(_fixture.Ring.TokenHasher.Hash(made.Text.Utf8));

        found!.Token.Id.ShouldBe(made.Token.Id);
    }
}
