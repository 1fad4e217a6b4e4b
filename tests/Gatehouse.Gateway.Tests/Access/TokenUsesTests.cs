using Gatehouse.Gateway.Access;
using Gatehouse.Storage;

namespace Gatehouse.Gateway.Tests.Access;

public sealed class TokenUsesTests : IAsyncLifetime
{
    private readonly AccessDatabase _database = new();
    private readonly MovableClock _clock = new();
    private readonly KeptLog<TokenUses> _log = new();
    private readonly StoredToken _stored = AccessDatabase.Token("laptop", 1);
    private Store _store = null!;
    private AccessStore _access = null!;
    private TokenUses _uses = null!;

    public async ValueTask InitializeAsync()
    {
        _store = await _database.OpenAsync();
        _access = new AccessStore(_store);
        _uses = new TokenUses(_access, _clock, _log);
        await _access.AddAsync(_stored);
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task The_last_use_is_written_with_its_client()
    {
        _uses.Note(_stored.Token, "claude-cli");
        _clock.Move(TimeSpan.FromSeconds(5));
        _uses.Note(_stored.Token, null);

        await _uses.FlushAsync(CancellationToken.None);

        var token = (await _access.LoadAsync()).Single().Token;
        token.LastUsedAt.ShouldBe(_clock.GetUtcNow());
        token.LastClient.ShouldBe("claude-cli");
    }

    [Fact]
    public async Task Writing_uses_makes_no_snapshot_load_again()
    {
        var before = _store.DataVersion;
        _uses.Note(_stored.Token, "claude-cli");

        await _uses.FlushAsync(CancellationToken.None);
        await _store.ReadAsync(_ => 0);

        _store.DataVersion.ShouldBe(before);
    }

    [Fact]
    public async Task What_was_written_is_not_written_again()
    {
        _uses.Note(_stored.Token, "claude-cli");
        await _uses.FlushAsync(CancellationToken.None);
        await AccessDatabase.ExecuteAsync(_store, "UPDATE access_tokens SET last_client = 'changed by hand'");

        await _uses.FlushAsync(CancellationToken.None);

        (await _access.LoadAsync()).Single().Token.LastClient.ShouldBe("changed by hand");
    }

    [Fact]
    public async Task A_batch_that_fails_is_told_and_tried_again()
    {
        _uses.Note(_stored.Token, "claude-cli");
        await AccessDatabase.ExecuteAsync(_store, "ALTER TABLE access_tokens RENAME TO hidden");
        await _uses.FlushAsync(CancellationToken.None);
        _log.Text.ShouldContain("tries again");

        await AccessDatabase.ExecuteAsync(_store, "ALTER TABLE hidden RENAME TO access_tokens");
        await _uses.FlushAsync(CancellationToken.None);

        (await _access.LoadAsync()).Single().Token.LastClient.ShouldBe("claude-cli");
    }

    [Fact]
    public async Task The_last_batch_is_written_when_it_is_stopped()
    {
        using var stopping = new CancellationTokenSource();
        var running = new TokenUses(_access, TimeProvider.System, _log);
        var loop = running.RunAsync(stopping.Token);
        running.Note(_stored.Token, "codex_exec");

        await stopping.CancelAsync();
        await loop.WaitAsync(TimeSpan.FromSeconds(10));

        (await _access.LoadAsync()).Single().Token.LastClient.ShouldBe("codex_exec");
    }

    [Fact]
    public void Noting_a_use_again_allocates_nothing()
    {
        for (var i = 0; i < 100; i++) _uses.Note(_stored.Token, "claude-cli");
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var i = 0; i < 1000; i++) _uses.Note(_stored.Token, "claude-cli");

        // Per call: the runtime itself may allocate a little on any thread while it compiles anew.
        ((GC.GetAllocatedBytesForCurrentThread() - before) / 1000).ShouldBe(0);
    }
}
