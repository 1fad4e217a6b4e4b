using System.CommandLine;
using Gatehouse.CommandLine;
using Gatehouse.Gateway.Configuration;
using Gatehouse.Installations;
using Gatehouse.Processes;
using Gatehouse.Storage;

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
        var state = await LookAsync(invocation, directory, server);
        // A server that answers tells how it is, above all where its database is the trouble; without one that trouble is all there is to say.
        if (state is { IsServing: false, StoreFault: { } fault }) return Report.Failed(new Problem(fault));
        var view = new StatusView(state);
        var report = state.IsServing ? Report.Done(view.Print, view.Write) : Report.Negative(view.Print, view.Write);
        return report with { Warnings = [.. state.Warnings()] };
    }

    private static async Task<InstallationState> LookAsync(Invocation invocation, string directory, RunningServer? server)
    {
        var inputs = invocation.UnkeyedInputs();
        InstallationState Of(string? fault) => new()
        {
            Directory = directory,
            Server = server,
            Location = ConfigLocation.Find(inputs),
            Config = ConfigLoader.Load(inputs),
            StoreFault = fault,
        };
        try
        {
            inputs = await invocation.ConfigInputsAsync();
            // Looking makes nothing: without a database there is nothing to open.
            if (!Installation.Exists(directory)) return Of(null);
            var opening = await Installation.OpenToReadAsync(directory, invocation.Cancelled);
            if (opening.Installation is not { } installation) return Of(opening.Error);
            await using (installation) return await Of(null).WithStoredAsync(installation, invocation.Cancelled);
        }
        catch (StoreException e)
        {
            return Of(e.Message);
        }
    }
}
