using Gatehouse.Simulator.Metering;

namespace Gatehouse.Simulator.Scenarios;

/// <summary>Figures that a scenario puts in place of the counted ones; null leaves a figure as it was.</summary>
internal sealed record UsageOverride(int? Input, int? CacheRead, int? CacheWrite5m, int? CacheWrite1h, int? Output, int? Reasoning)
{
    /// <summary>Applies it.</summary>
    public TokenUse Over(TokenUse use) => new(
        Input ?? use.Input, CacheRead ?? use.CacheRead, CacheWrite5m ?? use.CacheWrite5m,
        CacheWrite1h ?? use.CacheWrite1h, Output ?? use.Output, Reasoning ?? use.Reasoning);
}
