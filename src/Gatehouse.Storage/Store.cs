using System.Collections.Concurrent;
using Gatehouse.Storage.Migrations;
using Gatehouse.Storage.Sqlite;
using Microsoft.Data.Sqlite;

namespace Gatehouse.Storage;

/// <summary>
/// The database of one data directory: SQLite in WAL mode with one writer thread and a few reader threads. Several processes may have it
/// open at once. Work runs on the store's own threads, so callers' delegates must not block on anything but the connection. Thread-safe.
/// </summary>
public sealed class Store : IAsyncDisposable
{
    private readonly StoreOptions _options;
    private readonly BlockingCollection<SqliteJob> _reads;
    private readonly BlockingCollection<SqliteJob> _writes;
    private readonly List<SqliteThread> _threads = [];
    private readonly ChangeWatch _watch;
    private int _disposed;

    private Store(StoreOptions options, SqliteConnection writer, IReadOnlyList<SqliteConnection> readers)
    {
        _options = options;
        _writes = new BlockingCollection<SqliteJob>(options.QueueLimit);
        _threads.Add(new SqliteThread("gatehouse-store-writer", writer, _writes));
        // Where there is but one connection, it does all the work.
        _reads = readers.Count == 0 ? _writes : new BlockingCollection<SqliteJob>(options.QueueLimit);
        foreach (var reader in readers) _threads.Add(new SqliteThread("gatehouse-store-reader", reader, _reads));
        _watch = new ChangeWatch(this, options, SqliteConnections.Number(writer, ChangeWatch.Query));
    }

    /// <summary>
    /// Raised on a pool thread after a write of ours was committed, and within <see cref="StoreOptions.PollInterval"/> after another
    /// program changed the database. Says that something changed, not what; several changes may be told as one.
    /// </summary>
    public event EventHandler? Changed
    {
        add => _watch.Changed += value;
        remove => _watch.Changed -= value;
    }

    /// <summary>Counts the changes seen; never goes down.</summary>
    public long DataVersion => _watch.Seen;

    /// <summary>The database's path.</summary>
    public string File => _options.DatabaseFile;

    /// <summary>The data directory.</summary>
    public string Directory => _options.Directory;

    /// <summary>Opens or creates the database and brings its schema up to date.</summary>
    /// <exception cref="StoreException">The directory or database cannot be used; the message says why.</exception>
    public static Task<Store> OpenAsync(StoreOptions options, CancellationToken cancellationToken = default) =>
        Task.Factory.StartNew(() => Open(options), cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>Runs a query on a reader thread. A change attempted there is refused by SQLite.</summary>
    /// <exception cref="StoreException">The store is busy, closed or failing.</exception>
    public Task<T> ReadAsync<T>(Func<SqliteConnection, T> query, CancellationToken cancellationToken = default) =>
        ReadAsync(query, Timeout.InfiniteTimeSpan, cancellationToken);

    /// <summary>Runs a query on a reader thread, waiting at most <paramref name="limit"/> for it (queueing included).</summary>
    /// <exception cref="TimeoutException">The limit passed; the query is interrupted.</exception>
    /// <exception cref="StoreException">The store is busy, closed or failing.</exception>
    public Task<T> ReadAsync<T>(Func<SqliteConnection, T> query, TimeSpan limit, CancellationToken cancellationToken = default) =>
        EnqueueAsync(_reads, new SqliteJob<T>(query), limit, cancellationToken);

    /// <summary>
    /// Runs a change on the writer thread in a transaction of its own, committed when the delegate returns and rolled back when it throws.
    /// </summary>
    /// <exception cref="StoreException">The store is busy, closed or failing.</exception>
    public Task<T> WriteAsync<T>(Func<SqliteConnection, SqliteTransaction, T> change, CancellationToken cancellationToken = default) =>
        WriteAsync(change, Timeout.InfiniteTimeSpan, cancellationToken);

    /// <summary>As the other, waiting at most <paramref name="limit"/>; when that passes, nothing was written.</summary>
    /// <exception cref="TimeoutException">The limit passed; nothing was written.</exception>
    /// <exception cref="StoreException">The store is busy, closed or failing.</exception>
    public Task<T> WriteAsync<T>(
        Func<SqliteConnection, SqliteTransaction, T> change, TimeSpan limit, CancellationToken cancellationToken = default) =>
        EnqueueAsync(_writes, new SqliteJob<T>(change, _watch.Own), limit, cancellationToken);

    /// <summary>
    /// A change that does not raise <see cref="Changed"/>: for rows that no snapshot is built from, such as the ledger's, which would
    /// otherwise make every reader of configuration reload many times a second. The connection is the same at every call, so that
    /// prepared statements can be kept.
    /// </summary>
    /// <exception cref="StoreException">The store is busy, closed or failing.</exception>
    public Task<T> WriteQuietlyAsync<T>(
        Func<SqliteConnection, SqliteTransaction, T> change, CancellationToken cancellationToken = default) =>
        EnqueueAsync(_writes, new SqliteJob<T>(change, changed: null), Timeout.InfiniteTimeSpan, cancellationToken);

    /// <summary>
    /// Makes what was committed outlast a power loss, unless somebody is still reading what was before, or is at the same; false then. A commit alone does not wait for
    /// the disk: whoever keeps a copy of what he stored asks for this before he lets go of it. Slow, and no more often needed than that.
    /// </summary>
    /// <exception cref="StoreException">The store is closed or failing.</exception>
    public Task<bool> SyncAsync(CancellationToken cancellationToken = default) => EnqueueAsync(
        _writes, new SqliteJob<bool>(static c => c.TryCheckpoint()), Timeout.InfiniteTimeSpan, cancellationToken);

    /// <summary>
    /// For a process that is to end: once another program's lock has kept one piece of work out, all that is queued or comes later fails with <see cref="StoreFailure.Busy"/> at once.
    /// Before, each of them waits for the lock in its turn. Work on a database that is not locked is done as ever.
    /// </summary>
    public void Hurry()
    {
        IsHurried = true;
        foreach (var thread in _threads) thread.Hurry();
    }

    /// <summary>Whether <see cref="Hurry"/> was called.</summary>
    public bool IsHurried { get; private set; }

    /// <summary>Finishes the work that is queued and closes every connection.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        await _watch.DisposeAsync().ConfigureAwait(false);
        _reads.CompleteAdding();
        _writes.CompleteAdding();
        await Task.Factory.StartNew(Close, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)
            .ConfigureAwait(false);
    }

    /// <summary>Runs on the writer's own connection without a transaction; for the change watch.</summary>
    internal Task<T> OnWriterAsync<T>(Func<SqliteConnection, T> query) =>
        EnqueueAsync(_writes, new SqliteJob<T>(query), Timeout.InfiniteTimeSpan, CancellationToken.None);

    private static Store Open(StoreOptions options)
    {
        try
        {
            options.Prepare(options.Directory);
            DataDirectory.CreatePrivateFile(options.DatabaseFile);
            return Open(options, Math.Max(1, options.Readers), alone: false);
        }
        catch (StoreException full) when (full.Failure == StoreFailure.Full && options.ReadsOnFullDisk && System.IO.File.Exists(options.DatabaseFile))
        {
            return OpenOnFullDisk(options);
        }
    }

    // While others have it open, the index of its log is there. Else there is no room to make one but in memory, which only a connection that has the database to itself may do.
    private static Store OpenOnFullDisk(StoreOptions options)
    {
        try
        {
            return Open(options, readers: 0, alone: false);
        }
        catch (StoreException e) when (e.Failure is StoreFailure.Full or StoreFailure.NotWritable)
        {
            return Open(options, readers: 0, alone: true);
        }
    }

    private static Store Open(StoreOptions options, int readers, bool alone)
    {
        var opened = new List<SqliteConnection>();
        try
        {
            var writer = SqliteConnections.OpenWriter(options.DatabaseFile, options.BusyTimeout, alone);
            opened.Add(writer);
            Migrator.Apply(writer, options.Migrations, options.Time);
            for (var i = 0; i < readers; i++) opened.Add(SqliteConnections.OpenReader(options.DatabaseFile, options.BusyTimeout));
            return new Store(options, writer, [.. opened.Skip(1)]);
        }
        catch (Exception e)
        {
            foreach (var connection in opened) connection.Dispose();
            if (e is SqliteException sqlite && StoreException.From(sqlite, options.DatabaseFile) is { } named) throw named;
            throw;
        }
    }

    private async Task<T> EnqueueAsync<T>(
        BlockingCollection<SqliteJob> queue, SqliteJob<T> job, TimeSpan limit, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            if (!queue.TryAdd(job, 0, CancellationToken.None))
                throw new StoreException(StoreFailure.Busy, $"{File} is busy: {_options.QueueLimit} requests wait for it.");
        }
        catch (InvalidOperationException e)
        {
            throw new StoreException(StoreFailure.Closed, $"{File} has been closed.", e);
        }

        return await job.WaitAsync(limit, _options.Time, cancellationToken).ConfigureAwait(false);
    }

    private void Close()
    {
        foreach (var thread in _threads) thread.Dispose();
        _reads.Dispose();
        _writes.Dispose();
    }
}
