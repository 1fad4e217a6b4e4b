using Gatehouse.Storage;
using Gatehouse.Storage.Journals;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Gateway.Metering;

/// <summary>
/// Carries settled exchanges from the journal to the database: reads a batch, stores it in one transaction, and lets the journal forget
/// what is stored. A database that refuses leaves everything in the journal and is tried again, ever more slowly. Owned by the ledger; one
/// loop.
/// </summary>
internal sealed partial class LedgerDrain : IDisposable
{
    private static readonly TimeSpan FirstBackOff = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan ForgetInterval = TimeSpan.FromHours(1);

    private readonly Store _store;
    private readonly Journal _journal;
    private readonly LedgerOptions _options;
    private readonly ILogger _logger;
    private readonly LedgerInsert _insert = new();
    private readonly OpenExchanges _open;
    private readonly List<(Guid Id, JournalPosition At)> _batch = [];
    private readonly StoredMark _mark = new();
    private readonly SemaphoreSlim _wake = new(0, 1);
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _inserting = new();
    private JournalPosition _cursor;
    private long _syncedTo;
    private bool _ended;
    private Task _loop = Task.CompletedTask;
    private long _stored;
    private long _ownStored;
    private long _damaged;
    private long _caughtUpAt;
    private long _forgotAt;

    public LedgerDrain(Store store, Journal journal, LedgerOptions options, ILogger<Ledger> logger)
    {
        (_store, _journal, _options, _logger) = (store, journal, options, logger);
        _open = new OpenExchanges(journal);
        _cursor = journal.Start;
        _caughtUpAt = options.Time.GetTimestamp();
    }

    /// <summary>Exchanges stored, recovered ones included.</summary>
    public long Stored => Interlocked.Read(ref _stored);

    /// <summary>Settled exchanges of this process that are stored.</summary>
    public long OwnStored => Interlocked.Read(ref _ownStored);

    /// <summary>Records that made no sense.</summary>
    public long Damaged => Interlocked.Read(ref _damaged);

    /// <summary>Why the database refuses; null while it does not.</summary>
    public string? Failing { get; private set; }

    /// <summary>When everything was last stored; a timestamp of the clock.</summary>
    public long CaughtUpAt => Interlocked.Read(ref _caughtUpAt);

    /// <summary>Starts the loop.</summary>
    public void Start() => _loop = Task.Run(LoopAsync);

    /// <summary>Ends the loop. Afterwards nothing reads the journal any more, whose memory may go: a batch that was given up may still be under way on the store's thread.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(false);
        End();
    }

    /// <summary>Waits until everything before a position is stored.</summary>
    public Task WaitForAsync(JournalPosition position, CancellationToken cancellationToken)
    {
        var reached = _mark.WaitForAsync(position);
        Wake();
        return reached.WaitAsync(cancellationToken);
    }

    /// <summary>Stores what earlier processes left; exchanges of theirs without an end are stored as interrupted.</summary>
    /// <exception cref="StoreException">The database refuses.</exception>
    public async Task RecoverAsync(CancellationToken cancellationToken)
    {
        while (Collect(until: _journal.OwnStart)) await StoreBatchAsync(cancellationToken).ConfigureAwait(false);
        await StoreBatchAsync(cancellationToken).ConfigureAwait(false);
        var interrupted = await StoreInterruptedAsync(cancellationToken).ConfigureAwait(false);
        if (interrupted > 0) LogInterrupted(_logger, interrupted);
        if (_cursor < _journal.OwnStart) _cursor = _journal.OwnStart;
        await MarkAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        End();
        _insert.Dispose();
        _wake.Dispose();
        _stop.Dispose();
    }

    private async Task LoopAsync()
    {
        var recovered = false;
        var backOff = FirstBackOff;
        while (true)
        {
            try
            {
                if (!recovered) await RecoverAsync(_stop.Token).ConfigureAwait(false);
                recovered = true;
                await DrainAsync().ConfigureAwait(false);
                await ForgetExpiredOwnersAsync().ConfigureAwait(false);
                Healthy();
                backOff = FirstBackOff;
                if (_stop.IsCancellationRequested) return;
                await _wake.WaitAsync(_options.DrainInterval, CancellationToken.None).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                if (_stop.IsCancellationRequested) return;
                Refused(e.Message);
                await PauseAsync(backOff).ConfigureAwait(false);
                backOff = backOff * 2 < _options.LongestBackOff ? backOff * 2 : _options.LongestBackOff;
            }
        }
    }

    private async Task DrainAsync()
    {
        var end = _journal.End;
        while (true)
        {
            var full = Collect(until: null);
            await StoreBatchAsync(_stop.Token).ConfigureAwait(false);
            if (full) continue;
            Interlocked.Exchange(ref _caughtUpAt, _options.Time.GetTimestamp());
            _mark.Reached(end < _cursor ? _cursor : end);
            return;
        }
    }

    /// <summary>
    /// Reads up to a batch of settled records; true when there may be more. A batch that was not stored is kept and tried again.
    /// </summary>
    private bool Collect(JournalPosition? until)
    {
        while (_batch.Count < _options.BatchRows)
        {
            var at = _cursor;
            var next = at;
            if (!_journal.TryRead(ref next, out var bytes))
            {
                _cursor = next;
                return false;
            }

            // The first record of our own ends the recovery and is left for later.
            if (until is { } limit && next.Segment >= limit.Segment) return false;
            _cursor = next;
            if (!LedgerRecord.TryParse(bytes, out var record)) SkipDamaged();
            else if (record.Kind == LedgerRecordKind.Settle) _batch.Add((record.Id, at));
            else if (record.Kind == LedgerRecordKind.Admit || until is not null) _open.Add(record.Id, at);
        }

        return true;
    }

    private async Task StoreBatchAsync(CancellationToken cancellationToken)
    {
        if (_batch.Count > 0)
        {
            await _store.WriteQuietlyAsync((connection, _) => Insert(connection), cancellationToken).ConfigureAwait(false);
            Interlocked.Add(ref _stored, _batch.Count);
            if (_batch[^1].At.Segment >= _journal.OwnStart.Segment) Interlocked.Add(ref _ownStored, _batch.Count);
            foreach (var (id, _) in _batch) _open.Remove(id);
            _batch.Clear();
        }

        await MarkAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Lets the journal forget what is stored, a file only when that would outlast a power loss too. Admits of exchanges that still run are carried to where
    /// the journal goes on.
    /// </summary>
    private async Task MarkAsync(CancellationToken cancellationToken)
    {
        _open.CarryBefore(_cursor.Segment);
        if (_cursor.Segment > _syncedTo && await _store.SyncAsync(cancellationToken).ConfigureAwait(false)) _syncedTo = _cursor.Segment;
        if (_cursor.Segment == _syncedTo) _journal.MarkStored(_cursor, _open.Segments);
        _mark.Reached(_cursor);
    }

    private void End()
    {
        lock (_inserting) _ended = true;
    }

    private int Insert(SqliteConnection connection)
    {
        lock (_inserting) return _ended ? 0 : InsertBatch(connection);
    }

    private int InsertBatch(SqliteConnection connection)
    {
        foreach (var (_, place) in _batch)
        {
            var at = place;
            if (!_journal.TryRead(ref at, out var bytes) || !LedgerRecord.TryParse(bytes, out var record)) continue;
            try
            {
                _insert.Add(connection, record);
            }
            catch (InvalidDataException)
            {
                SkipDamaged();
            }
        }

        return _batch.Count;
    }

    private async Task<int> StoreInterruptedAsync(CancellationToken cancellationToken)
    {
        if (_open.Count == 0) return 0;
        var added = await _store.WriteQuietlyAsync((connection, _) => InsertInterrupted(connection), cancellationToken).ConfigureAwait(false);
        Interlocked.Add(ref _stored, added);
        _open.Clear();
        return added;
    }

    private int InsertInterrupted(SqliteConnection connection)
    {
        lock (_inserting) return _ended ? 0 : InsertOpen(connection);
    }

    private int InsertOpen(SqliteConnection connection)
    {
        var added = 0;
        Span<byte> buffer = stackalloc byte[ExchangeFields.LargestRecord];
        foreach (var place in _open.Places)
        {
            var at = place;
            if (!_journal.TryRead(ref at, out var bytes) || !LedgerRecord.TryParse(bytes, out var admit)) continue;
            try
            {
                var exchange = admit.Decode();
                exchange.End = ExchangeEnd.Interrupted;
                if (exchange.CostBasis == CostBasis.None && ExchangeCost.Writes(exchange.Operation)) exchange.CostBasis = CostBasis.NoUsage;
                var length = LedgerRecord.Write(LedgerRecordKind.Settle, exchange, buffer);
                if (LedgerRecord.TryParse(buffer[..length], out var row) && _insert.Add(connection, row)) added++;
            }
            catch (InvalidDataException)
            {
                SkipDamaged();
            }
        }

        return added;
    }

    private async Task ForgetExpiredOwnersAsync()
    {
        if (_forgotAt != 0 && _options.Time.GetElapsedTime(_forgotAt) < ForgetInterval) return;
        var now = _options.Time.GetUtcNow().ToUnixTimeMilliseconds() * 1000;
        await ResponseOwners.ForgetExpiredAsync(_store, now, _stop.Token).ConfigureAwait(false);
        _forgotAt = _options.Time.GetTimestamp();
    }

    private void SkipDamaged()
    {
        Interlocked.Increment(ref _damaged);
        LogDamaged(_logger);
    }

    private void Healthy()
    {
        if (Failing is not null) LogHealthy(_logger);
        Failing = null;
    }

    private void Refused(string reason)
    {
        if (Failing is null) LogFailing(_logger, reason);
        Failing = reason;
    }

    /// <summary>Makes the loop look now. From any thread; does not block.</summary>
    public void Wake()
    {
        try
        {
            if (_wake.CurrentCount == 0) _wake.Release();
        }
        catch (Exception e) when (e is SemaphoreFullException or ObjectDisposedException)
        {
            // Someone else woke the loop in the same moment, or there is none any more: the record is in the journal.
        }
    }

    private async Task PauseAsync(TimeSpan pause)
    {
        try
        {
            await Task.Delay(pause, _options.Time, _stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The loop looks at the token itself.
        }
    }
}
