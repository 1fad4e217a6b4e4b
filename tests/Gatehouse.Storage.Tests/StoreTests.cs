using Dapper;
using Gatehouse.Storage.Migrations;
using Gatehouse.Storage.Sqlite;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Gatehouse.Storage.Tests;

public sealed class StoreTests : IDisposable
{
    private static readonly TimeSpan Ceiling = TimeSpan.FromSeconds(10);
    private static readonly Migration Notes = new("20260101-0000-notes", "CREATE TABLE notes (id BIGINT PRIMARY KEY, body TEXT NOT NULL)");
    private readonly TempDirectory _temp = new();

    public void Dispose() => _temp.Dispose();

    private Task<Store> OpenAsync(TimeSpan? busy = null) => Store.OpenAsync(new StoreOptions
    {
        Directory = _temp.File("data"),
        Migrations = [Notes],
        BusyTimeout = busy ?? TimeSpan.FromSeconds(5),
        PollInterval = TimeSpan.FromMilliseconds(20),
    });

    private StoreOptions OnFullDisk() => new()
    {
        Directory = _temp.File("data"),
        Migrations = [Notes],
        Prepare = static directory => throw new StoreException(StoreFailure.Full, $"The disk that holds {directory} is full."),
    };

    private static Task<int> AddAsync(Store store, long id, string body = "x") =>
        store.WriteAsync((c, t) => c.Execute("INSERT INTO notes (id, body) VALUES ($id, $body)", new { id, body }, t));

    private static Task<long> CountAsync(Store store) => store.ReadAsync(c => c.ExecuteScalar<long>("SELECT count(*) FROM notes"));

    [Fact]
    public async Task What_is_written_can_be_read_and_is_there_after_reopening()
    {
        await using (var store = await OpenAsync()) await AddAsync(store, 1);
        await using var again = await OpenAsync();
        (await CountAsync(again)).ShouldBe(1);
    }

    [Fact]
    public async Task Work_runs_on_the_stores_own_threads()
    {
        await using var store = await OpenAsync();
        var reader = await store.ReadAsync(_ => Thread.CurrentThread.Name);
        var writer = await store.WriteAsync((_, _) => Thread.CurrentThread.Name);
        reader.ShouldBe("gatehouse-store-reader");
        writer.ShouldBe("gatehouse-store-writer");
    }

    [Fact]
    public async Task A_change_that_throws_is_rolled_back_and_the_next_one_works()
    {
        await using var store = await OpenAsync();
        await Should.ThrowAsync<InvalidOperationException>(store.WriteAsync<int>((c, t) =>
        {
            c.Execute("INSERT INTO notes VALUES (1, 'x')", transaction: t);
            throw new InvalidOperationException("changed its mind");
        }));
        await AddAsync(store, 2);
        (await store.ReadAsync(c => c.Query<long>("SELECT id FROM notes").ToList())).ShouldBe([2]);
    }

    [Fact]
    public async Task A_reader_cannot_change_anything()
    {
        await using var store = await OpenAsync();
        await Should.ThrowAsync<StoreException>(store.ReadAsync(c => c.Execute("INSERT INTO notes VALUES (1, 'x')")));
        (await CountAsync(store)).ShouldBe(0);
    }

    [Fact]
    public async Task Many_writers_and_readers_at_once_lose_nothing()
    {
        await using var store = await OpenAsync();
        var writes = Enumerable.Range(0, 200).Select(i => AddAsync(store, i)).ToList();
        var reads = Enumerable.Range(0, 200).Select(_ => CountAsync(store)).ToList();
        await Task.WhenAll(writes).WaitAsync(Ceiling);
        await Task.WhenAll(reads).WaitAsync(Ceiling);
        (await CountAsync(store)).ShouldBe(200);
    }

    [Fact]
    public async Task Readers_go_on_while_a_long_change_is_running()
    {
        await using var store = await OpenAsync();
        await AddAsync(store, 1);
        using var release = new ManualResetEventSlim();
        using var started = new ManualResetEventSlim();
        var change = store.WriteAsync((c, t) =>
        {
            c.Execute("INSERT INTO notes VALUES (2, 'x')", transaction: t);
            started.Set();
            return release.Wait(Ceiling);
        });
        started.Wait(Ceiling).ShouldBeTrue();
        (await CountAsync(store).WaitAsync(Ceiling)).ShouldBe(1);
        release.Set();
        (await change).ShouldBeTrue();
        (await CountAsync(store)).ShouldBe(2);
    }

    [Fact]
    public async Task What_a_reader_keeps_out_of_the_file_is_not_called_permanent()
    {
        await using var store = await OpenAsync();
        await AddAsync(store, 1);
        (await store.SyncAsync()).ShouldBeTrue();
        using var release = new ManualResetEventSlim();
        using var started = new ManualResetEventSlim();
        var reader = store.ReadAsync(c =>
        {
            using var transaction = c.BeginTransaction(deferred: true);
            _ = c.Number("SELECT count(*) FROM notes");
            started.Set();
            return release.Wait(Ceiling);
        });
        started.Wait(Ceiling).ShouldBeTrue();
        await AddAsync(store, 2);
        (await store.SyncAsync()).ShouldBeFalse();
        release.Set();
        (await reader).ShouldBeTrue();
        (await store.SyncAsync()).ShouldBeTrue();
    }

    [Fact]
    public async Task A_query_that_takes_too_long_is_interrupted_and_its_thread_serves_again()
    {
        await using var store = await OpenAsync();
        const string endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n";
        for (var i = 0; i < 4; i++)
        {
            await Should.ThrowAsync<TimeoutException>(
                store.ReadAsync(c => c.ExecuteScalar<long>(endless), TimeSpan.FromMilliseconds(30)).WaitAsync(Ceiling));
        }

        (await CountAsync(store).WaitAsync(Ceiling)).ShouldBe(0);
    }

    [Fact]
    public async Task A_change_given_up_before_its_commit_leaves_nothing_behind()
    {
        await using var store = await OpenAsync();
        using var giveUp = new CancellationTokenSource();
        using var started = new ManualResetEventSlim();
        using var release = new ManualResetEventSlim();
        var change = store.WriteAsync(
            (c, t) =>
            {
                c.Execute("INSERT INTO notes VALUES (1, 'x')", transaction: t);
                started.Set();
                return release.Wait(Ceiling);
            },
            giveUp.Token);
        started.Wait(Ceiling).ShouldBeTrue();
        await giveUp.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(change.WaitAsync(Ceiling));
        release.Set();
        await AddAsync(store, 2);
        (await store.ReadAsync(c => c.Query<long>("SELECT id FROM notes").ToList())).ShouldBe([2]);
    }

    [Fact]
    public async Task A_database_locked_by_another_program_says_so_and_works_again_afterwards()
    {
        await using var store = await OpenAsync(TimeSpan.FromMilliseconds(50));
        using (var other = NativeSqlite.Connection($"Data Source={store.File};Pooling=False"))
        {
            other.Open();
            other.Execute("BEGIN EXCLUSIVE");
            var failure = await Should.ThrowAsync<StoreException>(AddAsync(store, 1).WaitAsync(Ceiling));
            failure.Failure.ShouldBe(StoreFailure.Busy);
            other.Execute("ROLLBACK");
        }

        await AddAsync(store, 1);
        (await CountAsync(store)).ShouldBe(1);
    }

    [Fact]
    public async Task In_a_hurry_a_lock_of_another_program_is_waited_for_once_and_not_by_each()
    {
        // A hundred of them, each waiting in its turn, would take more than half a minute.
        await using var store = await OpenAsync(TimeSpan.FromMilliseconds(300));
        using var other = NativeSqlite.Connection($"Data Source={store.File};Pooling=False");
        other.Open();
        other.Execute("BEGIN EXCLUSIVE");
        var changes = Enumerable.Range(0, 100).Select(i => AddAsync(store, i)).ToList();
        store.Hurry();
        foreach (var change in changes) (await Should.ThrowAsync<StoreException>(change.WaitAsync(Ceiling))).Failure.ShouldBe(StoreFailure.Busy);
        other.Execute("ROLLBACK");
        (await CountAsync(store)).ShouldBe(0);
    }

    [Fact]
    public async Task In_a_hurry_what_no_lock_keeps_out_is_done_to_the_last()
    {
        await using var store = await OpenAsync();
        var changes = Enumerable.Range(0, 100).Select(i => AddAsync(store, i)).ToList();
        store.Hurry();
        await Task.WhenAll(changes).WaitAsync(Ceiling);
        (await CountAsync(store)).ShouldBe(100);
    }

    [Fact]
    public async Task A_full_disk_keeps_nobody_from_reading_who_only_reads()
    {
        await using (var store = await OpenAsync()) await AddAsync(store, 1);
        var options = OnFullDisk() with { ReadsOnFullDisk = true };
        // As where there is no room for the index of the log: a file of this name can't be made.
        var inTheWay = Directory.CreateDirectory(Path.Combine(options.Directory, "gatehouse.db-shm"));
        await using (var alone = await Store.OpenAsync(options))
        {
            (await CountAsync(alone)).ShouldBe(1);
            (await alone.ReadAsync(c => c.ExecuteScalar<string>("PRAGMA locking_mode"))).ShouldBe("exclusive", "there is no room for what connections share");
        }

        inTheWay.Delete();
        // What others have open has its index already, and they are not shut out.
        await using var serving = await OpenAsync();
        await AddAsync(serving, 2);
        await using var beside = await Store.OpenAsync(options);
        (await CountAsync(beside)).ShouldBe(2);
        await AddAsync(serving, 3);
        (await CountAsync(beside)).ShouldBe(3);
    }

    [Fact]
    public async Task A_full_disk_is_told_to_who_means_to_write_or_has_no_database()
    {
        (await Should.ThrowAsync<StoreException>(Store.OpenAsync(OnFullDisk() with { ReadsOnFullDisk = true }))).Failure.ShouldBe(StoreFailure.Full);
        await using (await OpenAsync())
        {
        }

        (await Should.ThrowAsync<StoreException>(Store.OpenAsync(OnFullDisk()))).Failure.ShouldBe(StoreFailure.Full);
    }

    [Fact]
    public void An_index_of_the_log_that_can_not_grow_is_a_full_disk() =>
        StoreException.From(new SqliteException("disk I/O error", raw.SQLITE_IOERR, raw.SQLITE_IOERR_SHMSIZE), "/x").ShouldNotBeNull().Failure.ShouldBe(StoreFailure.Full);

    [Fact]
    public async Task A_commit_that_sqlite_itself_took_back_tells_its_own_reason_and_the_next_change_works()
    {
        // As on a full disk, where the commit fails and SQLite ends the transaction before it says so.
        await using var store = await OpenAsync();
        var failure = await Should.ThrowAsync<SqliteException>(store.WriteAsync((c, t) =>
        {
            raw.sqlite3_commit_hook(c.Handle, static _ => 1, null);
            return c.Execute("INSERT INTO notes VALUES (1, 'x')", transaction: t);
        }));
        failure.SqliteExtendedErrorCode.ShouldBe(raw.SQLITE_CONSTRAINT_COMMITHOOK, failure.Message);
        await store.OnWriterAsync(static c =>
        {
            raw.sqlite3_commit_hook(c.Handle, null, null);
            return 0;
        });
        await AddAsync(store, 2);
        (await store.ReadAsync(c => c.Query<long>("SELECT id FROM notes").ToList())).ShouldBe([2]);
    }

    [Fact]
    public async Task Our_own_change_raises_changed_and_a_quiet_one_does_not()
    {
        await using var store = await OpenAsync();
        await store.WriteQuietlyAsync((c, t) => c.Execute("INSERT INTO notes VALUES (1, 'x')", transaction: t));
        await store.OnWriterAsync(_ => 0);
        store.DataVersion.ShouldBe(0);
        var changed = new TaskCompletionSource();
        store.Changed += (_, _) => changed.TrySetResult();
        await AddAsync(store, 2);
        await changed.Task.WaitAsync(Ceiling);
        store.DataVersion.ShouldBe(1);
    }

    [Fact]
    public async Task A_change_by_another_instance_raises_changed_here()
    {
        await using var serving = await OpenAsync();
        await using var other = await OpenAsync();
        var changed = new TaskCompletionSource();
        serving.Changed += (_, _) => changed.TrySetResult();
        await AddAsync(other, 1);
        await changed.Task.WaitAsync(Ceiling);
        (await CountAsync(serving)).ShouldBe(1);
    }

    [Fact]
    public async Task A_listener_that_throws_does_not_silence_the_others()
    {
        await using var store = await OpenAsync();
        var heard = new TaskCompletionSource();
        store.Changed += (_, _) => throw new InvalidOperationException("faulty listener");
        store.Changed += (_, _) => heard.TrySetResult();
        await AddAsync(store, 1);
        await heard.Task.WaitAsync(Ceiling);
    }

    [Fact]
    public async Task Queued_work_is_finished_when_the_store_closes_and_later_work_is_refused()
    {
        var store = await OpenAsync();
        var writes = Enumerable.Range(0, 50).Select(i => AddAsync(store, i)).ToList();
        await store.DisposeAsync();
        await Task.WhenAll(writes);
        (await Should.ThrowAsync<StoreException>(AddAsync(store, 99))).Failure.ShouldBe(StoreFailure.Closed);
        await using var again = await OpenAsync();
        (await CountAsync(again)).ShouldBe(50);
    }

    [Fact]
    public async Task Work_beyond_the_queues_limit_is_refused_as_busy()
    {
        await using var store =
            await Store.OpenAsync(new StoreOptions { Directory = _temp.File("data"), Migrations = [Notes], QueueLimit = 2 });
        using var release = new ManualResetEventSlim();
        using var started = new ManualResetEventSlim();
        var first = store.WriteAsync((_, _) =>
        {
            started.Set();
            return release.Wait(Ceiling);
        });
        started.Wait(Ceiling).ShouldBeTrue();
        var more = Enumerable.Range(0, 4).Select(i => AddAsync(store, i)).ToList();
        var refused = more.Where(m => m.IsFaulted).ToList();
        release.Set();
        await first;
        refused.ShouldNotBeEmpty();
        refused.ShouldAllBe(r => ((StoreException)r.Exception!.InnerException!).Failure == StoreFailure.Busy);
        await Task.WhenAll(more.Except(refused)).WaitAsync(Ceiling);
        (await CountAsync(store)).ShouldBe(4 - refused.Count);
    }

    [Fact]
    public async Task The_connection_has_the_settings_that_the_design_names()
    {
        await using var store = await OpenAsync();
        (await store.ReadAsync(c => c.ExecuteScalar<string>("PRAGMA journal_mode"))).ShouldBe("wal");
        (await store.WriteAsync((c, t) => c.ExecuteScalar<long>("PRAGMA synchronous", transaction: t))).ShouldBe(1);
        (await store.WriteAsync((c, t) => c.ExecuteScalar<long>("PRAGMA foreign_keys", transaction: t))).ShouldBe(1);
    }

    [Fact]
    public async Task The_native_library_in_use_is_named_with_its_version()
    {
        var library = NativeSqlite.Use();
        await using var store = await OpenAsync();
        (await store.ReadAsync(c => c.ExecuteScalar<string>("SELECT sqlite_version()"))).ShouldBe(library.Version);
        library.Library.ShouldNotBeNullOrEmpty();
    }
}
