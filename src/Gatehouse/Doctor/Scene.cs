using System.Collections.Immutable;
using System.Text.Json;
using Gatehouse.Clients;
using Gatehouse.Clients.Integrations;
using Gatehouse.Clients.Reports;
using Gatehouse.Clients.Setups;
using Gatehouse.CommandLine;
using Gatehouse.Doctor.Agents;
using Gatehouse.Gateway.Access;
using Gatehouse.Gateway.Configuration;
using Gatehouse.Gateway.Credentials;
using Gatehouse.Gateway.Routing;
using Gatehouse.Installations;
using Gatehouse.Processes;
using Gatehouse.Secrets;
using Gatehouse.Storage;

namespace Gatehouse.Doctor;

/// <summary>
/// What the checks look at, found once: the data directory, its server, its configuration, its database, and the environment. A test makes
/// its own with one thing wrong. Disposing closes the database.
/// </summary>
internal sealed record Scene : IAsyncDisposable
{
    /// <summary>The data directory.</summary>
    public required string Directory { get; init; }

    /// <summary>The file of the master key, whether or not it is there.</summary>
    public required string KeyFile { get; init; }

    /// <summary>Reads an environment variable.</summary>
    public required Func<string, string?> Environment { get; init; }

    /// <summary>Where the configuration is read from.</summary>
    public required ConfigLocation Location { get; init; }

    /// <summary>The configuration as this process would load it.</summary>
    public required ConfigResult Config { get; init; }

    /// <summary>The process that holds the data directory; null when none does.</summary>
    public RunningServer? Server { get; init; }

    /// <summary>The database alone; null when there is none or it can't be opened.</summary>
    public Store? Store { get; init; }

    /// <summary>Why the database can't be opened; null when it can or there is none.</summary>
    public StoreException? StoreFault { get; init; }

    /// <summary>The installation; null when there is no database, it can't be opened, or the master key does not fit.</summary>
    public Installation? Installation { get; init; }

    /// <summary>Why the key ring can't be opened; null when it can or there is none.</summary>
    public string? KeyFault { get; init; }

    /// <summary>Every access token; empty without an installation.</summary>
    public IReadOnlyList<AccessToken> Tokens { get; init; } = [];

    /// <summary>The provider keys that a server with this process's environment would use.</summary>
    public CredentialTable Credentials { get; init; } = CredentialTable.Empty;

    /// <summary>Where the agents' files lie.</summary>
    public Surroundings At { get; init; } = Surroundings.OfProcess();

    /// <summary>The agents of this machine, as their settings have them.</summary>
    public IReadOnlyList<Agent> Agents { get; init; } = [];

    /// <summary>Where model names lead; null when the configuration is bad.</summary>
    public RouteTable? Routes { get; init; }

    /// <summary>The access tokens by their keyed hash; empty without an installation.</summary>
    public IReadOnlyDictionary<TokenHash, AccessToken> Hashes { get; init; } = ImmutableDictionary<TokenHash, AccessToken>.Empty;

    /// <summary>Changes agents' settings.</summary>
    public Integrator Integrator => new(At, Clock);

    /// <summary>The clock.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>The free bytes of the disk that holds a path.</summary>
    public Func<string, long> FreeBytes { get; init; } = path => new DriveInfo(path).AvailableFreeSpace;

    /// <summary>Whether there is a database.</summary>
    public bool IsInstalled => Store is not null || StoreFault is not null;

    /// <summary>Where clients reach the gateway: where it listens, or would; null when that is not known.</summary>
    public Uri? Gateway => Server?.Address is { } address ? RunningServer.Reachable(address)
        : Config.Config?.Listen[0] is { Port: > 0 } listen ? RunningServer.Reachable(listen.ToString()) : null;

    /// <summary>The access token of a text; null when there is none.</summary>
    public AccessToken? TokenOf(Secret text) => Installation is null ? null : Hashes.GetValueOrDefault(Installation.Keys.TokenHasher.Hash(text.Utf8));

    /// <summary>Whether a model name leads somewhere; null when that is not known, because the server has providers that this process does not see.</summary>
    public bool? IsRouted(string model)
    {
        if (Routes is null) return null;
        if (Routes.Match(model).Found) return true;
        var unseen = Report("providers") is { } served && served.EnumerateArray().Select(provider => provider.GetProperty("name").GetString())
            .Any(name => name != Provider.SimulatorName && Config.Config!.Providers.All(known => !string.Equals(known.Name, name, StringComparison.OrdinalIgnoreCase)));
        return unseen || IsSimulated(model) ? null : false;
    }

    /// <summary>A part of the server's own report; null when it does not run or does not say.</summary>
    public JsonElement? Report(string name) => Server?.Health is { } health && health.TryGetProperty(name, out var section) ? section : null;

    /// <summary>Looks around. Makes nothing where there is nothing.</summary>
    public static async Task<Scene> FindAsync(Invocation invocation)
    {
        var directory = invocation.DataDirectory;
        Func<string, string?> environment = System.Environment.GetEnvironmentVariable;
        var keyFile = MasterKeySource.DefaultFilePath(environment);
        var server = System.IO.Directory.Exists(directory) ? await RunningServer.FindAsync(directory, invocation.Cancelled) : null;
        var (installation, keyFault, storeFault) = await OpenAsync(directory, keyFile, environment, invocation.Cancelled);
        var inputs = invocation.UnkeyedInputs();
        if (installation is not null) inputs = inputs with { VaultProviders = await installation.VaultProvidersAsync(invocation.Cancelled) };
        var config = ConfigLoader.Load(inputs);
        var tokens = installation is null ? [] : await new AccessStore(installation.Store).LoadAsync(invocation.Cancelled);
        var scene = new Scene
        {
            Directory = directory,
            KeyFile = keyFile,
            Environment = environment,
            Location = ConfigLocation.Find(inputs),
            Config = config,
            Server = server,
            Store = installation?.Store ?? (keyFault is null ? null : await Installation.OpenStoreAsync(directory, invocation.Cancelled)),
            StoreFault = storeFault,
            Installation = installation,
            KeyFault = keyFault,
            Tokens = [.. tokens.Select(stored => stored.Token)],
            Hashes = tokens.ToDictionary(stored => stored.Hash, stored => stored.Token),
            Routes = config.Config is { } routed ? new GatewaySnapshot(routed, 1).Routes : null,
            Credentials = installation is not null && config.Config is { } good ? await ProviderKeys.TableAsync(installation, good, invocation.Cancelled) : CredentialTable.Empty,
        };
        return scene.WithAgents();
    }

    /// <summary>Adds the agents, as they would see this gateway.</summary>
    public Scene WithAgents()
    {
        var gateway = Gateway ?? RunningServer.Reachable(ListenAddress.Default.ToString());
        return this with { Agents = [.. ClientCatalog.All.Where(client => client.Support == ClientSupport.Applied).Select(client => new Agent(ClientReport.Of(client, gateway, At), gateway))] };
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Store is not null) await Store.DisposeAsync();
    }

    private bool IsSimulated(string model) => model.StartsWith(Provider.SimulatorPrefix, StringComparison.Ordinal)
        && Report("providers") is { } served && served.EnumerateArray().Any(provider => provider.GetProperty("name").ValueEquals(Provider.SimulatorName));

    private static async Task<(Installation? Installation, string? KeyFault, StoreException? StoreFault)> OpenAsync(
        string directory, string keyFile, Func<string, string?> environment, CancellationToken cancellation)
    {
        if (!Installation.Exists(directory)) return (null, null, null);
        try
        {
            var opening = await Installation.OpenAsync(directory, keyFile, environment, cancellation);
            return (opening.Installation, opening.Error, null);
        }
        catch (StoreException e)
        {
            return (null, null, e);
        }
    }
}
