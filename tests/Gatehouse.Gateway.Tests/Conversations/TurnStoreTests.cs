using Dapper;
using Gatehouse.Gateway.Access;
using Gatehouse.Gateway.Conversations;
using Gatehouse.Gateway.Tests.Access;
using Gatehouse.Gateway.Tests.Configuration;
using Gatehouse.Secrets;
using Gatehouse.Storage;
using Gatehouse.Storage.Sqlite;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gatehouse.Gateway.Tests.Conversations;

/// <summary>The turns of Responses clients whose upstream keeps nothing: how long, how many, how large, whose.</summary>
public sealed class TurnStoreTests : IAsyncDisposable
{
    private static readonly AccessToken s_owner = AccessDatabase.Token("owner", 1).Token;
    private readonly KeyRing _keys = KeyRing.Open(MasterKey.Generate(), [], TimeProvider.System).Ring!;
    private readonly MovableClock _clock = new();
    private readonly AccessDatabase _database = new();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task A_turn_is_gone_at_its_time_from_memory_and_database()
    {
        var store = await OpenAsync();
        store.Add(Turn("a"));
        await store.FlushAsync();
        _clock.Move(StoredTurn.Kept - TimeSpan.FromSeconds(1));
        foreach (var each in new[] { store, await OpenAsync() }) (await each.FindAsync("a")).Turn.ShouldNotBeNull();
        _clock.Move(TimeSpan.FromSeconds(1));
        foreach (var each in new[] { store, await OpenAsync() }) (await each.FindAsync("a")).ShouldBe((true, null));
    }

    [Fact]
    public async Task A_turn_that_is_too_large_is_not_kept()
    {
        var store = await OpenAsync();
        store.Add(Turn("largest") with { Input = new byte[StoredTurn.Largest - 2] });
        store.Add(Turn("larger") with { Input = new byte[StoredTurn.Largest - 1] });
        await store.FlushAsync();
        (await store.FindAsync("largest")).Turn.ShouldNotBeNull();
        (await store.FindAsync("larger")).ShouldBe((true, null));
    }

    [Fact]
    public async Task The_memory_is_bounded_and_the_oldest_are_forgotten_first()
    {
        // Without the database only the memory answers.
        var store = await ClosedAsync();
        var input = new byte[StoredTurn.Largest - 2];
        var most = (int)(2 * TurnStore.MostBytesInMemory / StoredTurn.Largest) + 2;
        for (var i = 0; i <= most; i++) store.Add(Turn($"turn_{i}") with { Input = input });
        await store.FlushAsync();
        (await store.FindAsync("turn_0")).ShouldBe((false, null));
        (await store.FindAsync($"turn_{most}")).Turn.ShouldNotBeNull();
    }

    [Fact]
    public async Task A_tokens_turns_are_bounded_in_the_database_and_the_oldest_go_first()
    {
        var store = await OpenAsync();
        foreach (var id in new[] { "oldest", "older" })
        {
            store.Add(Turn(id));
            await store.FlushAsync();
            _clock.Move(TimeSpan.FromSeconds(1));
        }

        var database = await _database.OpenAsync();
        await AccessDatabase.ExecuteAsync(database, $"UPDATE response_turns SET bytes = {(TurnTable.MostBytesPerToken / 2) + 1}");
        store.Add(Turn("newest"));
        await store.FlushAsync();
        var fresh = await OpenAsync();
        (await fresh.FindAsync("oldest")).ShouldBe((true, null));
        foreach (var id in new[] { "older", "newest" }) (await fresh.FindAsync(id)).Turn.ShouldNotBeNull(id);
    }

    [Fact]
    public async Task What_waits_for_a_locked_database_is_bounded()
    {
        var store = await OpenAsync();
        var database = await _database.OpenAsync();
        using (var other = Locked(database))
        {
            for (var i = 0; i < 6; i++) store.Add(Turn($"{i}") with { Input = new byte[StoredTurn.Largest - 2] });
        }

        await store.FlushAsync();
        var fresh = await OpenAsync();
        for (var i = 0; i < 6; i++) ((await FoundAsync(fresh, $"{i}")) is not null).ShouldBe(i < TurnStore.MostBytesWaiting / StoredTurn.Largest, $"{i}");
    }

    [Fact]
    public async Task A_removal_does_not_wait_for_a_locked_database_without_end()
    {
        var clock = new TimerClock();
        var database = await _database.OpenAsync();
        var store = new TurnStore(database, _keys, clock, NullLogger<TurnStore>.Instance);
        using var other = Locked(database);
        store.Add(Turn("a"));
        var removal = store.RemoveAsync("a");
        await clock.FireAsync(TurnStore.RemovalLimit);
        await Should.ThrowAsync<TimeoutException>(removal);
    }

    [Fact]
    public async Task A_chain_is_read_only_as_far_as_there_is_room_for_it()
    {
        var store = await ClosedAsync();
        for (var i = 0; i < 10; i++) store.Add(Turn($"{i}") with { PreviousId = i == 0 ? null : $"{i - 1}", Input = new byte[98] });
        foreach (var (room, count, taken) in new[] { (1000, 10, 10), (250, 0, 3) })
        {
            var asked = 0;
            (await store.ChainAsync("9", s_owner, bytes => ++asked * bytes <= room)).Turns.Count.ShouldBe(count);
            asked.ShouldBe(taken);
        }
    }

    [Fact]
    public async Task A_chain_goes_on_only_through_turns_of_its_caller_and_has_an_end()
    {
        var store = await ClosedAsync();
        for (var i = 0; i <= TurnStore.LongestChain; i++) store.Add(Turn($"{i}") with { PreviousId = i == 0 ? null : $"{i - 1}" });
        var (known, turns) = await store.ChainAsync($"{TurnStore.LongestChain - 1}", s_owner);
        known.ShouldBeTrue();
        turns.Select(static turn => turn.Id).ShouldBe(Enumerable.Range(0, TurnStore.LongestChain).Select(static i => $"{i}"));
        (await store.ChainAsync($"{TurnStore.LongestChain}", s_owner)).Turns.ShouldBeEmpty("the chain is too long");

        store.Add(Turn("foreign") with { TokenId = Guid.CreateVersion7() });
        store.Add(Turn("behind") with { PreviousId = "foreign" });
        (await store.ChainAsync("behind", s_owner)).Turns.ShouldBeEmpty("one of them is somebody else's");
        (await store.ChainAsync("0", AccessDatabase.Token("other", 2).Token)).Turns.ShouldBeEmpty();
    }

    private StoredTurn Turn(string id) => new(id, null, s_owner.Id, null, _clock.GetUtcNow().ToUnixTimeMilliseconds() * 1000, "[]"u8.ToArray(), "{}"u8.ToArray());

    /// <summary>A connection that keeps everybody else from writing until it is disposed of.</summary>
    private static SqliteConnection Locked(Store database)
    {
        var other = NativeSqlite.Connection($"Data Source={database.File};Pooling=False");
        other.Open();
        other.Execute("BEGIN EXCLUSIVE");
        return other;
    }

    /// <summary>A row of 16 MiB may take longer to read than a request would wait.</summary>
    private static async Task<StoredTurn?> FoundAsync(TurnStore store, string id)
    {
        for (var since = TimeProvider.System.GetTimestamp(); ;)
        {
            var (known, turn) = await store.FindAsync(id);
            if (known) return turn;
            TimeProvider.System.GetElapsedTime(since).ShouldBeLessThan(TimeSpan.FromSeconds(10));
        }
    }

    private async Task<TurnStore> OpenAsync() => new(await _database.OpenAsync(), _keys, _clock, NullLogger<TurnStore>.Instance);

    private async Task<TurnStore> ClosedAsync()
    {
        var database = await _database.OpenAsync();
        var store = new TurnStore(database, _keys, _clock, NullLogger<TurnStore>.Instance);
        await database.DisposeAsync();
        return store;
    }
}
