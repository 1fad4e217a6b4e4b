using System.Collections.Frozen;
using Gatehouse.Catalog;
using Gatehouse.Dialects;
using Gatehouse.Gateway.Configuration;
using Gatehouse.Gateway.Routing;

namespace Gatehouse.Gateway.Tests.Routing;

/// <summary>Makes providers and tables by hand.</summary>
internal static class RouteFixture
{
    public static Provider Provider(string name, string[]? models = null, string[]? fallbacks = null, params Dialect[] dialects) => new()
    {
        Name = name,
        Source = "file",
        DefaultModels = [.. models ?? []],
        FallbackModels = [.. fallbacks ?? []],
        Endpoints = (dialects.Length == 0 ? [.. DialectNames.All] : dialects)
            .ToFrozenDictionary(d => d, d => new ProviderEndpoint(d, new Uri($"https://{name}.example"), AuthStyle.Bearer)),
    };

    public static ModelRule Rule(string match, params ModelTarget[] targets) => new(match, [.. targets]);

    public static GatewaySnapshot Snapshot(IEnumerable<ModelRule> rules, params Provider[] providers) =>
        new(new GatehouseConfig { Models = [.. rules], Providers = [.. providers] }, 1);
}
