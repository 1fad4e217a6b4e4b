using System.Collections.Immutable;
using Gatehouse.Callers;
using Gatehouse.Control;
using Gatehouse.Gateway.Configuration;
using Gatehouse.Gateway.Metering;
using Gatehouse.Gateway.Routing;
using Gatehouse.Installations;
using Gatehouse.Logs;
using Gatehouse.Processes;
using Gatehouse.Secrets;
using Gatehouse.Simulator;
using Gatehouse.Simulator.Recording;
using Gatehouse.Terminals;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Demo;

/// <summary>
/// A caller, a gateway and a simulated provider, with everything that they keep in a temporary folder that goes with them.
/// </summary>
internal sealed class DemoStage : IAsyncDisposable
{
    private static readonly TimeSpan s_callLimit = TimeSpan.FromSeconds(10);

    private readonly DirectoryInfo _folder;
    private readonly SimulatorServer _simulator;
    private readonly Installation _installation;
    private readonly GatewayRun _run;
    private readonly HttpClient _http;

    private DemoStage(
        DirectoryInfo folder, SimulatorServer simulator, Installation installation, GatewayRun run, MintedToken token, Secret providerKey)
    {
        (_folder, _simulator, _installation, _run, Token, ProviderKey) = (folder, simulator, installation, run, token, providerKey);
        _http = LocalHttp.Open(Gateway, s_callLimit);
        Caller = new Caller(_http, token.Text, s_callLimit);
    }

    /// <summary>The caller.</summary>
    public Caller Caller { get; }

    /// <summary>The token that the caller presents.</summary>
    public MintedToken Token { get; }

    /// <summary>The key that the gateway presents to the provider, and nobody else ever sees.</summary>
    public Secret ProviderKey { get; }

    /// <summary>Where the gateway listens.</summary>
    public Uri Gateway => new(_run.Server.Addresses[0]);

    /// <summary>Where the simulated provider listens.</summary>
    public Uri Provider => _simulator.Address;

    /// <summary>The calls that reached the provider, oldest first. The gateway asks it for its models too, by itself.</summary>
    public IReadOnlyList<ReceivedRequest> Received => [.. _simulator.Received.All.Where(request => request.Method == HttpMethods.Post)];

    /// <summary>Sets everything up.</summary>
    public static async Task<DemoStage> SetAsync(Terminal terminal, CancellationToken cancellation)
    {
        var folder = Directory.CreateTempSubdirectory("gatehouse-demo-");
        SimulatorServer? simulator = null;
        Installation? installation = null;
        try
        {
            simulator = await SimulatorServer.StartAsync(new SimulatorOptions(), cancellation);
            // Nothing of the person's own environment takes part: no keys, no master key, no configuration.
            var opening = await Installation.OpenAsync(
                Path.Combine(folder.FullName, "data"), Path.Combine(folder.FullName, "master.key"), Nothing, cancellation);
            installation = opening.Installation ?? throw new InvalidOperationException(opening.Error);
            var key = Secret.From($"sk-demo-{Guid.NewGuid():N}");
            Done(await installation.Vault.AddAsync(Control.Actor.OfThisMachine, Gatehouse.Gateway.Routing.Provider.SimulatorName, "demo", key, cancellation));
            var token = Done(await installation.Tokens.CreateAsync("demo", cancellation: cancellation));
            var run = await StartGatewayAsync(installation, SimulatedProvider.Endpoints(simulator, keyed: true), terminal);
            return new DemoStage(folder, simulator, installation, run, token, key);
        }
        catch
        {
            if (installation is not null) await installation.DisposeAsync();
            if (simulator is not null) await simulator.DisposeAsync();
            folder.Delete(recursive: true);
            throw;
        }
    }

    /// <summary>The ledger's rows of this demo, oldest first, from the database.</summary>
    public async Task<IReadOnlyList<ExchangeRecord>> LedgerAsync(CancellationToken cancellation)
    {
        await _run.FlushLedgerAsync(cancellation);
        var rows = await new LedgerQuery(_installation.Store).RecentAsync(100, cancellation);
        return [.. rows.Reverse()];
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _run.DisposeAsync();
        await _installation.DisposeAsync();
        await _simulator.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private static async Task<GatewayRun> StartGatewayAsync(
        Installation installation, ImmutableArray<ProviderEndpoint> endpoints, Terminal terminal)
    {
        var inputs = new ConfigInputs
        {
            DataDirectory = installation.Store.Directory,
            Overrides = ImmutableDictionary<string, string>.Empty.Add("listen", "http://127.0.0.1:0"),
            Simulator = endpoints,
        };
        var logging = new LineLogging(terminal.Error, LogLevel.Warning, TimeProvider.System);
        var (configuration, problems) = ConfigSource.Open(inputs, TimeProvider.System, logging.CreateLogger<ConfigSource>());
        if (configuration is null) throw new InvalidOperationException(string.Join(' ', problems));
        return await GatewayRun.StartAsync(installation, configuration, Nothing, logging);
    }

    private static string? Nothing(string variable) => null;

    private static T Done<T>(Edited<T> edited)
        where T : class => edited.Value ?? throw new InvalidOperationException(edited.Error);
}
