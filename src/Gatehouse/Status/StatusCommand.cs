using System.CommandLine;
using Gatehouse.CommandLine;
using Gatehouse.Gateway.Configuration;
using Gatehouse.Installations;
using Gatehouse.Processes;

namespace Gatehouse.Status;

/// <summary><c>gatehouse status</c>: how the installation of a data directory is, from outside its server.</summary>
internal static class StatusCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Build() => new Verb(
        "status",
        "Say whether a server runs on the data directory and how it is: address, configuration, providers and where their keys come from, tokens, ledger. Exit code 1 when none runs.",
        "gatehouse status",
        "gatehouse status --json | jq .data.server.address") { CommonOptions.Json }.Runs(RunAsync);

    private static async Task<Report> RunAsync(Invocation invocation)
    {
        var directory = invocation.DataDirectory;
        var server = Directory.Exists(directory) ? await RunningServer.FindAsync(directory, invocation.Cancelled) : null;
        var inputs = await invocation.ConfigInputsAsync();
        var config = ConfigLoader.Load(inputs);
        var state =
            new InstallationState { Directory = directory, Server = server, Location = ConfigLocation.Find(inputs), Config = config };
        // Looking makes nothing: without a database there is nothing to open.
        if (Installation.Exists(directory))
        {
            var opening = await Installation.OpenAsync(directory, invocation.Cancelled);
            if (opening.Installation is not { } installation) return Report.Failed(new Problem(opening.Error!));
            await using (installation) state = await state.WithStoredAsync(installation, invocation.Cancelled);
        }

        var view = new StatusView(state);
        var report = state.IsServing ? Report.Done(view.Print, view.Write) : Report.Negative(view.Print, view.Write);
        return report with { Warnings = [.. state.Warnings()] };
    }
}
