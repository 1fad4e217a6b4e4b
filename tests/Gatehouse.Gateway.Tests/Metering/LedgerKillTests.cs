using Gatehouse.Gateway.Metering;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gatehouse.Gateway.Tests.Metering;

public sealed class LedgerKillTests : IDisposable
{
    private const int Kills = 20;
    private readonly LedgerFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Killed_twenty_times_under_load_no_acknowledged_exchange_is_without_its_row()
    {
        var admitted = new HashSet<Guid>();
        var settled = new HashSet<Guid>();
        var random = new Random(20);
        for (var kill = 0; kill < Kills; kill++) await RunUntilKilledAsync(random.Next(1, 10_000), admitted, settled);

        await using var store = await _folder.OpenStoreAsync();
        (await Ledger.DrainOfflineAsync(store, NullLoggerFactory.Instance)).ShouldBeTrue();
        var rows = (await LedgerFolder.RowsAsync(store)).ToDictionary(r => r.Id, r => r.End);

        settled.Count.ShouldBeGreaterThan(Kills);
        settled.Count(id => !rows.TryGetValue(id, out var end) || end != ExchangeEnd.Ok).ShouldBe(0);
        admitted.Count(id => !rows.ContainsKey(id)).ShouldBe(0);
        // Not told as settled: it was not, or the kill came between the call and the telling.
        rows.Values.Count(end => end != ExchangeEnd.Ok && end != ExchangeEnd.Interrupted).ShouldBe(0);
        admitted.Count(id => !settled.Contains(id) && rows[id] == ExchangeEnd.Interrupted).ShouldBeGreaterThan(0);
        _folder.Segments().ShouldBeEmpty();
    }

    /// <summary>Lets a child serve until it has told so many lines, kills it, and takes down everything that it told.</summary>
    private async Task RunUntilKilledAsync(int lines, HashSet<Guid> admitted, HashSet<Guid> settled)
    {
        using var child = LedgerKillChild.Start(_folder.Path);
        try
        {
            for (var told = 0; await ReadLineAsync(child) is { } line; told++)
            {
                // The pipe holds on to what was told before the kill; a last line that was cut off was not told.
                if (line.Length == 38) (line[0] == 'S' ? settled : admitted).Add(Guid.ParseExact(line[2..], "D"));
                if (told == lines) child.Kill();
            }
        }
        finally
        {
            if (!child.HasExited) child.Kill();
            await child.WaitForExitAsync().WaitAsync(LedgerFolder.Ceiling);
        }

        child.ExitCode.ShouldBe(137);
    }

    private static Task<string?> ReadLineAsync(System.Diagnostics.Process child) => child.StandardOutput.ReadLineAsync().WaitAsync(LedgerFolder.Ceiling);
}
