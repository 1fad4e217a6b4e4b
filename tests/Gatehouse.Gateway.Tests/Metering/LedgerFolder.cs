using Dapper;
using Gatehouse.Gateway.Conversations;
using Gatehouse.Gateway.Metering;
using Gatehouse.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gatehouse.Gateway.Tests.Metering;

/// <summary>A data directory of the test's own, with what opens stores and ledgers in it.</summary>
internal sealed class LedgerFolder : IDisposable
{
    public static readonly TimeSpan Ceiling = TimeSpan.FromSeconds(10);

    public string Path { get; } = Directory.CreateTempSubdirectory("gatehouse-ledger-").FullName;

    public Task<Store> OpenStoreAsync(TimeSpan? busy = null) => Store.OpenAsync(new StoreOptions
    {
        Directory = Path,
        Migrations = LedgerSchema.Migrations,
        BusyTimeout = busy ?? TimeSpan.FromSeconds(5),
    });

    public static Ledger OpenLedger(Store store, LedgerOptions? options = null) =>
        Ledger.Open(store, NullLoggerFactory.Instance, (options ?? new LedgerOptions()) with { DrainInterval = TimeSpan.FromMilliseconds(5) });

    /// <summary>Owners of stored responses that were remembered; the store is never asked.</summary>
    public static OwnedResponses NoOwners() =>
        new(static (_, _) => throw new InvalidOperationException("looked up in the store"), TimeProvider.System);

    public static async Task FlushAsync(Ledger ledger)
    {
        using var limit = new CancellationTokenSource(Ceiling);
        await ledger.FlushAsync(limit.Token);
    }

    public static Task<List<(Guid Id, ExchangeEnd End)>> RowsAsync(Store store) =>
        store.ReadAsync(c => c.Query<(byte[] Id, long End)>("SELECT id, end_kind FROM exchanges ORDER BY id")
            .Select(r => (new Guid(r.Id, bigEndian: true), (ExchangeEnd)r.End)).ToList());

    public static ExchangeRecord Exchange(string model = "sim/echo") => new()
    {
        Id = Guid.CreateVersion7(),
        StartedAtMicros = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() * 1000,
        ModelAsked = model,
    };

    public string[] Segments() => Directory.GetFiles(System.IO.Path.Combine(Path, "journal"));

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
