using System.CommandLine;
using Gatehouse.CommandLine;
using Gatehouse.Gateway.Access;
using Gatehouse.Gateway.Metering;
using Gatehouse.Installations;
using Gatehouse.Logs;
using Gatehouse.Processes;
using Gatehouse.Storage;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Usage;

/// <summary><c>gatehouse usage</c>: what was used, from the ledger.</summary>
internal static class UsageCommand
{
    private static readonly Option<string> s_by = new("--by")
    {
        Description = "What to sum by; days are UTC.",
        HelpName = "day|model|provider|token",
        DefaultValueFactory = _ => "day",
    };

    private static readonly Option<TimeSpan?> s_since = new("--since")
    {
        Description = "How far to look back: 12h, 7d, 4w. Without it, to the beginning.",
        HelpName = "PERIOD",
        CustomParser = Period.Parse,
    };

    static UsageCommand() => s_by.AcceptOnlyFromAmong("day", "model", "provider", "token");

    /// <summary>Builds the command.</summary>
    public static Command Build() => new Verb(
        "usage",
        "Sum up what was used, per day, model, provider or token. Beside a running server the last moments may be missing, and it says so.",
        "gatehouse usage",
        "gatehouse usage --by model --since 7d",
        "gatehouse usage --by token --json") { s_by, s_since, CommonOptions.Json }.Runs(RunAsync);

    private static async Task<Report> RunAsync(Invocation invocation)
    {
        var group = Enum.Parse<UsageGroup>(invocation.Parsed.GetValue(s_by)!, ignoreCase: true);
        var since = invocation.Parsed.GetValue(s_since) is { } period ? TimeProvider.System.GetUtcNow() - period : (DateTimeOffset?)null;
        var directory = invocation.DataDirectory;
        if (!Installation.Exists(directory)) return Shown(new UsageView(group, since, [], 0, new Dictionary<string, string>()), []);

        await using var store = await Installation.OpenStoreAsync(directory, invocation.Cancelled);
        var (pending, warnings) = await CatchUpAsync(store, invocation);
        var rows = await new LedgerQuery(store).UsageAsync(group, since, cancellationToken: invocation.Cancelled);
        var names = group == UsageGroup.Token ? await TokenNamesAsync(store, invocation.Cancelled) : [];
        return Shown(new UsageView(group, since, rows, pending, names), warnings);
    }

    private static Report Shown(UsageView view, IReadOnlyList<string> warnings) =>
        Report.Done(view.Print, view.Write) with { Warnings = warnings };

    // While no server runs, nobody else would bring what a dead one left in its journal into the ledger.
    private static async Task<(long? Pending, IReadOnlyList<string> Warnings)> CatchUpAsync(Store store, Invocation invocation)
    {
        using var logging = new LineLogging(invocation.Terminal.Error, LogLevel.Warning, TimeProvider.System);
        if (await Ledger.DrainOfflineAsync(store, logging, invocation.Cancelled)) return (0, []);
        return (await RunningServer.FindAsync(store.Directory, invocation.Cancelled))?.PendingRows switch
        {
            0 => (0, []),
            { } rows => (rows, [$"{rows} finished exchanges are not in these sums yet: the running server has still to store them."]),
            null => (null, ["A server holds the journal but does not say how many finished exchanges it has still to store: some may be missing here."]),
        };
    }

    private static async Task<Dictionary<string, string>> TokenNamesAsync(Store store, CancellationToken cancellation) =>
        (await new AccessStore(store).LoadAsync(cancellation)).ToDictionary(t => t.Token.Id.ToString(), t => t.Token.Name);
}
