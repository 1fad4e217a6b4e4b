using Gatehouse.Gateway.Access;

namespace Gatehouse.Gateway.Tests.Access;

public sealed class TokenLookupTests
{
    private readonly AccessFixture _access = new();

    [Fact]
    public async Task A_token_made_a_moment_ago_is_found_in_the_store_and_kept()
    {
        var (text, stored) = _access.Make();
        _access.Store = (hash, _) => Task.FromResult(hash == stored.Hash ? stored : null);

        (await _access.AuthenticateAsync(null, $"Bearer {text}")).Token.ShouldBe(stored.Token);
        (await _access.AuthenticateAsync(null, $"Bearer {text}")).Token.ShouldBe(stored.Token);

        _access.StoreAsked.ShouldBe(1);
        _access.Tokens.Current.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Tokens_that_are_found_at_the_same_time_are_all_kept()
    {
        // Adding to a large table takes long enough for the others to come in between.
        _access.Tokens.Swap(TokenTable.From([.. Enumerable.Range(0, 20_000).Select(_ => _access.Make().Stored)]));
        var made = Enumerable.Range(0, 16).Select(_ => _access.Make()).ToList();
        var found = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _access.Store = async (hash, _) =>
        {
            await found.Task;
            return made.Select(one => one.Stored).First(stored => stored.Hash == hash);
        };
        var asked = made.Select(one => _access.AuthenticateAsync(null, $"Bearer {one.Text}")).ToList();
        _access.Lookup.Open.ShouldBe(16);
        found.SetResult();
        await Task.WhenAll(asked).WaitAsync(TimeSpan.FromSeconds(10));
        foreach (var (_, stored) in made) _access.Tokens.Current.Find(stored.Hash).ShouldNotBeNull();
    }

    [Fact]
    public async Task A_token_found_in_the_store_is_judged_like_any_other()
    {
        var (text, stored) = _access.Make(with: token => token with { RevokedAt = _access.Clock.GetUtcNow() });
        _access.Store = (_, _) => Task.FromResult<StoredToken?>(stored);

        (await _access.AuthenticateAsync(null, $"Bearer {text}")).Outcome.ShouldBe(AuthOutcome.Revoked);
    }

    [Fact]
    public async Task What_does_not_exist_is_asked_for_once_in_a_while()
    {
        var (text, stored) = _access.Make();
        for (var i = 0; i < 5; i++)
        {
            (await _access.AuthenticateAsync(null, $"Bearer {text}")).Outcome.ShouldBe(AuthOutcome.Unknown);
        }
        _access.StoreAsked.ShouldBe(1);

        _access.Store = (_, _) => Task.FromResult<StoredToken?>(stored);
        _access.Clock.Move(TimeSpan.FromSeconds(11));

        (await _access.AuthenticateAsync(null, $"Bearer {text}")).Outcome.ShouldBe(AuthOutcome.Ok);
    }

    [Fact]
    public async Task A_snapshot_that_has_the_token_goes_before_a_remembered_no()
    {
        var (text, stored) = _access.Make();
        (await _access.AuthenticateAsync(null, $"Bearer {text}")).Outcome.ShouldBe(AuthOutcome.Unknown);

        _access.Tokens.Swap(TokenTable.From([stored]));

        (await _access.AuthenticateAsync(null, $"Bearer {text}")).Outcome.ShouldBe(AuthOutcome.Ok);
    }

    [Fact]
    public async Task A_sick_store_is_503_and_never_401()
    {
        var (text, _) = _access.Make();
        _access.Store = (_, _) => throw new IOException("disk I/O error");

        var result = await _access.AuthenticateAsync(null, $"Bearer {text}");

        result.Outcome.ShouldBe(AuthOutcome.StoreUnavailable);
        result.Status.ShouldBe(503);
        result.Message.ShouldNotContain("disk");
    }

    [Fact]
    public async Task A_store_that_does_not_answer_is_waited_for_briefly()
    {
        // The real clock here: the wait itself is what is tested.
        _access.Options.Swap(new AccessOptions { LookupTimeout = TimeSpan.FromMilliseconds(20) });
        var never = new TaskCompletionSource<StoredToken?>();
        var lookup = new TokenLookup((_, _) => never.Task, _access.Tokens, _access.Options, TimeProvider.System);
        var (_, stored) = _access.Make();

        var result = await lookup.FindAsync(stored.Hash).AsTask().WaitAsync(TimeSpan.FromSeconds(10));

        result.Known.ShouldBeFalse();
    }

    [Fact]
    public async Task Requests_that_come_together_ask_once()
    {
        var answer = new TaskCompletionSource<StoredToken?>();
        _access.Store = (_, _) => answer.Task;
        var (text, stored) = _access.Make();

        var pending = Enumerable.Range(0, 20).Select(_ => _access.AuthenticateAsync(null, $"Bearer {text}")).ToList();
        answer.SetResult(stored);
        var results = await Task.WhenAll(pending).WaitAsync(TimeSpan.FromSeconds(10));

        results.ShouldAllBe(result => result.IsOk);
        _access.StoreAsked.ShouldBe(1);
    }

    [Fact]
    public async Task Guessing_is_limited_and_leaves_known_tokens_alone()
    {
        _access.Options.Swap(new AccessOptions { LookupsPerSecond = 3 });
        var known = _access.Add();
        var outcomes = new List<AuthOutcome>();
        for (var i = 0; i < 10; i++)
        {
            outcomes.Add((await _access.AuthenticateAsync(null, $"Bearer {_access.Make().Text}")).Outcome);
        }

        outcomes.Count(outcome => outcome == AuthOutcome.Unknown).ShouldBe(3);
        outcomes.Count(outcome => outcome == AuthOutcome.StoreUnavailable).ShouldBe(7);
        _access.StoreAsked.ShouldBe(3);
        (await _access.AuthenticateAsync(null, $"Bearer {known}")).Outcome.ShouldBe(AuthOutcome.Ok);

        _access.Clock.Move(TimeSpan.FromSeconds(1));
        (await _access.AuthenticateAsync(null, $"Bearer {_access.Make().Text}")).Outcome.ShouldBe(AuthOutcome.Unknown);
    }

    [Fact]
    public async Task The_memory_of_what_does_not_exist_is_bounded()
    {
        _access.Options.Swap(new AccessOptions { LookupsPerSecond = int.MaxValue });
        for (var i = 0; i < 5000; i++)
        {
            await _access.AuthenticateAsync(null, $"Bearer {_access.Make().Text}");
        }

        _access.Lookup.Remembered.ShouldBeLessThanOrEqualTo(4096);
        _access.Lookup.Open.ShouldBe(0);
    }

    [Fact]
    public async Task A_snapshot_loaded_meanwhile_is_not_overwritten()
    {
        var (text, stored) = _access.Make();
        var revoked = stored with { Token = stored.Token with { RevokedAt = _access.Clock.GetUtcNow() } };
        _access.Store = (_, _) =>
        {
            _access.Tokens.Swap(TokenTable.From([revoked]));
            return Task.FromResult<StoredToken?>(stored);
        };

        (await _access.AuthenticateAsync(null, $"Bearer {text}")).Outcome.ShouldBe(AuthOutcome.Revoked);
        (await _access.AuthenticateAsync(null, $"Bearer {text}")).Outcome.ShouldBe(AuthOutcome.Revoked);
    }
}
