using Gatehouse.Gateway.Configuration;
using Gatehouse.Installations;
using Gatehouse.Storage;
using Gatehouse.Tokens;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Serve;

/// <summary>
/// Tells the log, at the start and whenever the configuration changes, of callers without a token who are meant to be let in and can't be. Disposing ends it.
/// </summary>
internal sealed partial class AnonymousWatch : IDisposable
{
    private readonly Installation _installation;
    private readonly ILogger<AnonymousWatch> _logger;
    private readonly IDisposable _subscription;

    /// <summary>Begins to follow the configuration.</summary>
    public AnonymousWatch(Installation installation, ConfigSource configuration, ILogger<AnonymousWatch> logger)
    {
        (_installation, _logger) = (installation, logger);
        _subscription = configuration.OnChange(snapshot => _ = LookAsync(snapshot.Config));
    }

    /// <summary>Looks once.</summary>
    public async Task LookAsync(GatehouseConfig config)
    {
        if (config.Auth.Anonymous != AnonymousAccess.Loopback) return;
        try
        {
            var tokens = await _installation.Tokens.ListAsync();
            if (AnonymousToken.Warning(config, tokens, TimeProvider.System.GetUtcNow()) is { } warning) LogRefused(warning);
        }
        catch (Exception e) when (e is StoreException or ObjectDisposedException)
        {
            // What ails the database is told elsewhere, and callers that are refused are too.
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _subscription.Dispose();
}
