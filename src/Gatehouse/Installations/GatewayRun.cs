using Gatehouse.ClaudeCli;
using Gatehouse.Control.Api;
using Gatehouse.Gateway.Configuration;
using Gatehouse.Gateway.Metering;
using Gatehouse.Gateway.Server;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Installations;

/// <summary>
/// A gateway with the parts that it is made of, opened in their order and closed in the reverse. The installation is the caller's and
/// outlives it; so does the data directory's lock.
/// </summary>
internal sealed class GatewayRun : IAsyncDisposable
{
    private readonly ConfigSource _configuration;
    private readonly Ledger _ledger;

    private GatewayRun(ConfigSource configuration, Ledger ledger, GatewayServer server) =>
        (_configuration, _ledger, Server) = (configuration, ledger, server);

    /// <summary>The server.</summary>
    public GatewayServer Server { get; }

    /// <summary>Starts a gateway on an installation.</summary>
    /// <param name="installation">Database and keys.</param>
    /// <param name="configuration">The configuration; taken over, disposed of with this, also when the start fails.</param>
    /// <param name="environment">Reads an environment variable: provider keys.</param>
    /// <param name="logging">Where the log goes.</param>
    /// <exception cref="GatewayStartException">An address can't be bound.</exception>
    public static async Task<GatewayRun> StartAsync(
        Installation installation, ConfigSource configuration, Func<string, string?> environment, ILoggerFactory logging)
    {
        Ledger? ledger = null;
        installation.PrivateHosts = () => configuration.Current.Config.Workspaces.PrivateHosts;
        try
        {
            ledger = Ledger.Open(installation.Store, logging, LedgerOptions.Of(configuration.Current.Config.Ledger, TimeProvider.System));
            var server = await GatewayServer.StartAsync(new GatewayParts
            {
                Store = installation.Store,
                Keys = installation.Keys,
                MasterKey = () => installation.MasterKey.Load(mayCreate: false).Key,
                Configuration = configuration,
                Ledger = ledger,
                Environment = environment,
                Logging = logging,
                Control = ControlApi.Open,
            }.WithClaudePrograms());
            return new GatewayRun(configuration, ledger, server);
        }
        catch
        {
            if (ledger is not null) await ledger.DisposeAsync();
            await configuration.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until everything settled so far has its row.</summary>
    public Task FlushLedgerAsync(CancellationToken cancellation) => _ledger.FlushAsync(cancellation);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        await _ledger.DisposeAsync();
        await _configuration.DisposeAsync();
    }
}
