using System.CommandLine;
using Gatehouse.CommandLine;
using Gatehouse.Gateway.Access;
using Gatehouse.Gateway.Metering;
using Gatehouse.Gateway.Tenancy;
using Gatehouse.Installations;
using Gatehouse.Logs;
using Gatehouse.Processes;
using Gatehouse.Storage;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Usage;

/// <summary><c>gatehouse usage</c>: what was used and what it cost, from the ledger.</summary>
internal static class UsageCommand
{
    private static readonly string[] s_groups = [.. Enum.GetNames<UsageGroup>().Select(static name => name.ToLowerInvariant())];

    private static readonly Option<string> s_by = new("--by")
    {
        Description = $"What to sum by: {string.Join(", ", s_groups)}. Days are UTC.",
        HelpName = "GROUP",
        DefaultValueFactory = _ => "day",
    };

    private static readonly Option<bool> s_csv = new("--csv")
    {
        Description = "Print comma-separated values with a heading. What is not known is empty; costs are US dollars.",
    };

    private static readonly Option<string?> s_user = new("--user") { Description = "Only this user's exchanges.", HelpName = "ID|NAME" };

    static UsageCommand() => s_by.AcceptOnlyFromAmong(s_groups);

    /// <summary>From when on; shared with the commands below.</summary>
    internal static Option<TimeSpan?> Since { get; } = new("--since")
    {
        Description = "How far to look back: 12h, 7d, 4w. Without it, to the beginning.",
        HelpName = "PERIOD",
        CustomParser = Period.Parse,
    };

    /// <summary>Builds the command.</summary>
    public static Command Build() => new Verb(
        "usage",
        "Sum up what was used and what it cost, per day, model, provider, user and more. Beside a running server the last moments may be missing, and it says so.",
        "gatehouse usage",
        "gatehouse usage --by model --since 7d",
        "gatehouse usage --by session --user ann --csv > sessions.csv",
        "gatehouse usage --by token --json")
    {
        s_by, Since, s_user, s_csv, CommonOptions.Json, RecomputeVerb.Build(),
    }.Runs(RunAsync);

    private static async Task<Report> RunAsync(Invocation invocation)
    {
        var group = Enum.Parse<UsageGroup>(invocation.Parsed.GetValue(s_by)!, ignoreCase: true);
        var since = invocation.Parsed.GetValue(Since) is { } period ? TimeProvider.System.GetUtcNow() - period : (DateTimeOffset?)null;
        var csv = invocation.Parsed.GetValue(s_csv);
        var directory = invocation.DataDirectory;
        if (!Installation.Exists(directory)) return Shown(new UsageView(group, since, [], 0, new Dictionary<string, string>()), csv, []);

        await using var store = await Installation.OpenStoreToReadAsync(directory, invocation.Cancelled);
        var users = (await new TenantStore(store).UsersAsync(invocation.Cancelled)).ToDictionary(static u => u.Id, static u => u.Name);
        var user = invocation.Parsed.GetValue(s_user) is { } asked ? users.FirstOrDefault(u => u.Value == asked).Key ?? asked : null;
        if (user is not null && !users.ContainsKey(user)) return Report.Failed(new Problem($"There is no user '{user}'.", "gatehouse user list"));
        var (pending, warnings) = await CatchUpAsync(store, invocation);
        var rows = await new LedgerQuery(store).UsageAsync(group, since, only: new UsageFilter(user), cancellationToken: invocation.Cancelled);
        var names = group switch
        {
            UsageGroup.Token => await TokenNamesAsync(store, invocation.Cancelled),
            UsageGroup.User => users,
            _ => [],
        };
        return Shown(new UsageView(group, since, rows, pending, names), csv, warnings);
    }

    private static Report Shown(UsageView view, bool csv, IReadOnlyList<string> warnings) =>
        Report.Done(csv ? view.PrintCsv : view.Print, view.Write) with { Warnings = warnings };

    // While no server runs, nobody else would bring what a dead one left in its journal into the ledger.
    private static async Task<(long? Pending, IReadOnlyList<string> Warnings)> CatchUpAsync(Store store, Invocation invocation)
    {
        using var logging = new LineLogging(invocation.Terminal.Error, LogLevel.Warning, TimeProvider.System);
        string? full = null;
        try
        {
            if (await Ledger.DrainOfflineAsync(store, logging, invocation.Cancelled)) return (0, []);
        }
        catch (StoreException e) when (e.Failure == StoreFailure.Full)
        {
            full = e.Message;
        }

        var server = await RunningServer.FindAsync(store.Directory, invocation.Cancelled);
        if (server is null && full is not null)
            return (null, [$"{full} What a server that was killed left in its journal can't be stored, and may be missing here."]);
        return server?.PendingRows switch
        {
            0 => (0, []),
            { } rows => (rows, [$"{rows} finished exchanges are not in these sums yet: the running server has still to store them."]),
            null => (null, ["A server holds the journal but does not say how many finished exchanges it has still to store: some may be missing here."]),
        };
    }

    private static async Task<Dictionary<string, string>> TokenNamesAsync(Store store, CancellationToken cancellation) =>
        (await new AccessStore(store).LoadAsync(cancellation)).ToDictionary(t => t.Token.Id.ToString(), t => t.Token.Name);
}
