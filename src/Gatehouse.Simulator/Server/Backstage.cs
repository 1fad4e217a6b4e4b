using Gatehouse.Simulator.Metering;
using Gatehouse.Simulator.Responses;
using Gatehouse.Simulator.Scenarios;
using Gatehouse.Simulator.Sealing;

namespace Gatehouse.Simulator.Server;

/// <summary>What outlives a request: the clock, the caches, the stored responses, the seals. Any thread may use it.</summary>
internal sealed class Backstage(SimulatorOptions options)
{
    public SimulatorOptions Options { get; } = options;

    public TimeProvider Time => Options.TimeProvider;

    public PrefixCache Cache { get; } = new(options.TimeProvider);

    public Seals Seals { get; } = new(options.Organization);

    /// <summary>The scenario being played, or null.</summary>
    public Scenario? Scenario { get; } = options.ScenarioFile is { } file ? ScenarioFile.Read(file) : null;

    public ResponseStore Responses { get; } = new();
}
