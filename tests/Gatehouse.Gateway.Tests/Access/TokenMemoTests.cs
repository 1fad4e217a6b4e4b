using Gatehouse.Gateway.Access;
using Gatehouse.Secrets;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Gateway.Tests.Access;

public sealed class TokenMemoTests
{
    private readonly AccessFixture _access = new();

    [Fact]
    public void A_string_is_known_again_by_identity_alone()
    {
        var memo = new TokenMemo();
        var header = new string("Bearer ghc_one");
        var hash = _access.Hasher.Hash("ghc_one"u8);

        memo.Keep(header, hash);

        memo.TryFind(header, out var found).ShouldBeTrue();
        found.ShouldBe(hash);
        memo.TryFind(new string(header.AsSpan()), out _).ShouldBeFalse();
    }

    [Fact]
    public void Strings_that_share_a_place_never_get_anothers_hash()
    {
        var memo = new TokenMemo();
        var headers = Enumerable.Range(0, 5000).Select(i => $"Bearer {i}").ToArray();
        var hashes = headers.Select((_, i) => new TokenHash([.. BitConverter.GetBytes((long)i), .. new byte[TokenHash.Size - sizeof(long)]])).ToArray();
        var found = 0;

        Parallel.For(0, headers.Length * 4, i =>
        {
            var at = i % headers.Length;
            memo.Keep(headers[at], hashes[at]);
            if (!memo.TryFind(headers[at], out var hash)) return;
            hash.ShouldBe(hashes[at]);
            Interlocked.Increment(ref found);
        });

        found.ShouldBeGreaterThan(0);
        GC.KeepAlive(headers);
    }

    [Fact]
    public async Task What_becomes_of_a_remembered_token_shows_at_the_next_request()
    {
        var (text, stored) = _access.Make();
        var header = $"Bearer {text}";
        _access.Tokens.Swap(TokenTable.From([stored]));
        (await OutcomeAsync(header)).ShouldBe(AuthOutcome.Ok);
        (await OutcomeAsync(header)).ShouldBe(AuthOutcome.Ok);

        var now = _access.Clock.GetUtcNow();
        _access.Tokens.Swap(TokenTable.From([stored with { Token = stored.Token with { RevokedAt = now } }]));
        (await OutcomeAsync(header)).ShouldBe(AuthOutcome.Revoked);

        _access.Tokens.Swap(TokenTable.From([stored with { Token = stored.Token with { ExpiresAt = now } }]));
        (await OutcomeAsync(header)).ShouldBe(AuthOutcome.Expired);

        _access.Tokens.Swap(TokenTable.Empty);
        (await OutcomeAsync(header)).ShouldBe(AuthOutcome.Unknown);
        _access.StoreAsked.ShouldBe(1);
    }

    [Fact]
    public async Task A_second_token_beside_a_remembered_one_is_seen()
    {
        var header = $"Bearer {_access.Add(name: "one")}";
        var other = _access.Add(name: "two");
        (await OutcomeAsync(header)).ShouldBe(AuthOutcome.Ok);

        (await OutcomeAsync(header, request => request.Headers["x-api-key"] = other)).ShouldBe(AuthOutcome.TwoTokens);
        (await OutcomeAsync(header, request => request.Headers.Authorization = new([header, $"Bearer {other}"]))).ShouldBe(AuthOutcome.TwoTokens);
    }

    private async Task<AuthOutcome> OutcomeAsync(string header, Action<HttpRequest>? shape = null) =>
        (await _access.AuthenticateAsync(shape, authorization: header)).Outcome;
}
