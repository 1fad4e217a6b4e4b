using Gatehouse.Gateway.Configuration;
using Gatehouse.Gateway.Routing;

namespace Gatehouse.Configuration;

/// <summary>One line of the route table as it is shown.</summary>
/// <param name="Match">The model name, with <c>*</c> for any run of characters.</param>
/// <param name="Targets">Where it goes, in order.</param>
/// <param name="Rule">Who says so: <c>configuration</c>, <c>preset</c>, or <c>fallback</c> for a preset's catch-all.</param>
internal sealed record RouteLine(string Match, IReadOnlyList<ModelTarget> Targets, string Rule)
{
    /// <summary>The lines of a configuration in the order in which they are tried.</summary>
    public static IEnumerable<RouteLine> Of(GatehouseConfig config)
    {
        foreach (var rule in config.Models) yield return new RouteLine(rule.Match, rule.Targets, "configuration");
        foreach (var provider in config.Providers)
            foreach (var model in provider.DefaultModels) yield return new RouteLine(model, [new ModelTarget(provider.Name)], "preset");
        foreach (var provider in config.Providers)
            foreach (var model in provider.FallbackModels) yield return new RouteLine(model, [new ModelTarget(provider.Name)], "fallback");
    }
}
