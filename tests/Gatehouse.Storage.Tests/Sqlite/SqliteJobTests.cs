using Gatehouse.Storage.Sqlite;
using Microsoft.Data.Sqlite;

namespace Gatehouse.Storage.Tests.Sqlite;

public sealed class SqliteJobTests : IDisposable
{
    private readonly SqliteConnection _connection;

    public SqliteJobTests()
    {
        _connection = NativeSqlite.Connection("Data Source=:memory:");
        _connection.Open();
        _connection.Run("CREATE TABLE notes (text TEXT)");
    }

    public void Dispose() => _connection.Dispose();

    [Fact]
    public async Task A_change_that_was_committed_just_after_the_limit_passed_is_told_as_made()
    {
        var job = new SqliteJob<int>(Insert, changed: null);
        var time = new LateTimer(() => job.Run(_connection));
        (await job.WaitAsync(TimeSpan.FromSeconds(1), time, CancellationToken.None)).ShouldBe(1);
        _connection.Number("SELECT COUNT(*) FROM notes").ShouldBe(1);
    }

    [Fact]
    public async Task A_change_that_begins_after_the_limit_passed_is_not_made()
    {
        var job = new SqliteJob<int>(Insert, changed: null);
        await Should.ThrowAsync<TimeoutException>(
            () => job.WaitAsync(TimeSpan.FromSeconds(1), new LateTimer(() => { }), CancellationToken.None));
        job.Run(_connection);
        _connection.Number("SELECT COUNT(*) FROM notes").ShouldBe(0);
    }

    private static int Insert(SqliteConnection connection, SqliteTransaction transaction)
    {
        connection.Run("INSERT INTO notes VALUES ('one')", transaction);
        return 1;
    }

    /// <summary>A clock whose timers are due at once, with something happening between the limit and whoever waits for it.</summary>
    private sealed class LateTimer(Action then) : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            callback(state);
            then();
            return base.CreateTimer(_ => { }, null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }
}
