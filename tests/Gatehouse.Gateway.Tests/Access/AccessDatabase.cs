using Gatehouse.Gateway.Access;
using Gatehouse.Gateway.Server;
using Gatehouse.Secrets;
using Gatehouse.Storage;
using Gatehouse.Storage.Migrations;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Gateway.Tests.Access;

/// <summary>A database in a folder of a test's own, with as many programs on it as the test opens. Removed with the test.</summary>
internal sealed class AccessDatabase : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gatehouse-access-").FullName;
    private readonly List<Store> _opened = [];

    public string KeyFile => Path.Combine(_folder, "config", "master.key");

    public MasterKeySource MasterKey => new(_ => null, KeyFile, Path.Combine(_folder, "data"), DataDirectory.CreatePrivate);

    /// <summary>Opens it, with only the steps of the schema that are wanted, as an older program would.</summary>
    public async Task<Store> OpenAsync(Func<Migration, bool>? steps = null)
    {
        var store = await Store.OpenAsync(new StoreOptions
        {
            Directory = Path.Combine(_folder, "data"),
            Migrations = [.. GatewaySchema.Migrations.Where(steps ?? (static _ => true))],
            Readers = 1,
            PollInterval = TimeSpan.FromMilliseconds(20),
        });
        _opened.Add(store);
        return store;
    }

    public static StoredToken Token(string name, int seed) => new(
        new TokenHash([.. Enumerable.Repeat((byte)seed, TokenHash.Size)]),
        new AccessToken
        {
            Id = Guid.CreateVersion7(),
            Kind = TokenKind.Client,
            Name = name,
            Hint = "ghc_…abcd",
            CreatedAt = DateTimeOffset.FromUnixTimeSeconds(1_790_000_000),
        });

    public static Task<int> ExecuteAsync(Store store, string sql) => store.WriteAsync((connection, transaction) =>
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.Transaction = transaction;
        return command.ExecuteNonQuery();
    });

    /// <summary>Waits for a condition that another thread brings about, for 10 s at most.</summary>
    public static async Task UntilAsync(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (!condition())
        {
            await timer.WaitForNextTickAsync(limit.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var store in _opened) await store.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}

/// <summary>Keeps every line that is logged, exceptions included, to be searched.</summary>
internal sealed class KeptLog<T> : ILogger<T>
{
    private readonly Lock _gate = new();
    private readonly List<string> _lines = [];

    public string Text
    {
        get
        {
            lock (_gate) return string.Join('\n', _lines);
        }
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        lock (_gate) _lines.Add($"{logLevel} {formatter(state, exception)} {exception}");
    }
}
