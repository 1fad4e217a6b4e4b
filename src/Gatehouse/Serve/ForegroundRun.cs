using System.Collections.Immutable;
using Gatehouse.CommandLine;
using Gatehouse.Gateway.Configuration;
using Gatehouse.Gateway.Server;
using Gatehouse.Installations;
using Gatehouse.Logs;
using Gatehouse.Processes;
using Gatehouse.Simulator;
using Gatehouse.Storage;
using Gatehouse.Terminals;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Serve;

/// <summary>
/// One run of the gateway in the foreground: takes the data directory, starts, says where it is, waits to be stopped, drains.
/// </summary>
internal sealed class ForegroundRun(ServeOptions options, Terminal terminal, StopSignals signals)
{
    private readonly string _directory = options.Inputs.DataDirectory;

    /// <summary>Runs until told to stop.</summary>
    /// <exception cref="StoreException">The data directory can't be used.</exception>
    public async Task<Report> RunAsync()
    {
        using var held = DirectoryLock.TryTake(_directory);
        if (held is null) return await TakenAsync();
        await using var simulator = options.WithSimulator
            ? await SimulatorServer.StartAsync(new SimulatorOptions { RequireKey = false, RecordRequests = false }, signals.Asked)
            : null;
        var inputs = simulator is null
            ? options.Inputs : options.Inputs with { Simulator = SimulatedProvider.Endpoints(simulator, keyed: false) };
        // A first start on a bad configuration makes nothing; later ones read it with the vault, which may bring providers in.
        if (!Installation.Exists(_directory) && ConfigLoader.Load(inputs) is { Config: null } bad) return Misconfigured(bad.Problems);
        var opening = await Installation.OpenAsync(_directory, signals.Asked);
        if (opening.Installation is not { } installation) return Report.Failed(new Problem(opening.Error!));
        await using (installation)
        {
            return await OpenAsync(
                held, installation, inputs with { VaultProviders = await installation.VaultProvidersAsync(signals.Asked) });
        }
    }

    private async Task<Report> OpenAsync(DirectoryLock held, Installation installation, ConfigInputs inputs)
    {
        using var logging = new LineLogging(terminal.Error, options.Verbose ? LogLevel.Debug : LogLevel.Information, TimeProvider.System);
        var (configuration, problems) = ConfigSource.Open(inputs, TimeProvider.System, logging.CreateLogger<ConfigSource>());
        if (configuration is null) return Misconfigured(problems);
        try
        {
            await using var run = await GatewayRun.StartAsync(installation, configuration, Environment.GetEnvironmentVariable, logging);
            using var anonymous = new AnonymousWatch(installation, configuration, logging.CreateLogger<AnonymousWatch>());
            await ServeAsync(held, installation, configuration, run.Server, anonymous);
            return Report.Told();
        }
        catch (GatewayStartException taken) when (taken.PortInUse is { } port)
        {
            return Report.Failed(PortInUse.Explain(port, "--listen http://127.0.0.1:PORT, or \"listen\" in the configuration"));
        }
    }

    private static Report Misconfigured(ImmutableArray<ConfigProblem> problems) =>
        Report.Misused([.. problems.Select(Problem.Of)], "'gatehouse config check' checks it without starting.");

    private async Task ServeAsync(
        DirectoryLock held, Installation installation, ConfigSource configuration, GatewayServer server, AnonymousWatch anonymous)
    {
        held.Announce(server.Addresses[0]);
        // Only now that callers can reach it: a token that nobody saw because the start failed would be lost.
        var first = await installation.Tokens.EnsureFirstClientTokenAsync();
        var greeting = new Greeting(installation, configuration, server, first);
        Report.Done(greeting.Print, greeting.Write).Print(terminal, ServeCommand.Name, options.Json);
        await anonymous.LookAsync(configuration.Current.Config);
        await signals.WaitAsync();
        await StopAsync(configuration, server);
    }

    private async Task StopAsync(ConfigSource configuration, GatewayServer server)
    {
        var running = server.ExchangesRunning;
        var limit = configuration.Current.Config.Limits.Drain;
        terminal.TryNote(running == 0
            ? "Stopping: no exchange runs."
            : $"Stopping: {Exchanges(running)} still run{(running == 1 ? "s" : "")} and may take {limit.TotalSeconds:0.#} s more. Signal again to end at once.");
        terminal.TryNote(await server.StopAsync()
            ? "Stopped." : $"Stopped. The time was up for {Exchanges(server.ExchangesCutOff)}: the ledger calls them interrupted.");
    }

    private async Task<Report> TakenAsync()
    {
        var holder = await RunningServer.FindAsync(_directory, CancellationToken.None);
        var who = holder switch
        {
            null => "another process that has just ended",
            { Address: { } address } => $"process {holder.ProcessId}, which serves on {address}",
            _ => $"process {holder.ProcessId}, which is starting or reading its journal",
        };
        return Report.Failed(new Problem(
            $"The data directory {_directory} is in use by {who}.",
            holder is null ? "Try again." : "Stop that one first, or choose another directory with --data-dir."));
    }

    private static string Exchanges(int count) => count == 1 ? "1 exchange" : $"{count} exchanges";
}
