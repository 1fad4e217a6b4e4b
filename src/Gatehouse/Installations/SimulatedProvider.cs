using System.Collections.Immutable;
using Gatehouse.Catalog;
using Gatehouse.Dialects;
using Gatehouse.Gateway.Routing;
using Gatehouse.Simulator;

namespace Gatehouse.Installations;

/// <summary>Makes a simulated provider known to a gateway's configuration.</summary>
internal static class SimulatedProvider
{
    /// <summary>Its endpoints.</summary>
    /// <param name="simulator">Where it listens.</param>
    /// <param name="keyed">Whether it wants a key in each vendor's way, or none at all.</param>
    public static ImmutableArray<ProviderEndpoint> Endpoints(SimulatorServer simulator, bool keyed)
    {
        var root = new Uri(simulator.Address.AbsoluteUri.TrimEnd('/'));
        var v1 = new Uri($"{simulator.Address.AbsoluteUri.TrimEnd('/')}/v1");
        var bearer = keyed ? AuthStyle.Bearer : AuthStyle.None;
        return
        [
            new ProviderEndpoint(Dialect.Anthropic, root, keyed ? AuthStyle.XApiKey : AuthStyle.None),
            new ProviderEndpoint(Dialect.OpenAiChat, v1, bearer),
            new ProviderEndpoint(Dialect.OpenAiResponses, v1, bearer),
        ];
    }
}
