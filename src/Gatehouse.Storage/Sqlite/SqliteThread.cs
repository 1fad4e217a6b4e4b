using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;

namespace Gatehouse.Storage.Sqlite;

/// <summary>
/// A thread that owns one connection and runs jobs from a queue in order. SQLite is synchronous in .NET: its waits belong here and never on
/// a thread of the pool, where they would stall streams.
/// </summary>
internal sealed class SqliteThread : IDisposable
{
    private readonly BlockingCollection<SqliteJob> _jobs;
    private readonly SqliteConnection _connection;
    private readonly Thread _thread;
    private volatile bool _hurried;

    public SqliteThread(string name, SqliteConnection connection, BlockingCollection<SqliteJob> jobs)
    {
        _jobs = jobs;
        _connection = connection;
        _thread = new Thread(Loop) { IsBackground = true, Name = name };
        _thread.Start();
    }

    /// <summary>Waits for the thread to end, which it does when its queue has been completed and emptied; closes the connection.</summary>
    public void Dispose()
    {
        _thread.Join();
        _connection.Dispose();
    }

    /// <summary>From now on, work that stands behind a job which another program's lock kept out is refused as that one was, instead of waiting for the lock anew.</summary>
    public void Hurry() => _hurried = true;

    private void Loop()
    {
        var locked = false;
        foreach (var job in _jobs.GetConsumingEnumerable())
        {
            if (locked && _hurried) job.Fail(new StoreException(StoreFailure.Busy, $"{_connection.DataSource} is locked by another program, and nobody waits for it any more."));
            else locked = !job.Run(_connection);
        }
    }
}
