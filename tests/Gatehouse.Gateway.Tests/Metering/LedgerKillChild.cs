using System.Diagnostics;
using Gatehouse.Gateway.Metering;
using Gatehouse.Storage;
using Gatehouse.Storage.Journals;

namespace Gatehouse.Gateway.Tests.Metering;

/// <summary>
/// The other half of the kill test: this test program, started with a folder in its environment, serves a ledger there under load until it
/// is killed. Every admit and settle is told on standard output after the call returned, which is when a client could know of it.
/// </summary>
internal static class LedgerKillChild
{
    private const string Variable = "GATEHOUSE_TEST_LEDGER_CHILD";

    /// <summary>The folder to serve in; null when this process is to run the tests.</summary>
    public static string? Folder => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } folder ? folder : null;

    public static Process Start(string folder)
    {
        var start = new ProcessStartInfo("dotnet", typeof(LedgerKillChild).Assembly.Location) { RedirectStandardOutput = true };
        start.Environment[Variable] = folder;
        return Process.Start(start)!;
    }

    public static async Task<int> ServeAsync(string path)
    {
        using var held = DirectoryLock.TryTake(path) ?? throw new InvalidOperationException("Another process holds the folder.");
        await using var store = await Store.OpenAsync(new StoreOptions { Directory = path, Migrations = LedgerSchema.Migrations });
        // Small segments, so that rotation, carrying over and deletion are under fire as well.
        await using var ledger = LedgerFolder.OpenLedger(store, new LedgerOptions { Journal = Small });
        await using var output = Console.OpenStandardOutput();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => Load(ledger, output))));
        return 0;
    }

    private static JournalOptions Small(JournalOptions journal) => journal with { SegmentBytes = 256 * 1024, FlushInterval = TimeSpan.FromMilliseconds(5) };

    private static void Load(Ledger ledger, Stream output)
    {
        for (var i = 0; ; i++)
        {
            // The load outruns the making of such small segments and the drain; it waits for them, or it would fill the disk.
            while (ledger.State is { Degraded: not null } or { PendingRows: > 4096 }) Thread.Sleep(1);
            var exchange = LedgerFolder.Exchange();
            ledger.Admit(exchange);
            Tell(ledger, output, 'A', exchange.Id);
            // One in eight never ends in this life.
            if (i % 8 == 7) continue;
            exchange.End = ExchangeEnd.Ok;
            ledger.Settle(exchange);
            Tell(ledger, output, 'S', exchange.Id);
        }
    }

    private static void Tell(Ledger ledger, Stream output, char what, Guid id)
    {
        // Records that went to memory are safe when they are stored, and the ledger says so: nothing is promised in that state.
        if (ledger.State.Degraded is not null) return;
        Span<byte> line = stackalloc byte[64];
        System.Text.Unicode.Utf8.TryWrite(line, $"{what} {id}\n", out var length);
        lock (output) output.Write(line[..length]);
    }
}
