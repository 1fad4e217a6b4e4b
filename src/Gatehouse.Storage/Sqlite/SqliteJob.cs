using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Gatehouse.Storage.Sqlite;

/// <summary>One piece of work for a database thread. Made by a caller, run at most once by a thread.</summary>
internal abstract class SqliteJob
{
    /// <summary>Runs on the database thread that owns <paramref name="connection"/>; never throws. False when another program's lock kept it out.</summary>
    public abstract bool Run(SqliteConnection connection);

    /// <summary>Ends the job without running it.</summary>
    public abstract void Fail(Exception reason);
}

/// <summary>
/// A query or a change, with the caller's task. Giving up (cancellation, time limit) answers the caller at once, interrupts the statement
/// that runs, and for a change means that nothing was written: after the point where the commit begins, giving up is no longer possible.
/// </summary>
internal sealed class SqliteJob<T> : SqliteJob
{
    private const int Waiting = 0, Running = 1, Final = 2, GivenUp = 3;

    private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Func<SqliteConnection, T>? _query;
    private readonly Func<SqliteConnection, SqliteTransaction, T>? _change;
    private readonly Action? _changed;
    private readonly Lock _connectionGate = new();
    private SqliteConnection? _connection;
    private int _state;

    public SqliteJob(Func<SqliteConnection, T> query) => _query = query;

    public SqliteJob(Func<SqliteConnection, SqliteTransaction, T> change, Action? changed) => (_change, _changed) = (change, changed);

    /// <summary>Waits for the outcome, at most for <paramref name="limit"/>.</summary>
    public async Task<T> WaitAsync(TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            return await _done.Task.WaitAsync(limit, time, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            // Whether the job was quicker is decided by its state alone: it may have ended after the limit passed and before we came here.
            if (GiveUp()) throw;
            return await _done.Task.ConfigureAwait(false);
        }
    }

    public override bool Run(SqliteConnection connection)
    {
        if (Interlocked.CompareExchange(ref _state, Running, Waiting) != Waiting) return true;
        lock (_connectionGate) _connection = connection;
        try
        {
            var result = _query is not null ? Query(connection) : Change(connection);
            Forget();
            _done.TrySetResult(result);
        }
        catch (SqliteException e) when (StoreException.From(e, connection.DataSource) is { } named)
        {
            Forget();
            _done.TrySetException(named);
            return named.Failure != StoreFailure.Busy;
        }
        catch (Exception e)
        {
            Forget();
            _done.TrySetException(e);
        }

        return true;
    }

    public override void Fail(Exception reason)
    {
        if (Interlocked.CompareExchange(ref _state, Final, Waiting) == Waiting) _done.TrySetException(reason);
    }

    private T Query(SqliteConnection connection)
    {
        var result = _query!(connection);
        Interlocked.CompareExchange(ref _state, Final, Running);
        return result;
    }

    private T Change(SqliteConnection connection)
    {
        using var transaction = connection.BeginTransaction(deferred: false);
        var result = _change!(connection, transaction);
        if (Interlocked.CompareExchange(ref _state, Final, Running) != Running)
            throw new OperationCanceledException("The caller gave the change up before it was committed.");
        transaction.CommitOrTell();
        _changed?.Invoke();
        return result;
    }

    private bool GiveUp()
    {
        if (Interlocked.CompareExchange(ref _state, GivenUp, Waiting) == Waiting) return true;
        if (Interlocked.CompareExchange(ref _state, GivenUp, Running) != Running) return false;
        // The gate keeps the interrupt from hitting the next job on the same connection.
        lock (_connectionGate)
        {
            if (_connection is { Handle: { } handle }) raw.sqlite3_interrupt(handle);
        }

        return true;
    }

    private void Forget()
    {
        lock (_connectionGate) _connection = null;
    }
}
