using System.Text;
using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation;
using Gatehouse.Gateway.Conversations;
using Gatehouse.Gateway.Tests.Access;
using Gatehouse.Secrets;
using Gatehouse.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gatehouse.Gateway.Tests.Conversations;

/// <summary>What models thought on chat clients' tool turns, in memory and in the database.</summary>
public sealed class ReasoningStoreTests : IAsyncDisposable
{
    private static readonly Guid s_token = Guid.CreateVersion7();
    private readonly KeyRing _keys = KeyRing.Open(MasterKey.Generate(), [], TimeProvider.System).Ring!;
    private readonly MovableClock _clock = new();
    private readonly AccessDatabase _database = new();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task Two_gateways_on_one_store_find_each_others_and_nobody_elses()
    {
        var (one, other) = (await OpenAsync(), await OpenAsync());
        Part(one).Remember("call_1"u8, "canary thought"u8);
        await one.FlushAsync();

        var part = Part(other);
        Recall(part, "call_1").ShouldBeNull("translations don't wait for the database");
        (await part.LookUpAsync()).ShouldBeTrue();
        Recall(part, "call_1").ShouldBe("canary thought");

        ReasoningPart[] strangers =
        [
            other.For(Guid.CreateVersion7(), "up", "m", "key"), other.For(s_token, "else", "m", "key"), other.For(s_token, "up", "n", "key"),
            other.For(s_token, "up", "m", null),
        ];
        foreach (var stranger in strangers)
        {
            Recall(stranger, "call_1").ShouldBeNull();
            (await stranger.LookUpAsync()).ShouldBeFalse();
            Recall(stranger, "call_1").ShouldBeNull();
        }
    }

    [Fact]
    public async Task What_is_too_old_is_gone_from_memory_and_database()
    {
        var store = await OpenAsync();
        Part(store).Remember("call_1"u8, "old"u8);
        await store.FlushAsync();
        _clock.Move(ReasoningStore.KeptFor);

        foreach (var each in new[] { store, await OpenAsync() })
        {
            var part = Part(each);
            Recall(part, "call_1").ShouldBeNull();
            (await part.LookUpAsync()).ShouldBeFalse();
        }

        Part(store).Remember("call_2"u8, "new"u8);
        await store.FlushAsync();
        (await CountAsync()).ShouldBe(1);
    }

    [Fact]
    public async Task A_call_that_nobody_knows_is_not_looked_up_again_at_once()
    {
        var store = await OpenAsync();
        var part = Part(store);
        Recall(part, "call_1").ShouldBeNull();
        (await part.LookUpAsync()).ShouldBeFalse();
        var other = await OpenAsync();
        Part(other).Remember("call_1"u8, "late"u8);
        await other.FlushAsync();
        Recall(part, "call_1").ShouldBeNull();
        (await part.LookUpAsync()).ShouldBeFalse("it was asked for a moment ago");
        _clock.Move(TimeSpan.FromMinutes(1));
        Recall(part, "call_1").ShouldBeNull();
        (await part.LookUpAsync()).ShouldBeTrue();
        Recall(part, "call_1").ShouldBe("late");
    }

    [Fact]
    public async Task A_tokens_rows_are_bounded_and_the_oldest_go_first()
    {
        var store = await OpenAsync();
        var part = Part(store);
        var state = new byte[1024 * 1024];
        var most = (int)(ReasoningTable.MostBytesPerToken / state.Length);
        for (var i = 0; i < most + 8; i++)
        {
            part.Remember(Encoding.ASCII.GetBytes($"call_{i}"), state);
            await store.FlushAsync();
            _clock.Move(TimeSpan.FromSeconds(1));
        }

        (await CountAsync()).ShouldBeLessThanOrEqualTo(most);
        var fresh = Part(await OpenAsync());
        foreach (var (id, isThere) in new[] { ("call_0", false), ($"call_{most + 7}", true) })
        {
            Recall(fresh, id).ShouldBeNull();
            (await fresh.LookUpAsync()).ShouldBe(isThere, id);
        }
    }

    [Fact]
    public async Task The_memory_is_bounded_by_bytes_and_the_oldest_are_forgotten_first()
    {
        // Without the database only the memory answers.
        var database = await _database.OpenAsync();
        var store = new ReasoningStore(database, _keys, _clock, NullLogger<ReasoningStore>.Instance);
        await database.DisposeAsync();
        var part = Part(store);
        var state = new byte[1024 * 1024];
        for (var i = 0; i < 72; i++) part.Remember(Encoding.ASCII.GetBytes($"call_{i}"), state);
        await store.FlushAsync();
        Recall(part, "call_0").ShouldBeNull();
        Recall(part, "call_71").ShouldNotBeNull();
    }

    [Fact]
    public async Task The_database_holds_nothing_that_can_be_read()
    {
        var store = await OpenAsync();
        Part(store).Remember("call_canary"u8, "canary thought"u8);
        await store.FlushAsync();
        var database = await _database.OpenAsync();
        foreach (var file in Directory.GetFiles(database.Directory, "*.db*"))
        {
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var copy = new MemoryStream();
            await stream.CopyToAsync(copy);
            Encoding.Latin1.GetString(copy.ToArray()).ShouldNotContain("canary");
        }
    }

    [Fact]
    public async Task A_store_that_is_closed_costs_a_line_in_the_log_and_no_request()
    {
        var log = new KeptLog<ReasoningStore>();
        var database = await _database.OpenAsync();
        var store = new ReasoningStore(database, _keys, _clock, log);
        await database.DisposeAsync();
        var part = Part(store);
        part.Remember("call_1"u8, "thought"u8);
        await store.FlushAsync();
        Recall(part, "call_1").ShouldBe("thought");
        Recall(part, "call_2").ShouldBeNull();
        (await part.LookUpAsync()).ShouldBeFalse();
        log.Text.ShouldContain("could not be stored");
        log.Text.ShouldContain("could not be looked up");
    }

    private static ReasoningPart Part(ReasoningStore store) => store.For(s_token, "up", "m", "key");

    private static string? Recall(ReasoningMemory part, string id)
    {
        using var state = new PooledBuffer();
        return part.TryRecall(Encoding.UTF8.GetBytes(id), state) ? Encoding.UTF8.GetString(state.Written) : null;
    }

    private async Task<ReasoningStore> OpenAsync() =>
        new(await _database.OpenAsync(), _keys, _clock, NullLogger<ReasoningStore>.Instance);

    private async Task<long> CountAsync()
    {
        var database = await _database.OpenAsync();
        return await database.ReadAsync(static connection =>
        {
            using var command = connection.CreateCommand();
            command.CommandText = "SELECT COUNT(*) FROM turn_reasoning";
            return (long)command.ExecuteScalar()!;
        });
    }
}
