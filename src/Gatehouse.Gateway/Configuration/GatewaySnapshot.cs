using System.Collections.Frozen;
using System.Collections.Immutable;
using Gatehouse.Catalog;
using Gatehouse.Gateway.Metering;
using Gatehouse.Gateway.Routing;

namespace Gatehouse.Gateway.Configuration;

/// <summary>
/// What requests read of the configuration: built once from a good configuration, immutable, replaced as a whole by
/// <see cref="ConfigSource"/>. A request takes one and keeps it to its end.
/// </summary>
public sealed class GatewaySnapshot
{
    private readonly FrozenDictionary<string, Provider> _byName;

    /// <summary>Builds the look-up structures of a configuration.</summary>
    /// <param name="config">A configuration that was found good.</param>
    /// <param name="version">Counts up from 1 with every replacement.</param>
    public GatewaySnapshot(GatehouseConfig config, long version)
    {
        Config = config;
        Version = version;
        Routes = RouteTable.Build(config.Models, config.Providers);
        Traits = new TraitsTable(ProviderCatalog.Embedded.Traits);
        Prices = new PriceTable(config.Prices, PriceCatalog.Embedded.Rules);
        _byName = config.Providers.ToFrozenDictionary(p => p.Name, StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>The configuration it was built from.</summary>
    public GatehouseConfig Config { get; }

    /// <summary>Counts up from 1 with every replacement.</summary>
    public long Version { get; }

    /// <summary>Model name → candidates.</summary>
    public RouteTable Routes { get; }

    /// <summary>What models can do, for translations.</summary>
    internal TraitsTable Traits { get; }

    /// <summary>What models cost.</summary>
    public PriceTable Prices { get; }

    /// <summary>Every provider, in order.</summary>
    public ImmutableArray<Provider> Providers => Config.Providers;

    /// <summary>The provider of that name, whatever its case, or null.</summary>
    public Provider? FindProvider(string name) => _byName.GetValueOrDefault(name);
}
