using Gatehouse.EndToEnd.Stages;

namespace Gatehouse.EndToEnd.KeepAlives;

/// <summary>
/// A provider that answers at once and then says nothing for a second, and a gateway that keeps the line alive ten times a second
/// meanwhile.
/// </summary>
public sealed class SilentStage : Stage
{
    /// <inheritdoc/>
    protected override string? Scenario => """{ "steps": [ { "times": 0, "faults": "slow-first-event-1000" } ] }""";

    /// <inheritdoc/>
    protected override string Configuration => """ "stream": { "keepAliveSeconds": 0.1 }, """;
}
