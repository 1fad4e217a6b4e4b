using Gatehouse.Storage.Sqlite;

namespace Gatehouse.Storage;

/// <summary>
/// Notices that the database changed. <c>PRAGMA data_version</c> is asked on the writer's own connection, where it moves only for commits
/// of other connections: our own writes announce themselves, and quiet ones (the ledger's) stay unheard. Owned by the store.
/// </summary>
internal sealed class ChangeWatch : IAsyncDisposable
{
    /// <summary>The question; about 3 µs.</summary>
    public const string Query = "PRAGMA data_version";

    private readonly Store _store;
    private readonly PeriodicTimer _timer;
    private readonly Task _loop;
    private long _fileVersion;
    private long _seen;

    public ChangeWatch(Store store, StoreOptions options, long fileVersion)
    {
        _store = store;
        _fileVersion = fileVersion;
        _timer = new PeriodicTimer(options.PollInterval, options.Time);
        _loop = Task.Run(PollAsync);
    }

    public event EventHandler? Changed;

    public long Seen => Interlocked.Read(ref _seen);

    /// <summary>A write of ours was committed. Called on the writer thread.</summary>
    public void Own()
    {
        Interlocked.Increment(ref _seen);
        // A handler usually reads the store again; on the writer thread it would hold up the writes behind it.
        if (Changed is { } changed) ThreadPool.QueueUserWorkItem(Raise, changed, preferLocal: false);
    }

    public async ValueTask DisposeAsync()
    {
        _timer.Dispose();
        await _loop.ConfigureAwait(false);
    }

    private void Raise(EventHandler handlers)
    {
        foreach (var handler in handlers.GetInvocationList())
        {
            try
            {
                ((EventHandler)handler)(_store, EventArgs.Empty);
            }
            catch (Exception)
            {
                // One listener's fault must neither silence the others nor end the process; listeners report their own.
            }
        }
    }

    private async Task PollAsync()
    {
        while (await _timer.WaitForNextTickAsync().ConfigureAwait(false))
        {
            try
            {
                var version = await _store.OnWriterAsync(c => SqliteConnections.Number(c, Query)).ConfigureAwait(false);
                if (version == _fileVersion) continue;
                _fileVersion = version;
                Own();
            }
            catch (Exception)
            {
                // A sick or busy store is reported by the work that needs it; the next tick asks again.
            }
        }
    }
}
