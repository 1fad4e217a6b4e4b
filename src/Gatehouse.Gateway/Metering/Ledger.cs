using System.Runtime.CompilerServices;
using Gatehouse.Storage;
using Gatehouse.Storage.Journals;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Gateway.Metering;

/// <summary>
/// The durable record of usage: an admission and an end per exchange go to the journal at once, and from there, off the request's path, to
/// the table <c>exchanges</c>. <see cref="Admit"/> and <see cref="Settle"/> are thread-safe, never block, never throw for a sick disk or
/// database, and allocate nothing. One per serving process, which holds the data directory's lock.
/// </summary>
public sealed class Ledger : IAsyncDisposable
{
    private readonly Store _store;
    private readonly LedgerOptions _options;
    private readonly Journal _journal;
    private readonly LedgerDrain _drain;
    private long _settled;

    private Ledger(Store store, Journal journal, LedgerOptions options, ILogger<Ledger> logger)
    {
        _store = store;
        _options = options;
        _journal = journal;
        _drain = new LedgerDrain(store, journal, options, logger);
        _drain.Start();
    }

    /// <summary>How the ledger is doing; cheap enough for every scrape.</summary>
    public LedgerState State
    {
        get
        {
            var journal = _journal.State;
            // Stored is read first: read the other way round, rows stored in between would make the difference negative.
            var stored = _drain.Stored;
            var pending = Math.Max(0, Interlocked.Read(ref _settled) - _drain.OwnStored);
            return new LedgerState(
                _drain.Failing ?? journal.Degraded,
                pending,
                pending == 0 ? 0 : _options.Time.GetElapsedTime(_drain.CaughtUpAt).TotalSeconds,
                stored,
                journal.Lost,
                journal.Damaged + _drain.Damaged);
        }
    }

    /// <summary>
    /// Opens the ledger over an open store, beginning with what an earlier process left in the journal. The caller holds the
    /// <see cref="DirectoryLock"/> of the store's directory and disposes of the ledger before the store.
    /// </summary>
    /// <exception cref="StoreException">The journal's folder cannot be read.</exception>
    public static Ledger Open(Store store, ILoggerFactory loggers, LedgerOptions? options = null)
    {
        options ??= new LedgerOptions();
        return new Ledger(store, OpenJournal(store.Directory, loggers, options, recoverOnly: false), options, loggers.CreateLogger<Ledger>());
    }

    /// <summary>
    /// Stores what a dead server left in the journal, for a command that reads the ledger while none runs. False when one runs (or another
    /// command drains): rows may then be pending.
    /// </summary>
    /// <exception cref="StoreException">The directory or database cannot be used.</exception>
    public static async Task<bool> DrainOfflineAsync(Store store, ILoggerFactory loggers, CancellationToken cancellationToken = default)
    {
        using var held = DirectoryLock.TryTake(store.Directory);
        if (held is null) return false;
        var options = new LedgerOptions();
        await using var journal = OpenJournal(store.Directory, loggers, options, recoverOnly: true);
        using var drain = new LedgerDrain(store, journal, options, loggers.CreateLogger<Ledger>());
        await drain.RecoverAsync(cancellationToken).ConfigureAwait(false);
        return true;
    }

    /// <summary>
    /// Writes down that an exchange began. Should the process die before it is settled, the ledger shows it as interrupted.
    /// </summary>
    public void Admit(ExchangeRecord exchange) => Append(LedgerRecordKind.Admit, exchange);

    /// <summary>Writes down how it ended; to be called before the client can see that end.</summary>
    public void Settle(ExchangeRecord exchange)
    {
        if (Append(LedgerRecordKind.Settle, exchange) && Interlocked.Increment(ref _settled) % _options.BatchRows == 0) _drain.Wake();
    }

    /// <summary>
    /// Waits until everything settled so far has its row. Waits long when the database refuses: give it a token with a limit.
    /// </summary>
    public Task FlushAsync(CancellationToken cancellationToken = default) => _drain.WaitForAsync(_journal.End, cancellationToken);

    /// <summary>
    /// Stores what is left, at most for <see cref="LedgerOptions.CloseLimit"/>, and closes the journal. A store that is hurried already is not waited for.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        using (var limit = new CancellationTokenSource(_store.IsHurried ? TimeSpan.Zero : _options.CloseLimit, _options.Time))
        {
            try
            {
                await FlushAsync(limit.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                // The rest stays in the journal's files.
            }
        }

        await _drain.StopAsync().ConfigureAwait(false);
        _drain.Dispose();
        await _journal.DisposeAsync().ConfigureAwait(false);
    }

    private static Journal OpenJournal(string directory, ILoggerFactory loggers, LedgerOptions options, bool recoverOnly)
    {
        var journal = new JournalOptions { Directory = directory, Time = options.Time, RecoverOnly = recoverOnly };
        return Journal.Open(options.Journal?.Invoke(journal) ?? journal, loggers.CreateLogger<Journal>());
    }

    // The buffer is overwritten as far as it is used: clearing 8 KB would cost more than the encoding.
    [SkipLocalsInit]
    private bool Append(LedgerRecordKind kind, ExchangeRecord exchange)
    {
        Span<byte> buffer = stackalloc byte[ExchangeFields.LargestRecord];
        var length = LedgerRecord.Write(kind, exchange, buffer);
        return _journal.Append(buffer[..length], out _);
    }
}
