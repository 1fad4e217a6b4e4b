using Dapper;
using Gatehouse.Gateway.Metering;
using Gatehouse.Storage.Sqlite;
using Gatehouse.Storage;
using Gatehouse.Storage.Journals;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gatehouse.Gateway.Tests.Metering;

public sealed class LedgerTests : IDisposable
{
    private readonly LedgerFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_settled_exchange_has_one_row_after_a_flush()
    {
        await using var store = await _folder.OpenStoreAsync();
        await using var ledger = LedgerFolder.OpenLedger(store);
        var exchange = LedgerFolder.Exchange();
        ledger.Admit(exchange);
        exchange.End = ExchangeEnd.Ok;
        ledger.Settle(exchange);
        await LedgerFolder.FlushAsync(ledger);
        (await LedgerFolder.RowsAsync(store)).ShouldBe([(exchange.Id, ExchangeEnd.Ok)]);
        ledger.State.PendingRows.ShouldBe(0);
        ledger.State.Degraded.ShouldBeNull();
    }

    [Fact]
    public async Task A_full_batch_is_stored_at_once_however_long_the_drain_would_wait()
    {
        await using var store = await _folder.OpenStoreAsync();
        var options = new LedgerOptions { DrainInterval = TimeSpan.FromHours(1), BatchRows = 4 };
        await using var ledger = Ledger.Open(store, NullLoggerFactory.Instance, options);
        // The first look is at once and finds nothing; what is settled after it waits for the batch.
        await LedgerFolder.FlushAsync(ledger);
        for (var i = 0; i < 4; i++) Settle(ledger, LedgerFolder.Exchange());

        for (var since = TimeProvider.System.GetTimestamp(); ledger.State.Stored < 4; await Task.Delay(5))
            TimeProvider.System.GetElapsedTime(since).ShouldBeLessThan(LedgerFolder.Ceiling);
    }

    [Fact]
    public async Task Every_field_comes_back_from_the_table()
    {
        await using var store = await _folder.OpenStoreAsync();
        await using var ledger = LedgerFolder.OpenLedger(store);
        var full = ExchangeSamples.Full();
        var empty = new ExchangeRecord { Id = Guid.CreateVersion7(), UserId = "" };
        Settle(ledger, full);
        Settle(ledger, empty);
        await LedgerFolder.FlushAsync(ledger);
        var query = new LedgerQuery(store);
        (await query.FindAsync(full.Id)).ShouldNotBeNull().ShouldBeLike(full);
        (await query.FindAsync(empty.Id)).ShouldNotBeNull().ShouldBeLike(empty);
        (await query.FindAsync(Guid.NewGuid())).ShouldBeNull();
    }

    [Fact]
    public async Task Settling_twice_makes_one_row_and_the_first_stays()
    {
        await using var store = await _folder.OpenStoreAsync();
        await using var ledger = LedgerFolder.OpenLedger(store);
        var exchange = LedgerFolder.Exchange();
        exchange.End = ExchangeEnd.Ok;
        Settle(ledger, exchange);
        await LedgerFolder.FlushAsync(ledger);
        exchange.End = ExchangeEnd.Timeout;
        ledger.Settle(exchange);
        await LedgerFolder.FlushAsync(ledger);
        (await LedgerFolder.RowsAsync(store)).ShouldBe([(exchange.Id, ExchangeEnd.Ok)]);
    }

    [Fact]
    public async Task Exchanges_cut_off_by_the_death_of_the_server_become_interrupted_and_those_settled_keep_their_end()
    {
        var settled = LedgerFolder.Exchange();
        var running = LedgerFolder.Exchange();
        await LeaveBehindAsync(Admit(settled), Settled(settled), Admit(running));

        await using var store = await _folder.OpenStoreAsync();
        await using (var ledger = LedgerFolder.OpenLedger(store))
        {
            await LedgerFolder.FlushAsync(ledger);
            await UntilAsync(() => ledger.State.Stored == 2);
        }

        (await LedgerFolder.RowsAsync(store)).ShouldBe([(settled.Id, ExchangeEnd.Ok), (running.Id, ExchangeEnd.Interrupted)], ignoreOrder: true);
        (await new LedgerQuery(store).FindAsync(running.Id))!.ModelAsked.ShouldBe("sim/echo");
        _folder.Segments().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_journal_read_a_second_time_changes_nothing()
    {
        var settled = LedgerFolder.Exchange();
        var running = LedgerFolder.Exchange();
        var records = new[] { Admit(settled), Settled(settled), Admit(running) };
        await using var store = await _folder.OpenStoreAsync();
        for (var i = 0; i < 2; i++)
        {
            await LeaveBehindAsync(records);
            (await Ledger.DrainOfflineAsync(store, NullLoggerFactory.Instance)).ShouldBeTrue();
            (await LedgerFolder.RowsAsync(store)).Count.ShouldBe(2);
        }
    }

    [Fact]
    public async Task An_offline_drain_leaves_a_running_servers_journal_alone()
    {
        await using var store = await _folder.OpenStoreAsync();
        using (DirectoryLock.TryTake(_folder.Path))
        {
            await LeaveBehindAsync(Admit(LedgerFolder.Exchange()));
            (await Ledger.DrainOfflineAsync(store, NullLoggerFactory.Instance)).ShouldBeFalse();
            _folder.Segments().Length.ShouldBe(1);
        }

        (await Ledger.DrainOfflineAsync(store, NullLoggerFactory.Instance)).ShouldBeTrue();
        _folder.Segments().ShouldBeEmpty();
    }

    [Fact]
    public async Task While_another_program_holds_the_database_nothing_is_lost_the_lag_shows_and_it_catches_up()
    {
        await using var store = await _folder.OpenStoreAsync(TimeSpan.FromMilliseconds(20));
        await using var ledger = LedgerFolder.OpenLedger(store, new LedgerOptions { LongestBackOff = TimeSpan.FromMilliseconds(50) });
        Settle(ledger, LedgerFolder.Exchange());
        await LedgerFolder.FlushAsync(ledger);
        using (var other = NativeSqlite.Connection($"Data Source={store.File};Pooling=False"))
        {
            other.Open();
            other.Execute("BEGIN EXCLUSIVE");
            for (var i = 0; i < 2000; i++) Settle(ledger, LedgerFolder.Exchange());
            await UntilAsync(() => ledger.State.Degraded is not null);
            ledger.State.PendingRows.ShouldBe(2000);
            ledger.State.PendingSeconds.ShouldBeGreaterThan(0);
            ledger.State.Degraded!.ShouldContain("locked");
            // Readers are not held up either.
            (await LedgerFolder.RowsAsync(store)).Count.ShouldBe(1);
            other.Execute("ROLLBACK");
        }

        await LedgerFolder.FlushAsync(ledger);
        await UntilAsync(() => ledger.State.Degraded is null);
        ledger.State.PendingRows.ShouldBe(0);
        ledger.State.Lost.ShouldBe(0);
        (await LedgerFolder.RowsAsync(store)).Count.ShouldBe(2001);
    }

    [Fact]
    public async Task Closing_while_the_database_refuses_keeps_everything_for_the_next_start()
    {
        await using var store = await _folder.OpenStoreAsync(TimeSpan.FromMilliseconds(20));
        using (var other = NativeSqlite.Connection($"Data Source={store.File};Pooling=False"))
        {
            other.Open();
            other.Execute("BEGIN EXCLUSIVE");
            await using (var ledger = LedgerFolder.OpenLedger(store, new LedgerOptions { CloseLimit = TimeSpan.FromMilliseconds(50) }))
                for (var i = 0; i < 10; i++) Settle(ledger, LedgerFolder.Exchange());
            other.Execute("ROLLBACK");
        }

        (await Ledger.DrainOfflineAsync(store, NullLoggerFactory.Instance)).ShouldBeTrue();
        (await LedgerFolder.RowsAsync(store)).Count.ShouldBe(10);
    }

    [Fact]
    public async Task What_the_journal_has_let_go_of_outlasts_a_power_loss()
    {
        await using var store = await _folder.OpenStoreAsync();
        await using var ledger = LedgerFolder.OpenLedger(store, new LedgerOptions { Journal = o => o with { SegmentBytes = 16 * 1024 } });
        var first = _folder.Segments().Order().First();
        for (var i = 0; i < 500; i++)
        {
            Settle(ledger, LedgerFolder.Exchange());
            if (i % 20 == 0) await LedgerFolder.FlushAsync(ledger);
        }

        await LedgerFolder.FlushAsync(ledger);
        await UntilAsync(() => !File.Exists(first));

        // At worst all is gone that nobody asked the disk to keep: the database's log, which every commit goes to. The journal's own files are asked for all the time.
        using var after = new LedgerFolder();
        File.Copy(store.File, Path.Combine(after.Path, Path.GetFileName(store.File)));
        Directory.CreateDirectory(Path.Combine(after.Path, "journal"));
        foreach (var segment in _folder.Segments()) File.Copy(segment, Path.Combine(after.Path, "journal", Path.GetFileName(segment)));
        await using var recovered = await after.OpenStoreAsync();
        (await Ledger.DrainOfflineAsync(recovered, NullLoggerFactory.Instance)).ShouldBeTrue();
        (await LedgerFolder.RowsAsync(recovered)).Count.ShouldBe(500);
    }

    [Fact]
    public async Task Without_a_journal_file_exchanges_still_reach_the_table_and_the_state_says_that_they_are_unsafe()
    {
        await using var store = await _folder.OpenStoreAsync();
        await using var ledger = LedgerFolder.OpenLedger(store, new LedgerOptions
        {
            Journal = o => o with { CreateSegment = (_, _, _, _) => throw new IOException("disk full") },
        });
        ledger.Admit(LedgerFolder.Exchange());
        ledger.State.Degraded.ShouldBe("disk full");
        Settle(ledger, LedgerFolder.Exchange());
        await LedgerFolder.FlushAsync(ledger);
        (await LedgerFolder.RowsAsync(store)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task After_a_full_disk_the_ledger_heals_although_exchanges_of_before_and_meanwhile_still_run()
    {
        var refuse = false;
        var before = LedgerFolder.Exchange();
        var meanwhile = LedgerFolder.Exchange();
        await using var store = await _folder.OpenStoreAsync();
        await using (var ledger = LedgerFolder.OpenLedger(store, new LedgerOptions
        {
            Journal = o => o with
            {
                SegmentBytes = 16 * 1024,
                RetryInterval = TimeSpan.FromMilliseconds(5),
                CreateSegment = (path, size, header, mapped) =>
                    Volatile.Read(ref refuse) ? throw new IOException("disk full") : FileSegment.Create(path, size, header, mapped),
            },
        }))
        {
            ledger.Admit(before);
            Volatile.Write(ref refuse, true);
            while (ledger.State.Degraded is null) Settle(ledger, LedgerFolder.Exchange());
            ledger.Admit(meanwhile);
            Volatile.Write(ref refuse, false);
            await LedgerFolder.FlushAsync(ledger);
            await UntilAsync(() => ledger.State.Degraded is null);
            ledger.State.Lost.ShouldBe(0);
        }

        (await Ledger.DrainOfflineAsync(store, NullLoggerFactory.Instance)).ShouldBeTrue();
        var rows = await LedgerFolder.RowsAsync(store);
        rows.ShouldContain((before.Id, ExchangeEnd.Interrupted));
        rows.ShouldContain((meanwhile.Id, ExchangeEnd.Interrupted));
    }

    [Fact]
    public async Task An_exchange_that_outlives_its_segment_is_carried_on_and_interrupted_only_if_the_server_dies()
    {
        var lives = LedgerFolder.Exchange();
        var dies = LedgerFolder.Exchange();
        await using var store = await _folder.OpenStoreAsync();
        await using (var ledger = LedgerFolder.OpenLedger(store, new LedgerOptions { Journal = o => o with { SegmentBytes = 16 * 1024 } }))
        {
            ledger.Admit(lives);
            ledger.Admit(dies);
            var first = _folder.Segments().Order().First();
            for (var i = 0; i < 1000; i++)
            {
                Settle(ledger, LedgerFolder.Exchange());
                if (i % 20 == 0) await LedgerFolder.FlushAsync(ledger);
            }

            await UntilAsync(() => !File.Exists(first));
            lives.End = ExchangeEnd.Ok;
            ledger.Settle(lives);
            await LedgerFolder.FlushAsync(ledger);
        }

        (await Ledger.DrainOfflineAsync(store, NullLoggerFactory.Instance)).ShouldBeTrue();
        var rows = await LedgerFolder.RowsAsync(store);
        rows.Count.ShouldBe(1002);
        rows.ShouldContain((lives.Id, ExchangeEnd.Ok));
        rows.ShouldContain((dies.Id, ExchangeEnd.Interrupted));
    }

    [Fact]
    public async Task A_record_that_makes_no_sense_is_skipped_and_counted_and_the_others_are_stored()
    {
        await using var store = await _folder.OpenStoreAsync();
        var good = LedgerFolder.Exchange();
        var nonsense = Settled(LedgerFolder.Exchange())[..40];
        await LeaveBehindAsync([9, 9, 9], nonsense, Settled(good));
        await using var ledger = LedgerFolder.OpenLedger(store);
        await UntilAsync(() => ledger.State.Stored > 0);
        (await LedgerFolder.RowsAsync(store)).ShouldBe([(good.Id, ExchangeEnd.Ok)]);
        ledger.State.Damaged.ShouldBe(2);
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(LedgerFolder.Ceiling);
        while (!condition()) await Task.Delay(5, limit.Token);
    }

    private static void Settle(Ledger ledger, ExchangeRecord exchange)
    {
        ledger.Admit(exchange);
        if (exchange.End == ExchangeEnd.Running) exchange.End = ExchangeEnd.Ok;
        ledger.Settle(exchange);
    }

    [Fact]
    public async Task A_journal_of_the_version_before_prices_is_stored()
    {
        var old = ExchangeSamples.Full();
        old.End = ExchangeEnd.Ok;
        var bytes = Encode(LedgerRecordKind.Settle, old);
        bytes[2] -= 8;
        await LeaveBehindAsync(bytes);
        await using var store = await _folder.OpenStoreAsync();
        (await Ledger.DrainOfflineAsync(store, NullLoggerFactory.Instance, TestContext.Current.CancellationToken)).ShouldBeTrue();
        var row = (await new LedgerQuery(store).FindAsync(old.Id, TestContext.Current.CancellationToken)).ShouldNotBeNull();
        (row.OwnsResponse, row.Harness, row.CostNanodollars, row.CostBasis).ShouldBe((true, null, null, CostBasis.None));
    }

    private static byte[] Admit(ExchangeRecord exchange) => Encode(LedgerRecordKind.Admit, exchange);

    private static byte[] Settled(ExchangeRecord exchange)
    {
        exchange.End = ExchangeEnd.Ok;
        var bytes = Encode(LedgerRecordKind.Settle, exchange);
        exchange.End = ExchangeEnd.Running;
        return bytes;
    }

    private static byte[] Encode(LedgerRecordKind kind, ExchangeRecord exchange)
    {
        var buffer = new byte[ExchangeFields.LargestRecord];
        return buffer[..LedgerRecord.Write(kind, exchange, buffer)];
    }

    /// <summary>Fills a journal and leaves it, as a server does that dies.</summary>
    private async Task LeaveBehindAsync(params byte[][] records)
    {
        await using var journal = Journal.Open(new JournalOptions { Directory = _folder.Path }, NullLogger<Journal>.Instance);
        foreach (var record in records) journal.Append(record, out _).ShouldBeTrue();
    }
}
