using System.Collections.Immutable;
using Gatehouse.CommandLine;
using Gatehouse.Gateway.Configuration;
using Gatehouse.Gateway.Routing;
using Gatehouse.Installations;
using Gatehouse.Logs;
using Gatehouse.Processes;
using Gatehouse.Secrets;
using Gatehouse.Simulator;
using Gatehouse.Storage;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Smoke;

/// <summary>
/// The gateway that the smoke run calls: the one that serves the data directory, or, when none runs, one that this process starts for as
/// long as it takes, on a free loopback port, with the person's configuration and keys and the simulated provider beside it. Where there is
/// no installation either, it works in a temporary folder that is removed.
/// </summary>
internal sealed class SmokeGateway : IAsyncDisposable
{
    private readonly List<IAsyncDisposable> _parts = [];

    private SmokeGateway()
    {
    }

    /// <summary>Where it listens.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>Database and keys.</summary>
    public Installation Installation { get; private set; } = null!;

    /// <summary>Whether this process started it.</summary>
    public bool IsOwn { get; private init; }

    /// <summary>The names of its providers.</summary>
    public IReadOnlyList<string> Providers { get; private set; } = [];

    /// <summary>Where names lead, as this process reads the configuration; null when it can't.</summary>
    public RouteTable? Routes { get; private set; }

    /// <summary>The model that agents are set up with, where the running gateway's configuration names one.</summary>
    public string? DefaultModel { get; private set; }

    /// <summary>Finds the gateway that runs, or starts one.</summary>
    /// <returns>The gateway, or what is wrong.</returns>
    public static async Task<(SmokeGateway? Gateway, Report? Failure)> OpenAsync(Invocation invocation, CancellationToken cancellation)
    {
        var directory = invocation.DataDirectory;
        var exists = Installation.Exists(directory);
        var running = exists ? await RunningServer.FindAsync(directory, cancellation) : null;
        if (running is { Health: null })
            return (null, Report.Failed(new Problem($"Process {running.ProcessId} holds the data directory {directory} but does not answer.", "'gatehouse doctor' says more.")));
        var gateway = new SmokeGateway { IsOwn = running is null };
        try
        {
            var failure = running is not null ? await gateway.UseAsync(running, invocation, cancellation) : await gateway.StartAsync(directory, exists, invocation, cancellation);
            if (failure is null) return (gateway, null);
            await gateway.DisposeAsync();
            return (null, failure);
        }
        catch
        {
            await gateway.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var part in Enumerable.Reverse(_parts)) await part.DisposeAsync();
        _parts.Clear();
    }

    private async Task<Report?> UseAsync(RunningServer running, Invocation invocation, CancellationToken cancellation)
    {
        var opening = await Installation.OpenAsync(invocation.DataDirectory, cancellation);
        if (opening.Installation is not { } installation) return Report.Failed(new Problem(opening.Error!));
        _parts.Add(Installation = installation);
        Address = RunningServer.Reachable(running.Address!);
        Providers = [.. running.Health!.Value.GetProperty("providers").EnumerateArray().Select(provider => provider.GetProperty("name").GetString()!)];
        // The server may have been started with other variables than this process has: names lead where this process thinks only most likely.
        var config = ConfigLoader.Load(await invocation.ConfigInputsAsync()).Config;
        Routes = config is null ? null : new GatewaySnapshot(config, 1).Routes;
        DefaultModel = config?.Integration.DefaultModel;
        return null;
    }

    private async Task<Report?> StartAsync(string directory, bool exists, Invocation invocation, CancellationToken cancellation)
    {
        var keyFile = MasterKeySource.DefaultFilePath(Environment.GetEnvironmentVariable);
        if (!exists)
        {
            var folder = new TemporaryFolder();
            _parts.Add(folder);
            (directory, keyFile) = (folder.Sub("data"), folder.Sub("master.key"));
        }

        var held = DirectoryLock.TryTake(directory);
        if (held is null) return Report.Failed(new Problem($"The data directory {directory} has just been taken by another process.", "Try again."));
        _parts.Add(new Held(held));
        var opening = await Installation.OpenAsync(directory, keyFile, Environment.GetEnvironmentVariable, cancellation);
        if (opening.Installation is not { } installation) return Report.Failed(new Problem(opening.Error!));
        _parts.Add(Installation = installation);
        var simulator = await SimulatorServer.StartAsync(new SimulatorOptions { RequireKey = false, RecordRequests = false }, cancellation);
        _parts.Add(simulator);
        return await StartAsync(invocation.UnkeyedInputs() with
        {
            Overrides = ImmutableDictionary<string, string>.Empty.Add("listen", "http://127.0.0.1:0"),
            VaultProviders = await installation.VaultProvidersAsync(cancellation),
            Simulator = SimulatedProvider.Endpoints(simulator, keyed: false),
        }, held, invocation);
    }

    private async Task<Report?> StartAsync(ConfigInputs inputs, DirectoryLock held, Invocation invocation)
    {
        var logging = new LineLogging(invocation.Terminal.Error, LogLevel.Error, TimeProvider.System);
        var (configuration, problems) = ConfigSource.Open(inputs, TimeProvider.System, logging.CreateLogger<ConfigSource>());
        if (configuration is null) return Report.Misused([.. problems.Select(Problem.Of)], "'gatehouse config check' checks it.");
        var run = await GatewayRun.StartAsync(Installation, configuration, Environment.GetEnvironmentVariable, logging);
        _parts.Add(run);
        held.Announce(run.Server.Addresses[0]);
        Address = new Uri(run.Server.Addresses[0]);
        Providers = [.. configuration.Current.Providers.Select(provider => provider.Name)];
        Routes = configuration.Current.Routes;
        return null;
    }

    private sealed class Held(DirectoryLock taken) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            taken.Dispose();
            return ValueTask.CompletedTask;
        }
    }

    private sealed class TemporaryFolder : IAsyncDisposable
    {
        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gatehouse-smoke-");

        public string Sub(string name) => Path.Combine(_folder.FullName, name);

        public ValueTask DisposeAsync()
        {
            _folder.Delete(recursive: true);
            return ValueTask.CompletedTask;
        }
    }
}
