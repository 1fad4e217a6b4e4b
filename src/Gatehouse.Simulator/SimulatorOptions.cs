namespace Gatehouse.Simulator;

/// <summary>How a simulated provider is started.</summary>
public sealed class SimulatorOptions
{
    /// <summary>Where to listen; port 0 takes a free one.</summary>
    public string Url { get; init; } = "http://127.0.0.1:0";

    /// <summary>A scenario file to play before the default script, or null.</summary>
    public string? ScenarioFile { get; init; }

    /// <summary>
    /// Whether a key is needed. Any passes, but an empty one, one that contains <c>bad</c>, and <see cref="RefusedKeys"/>.
    /// </summary>
    public bool RequireKey { get; init; } = true;

    /// <summary>Keys that are answered 401.</summary>
    public IReadOnlyCollection<string> RefusedKeys { get; init; } = [];

    /// <summary>Whether received requests are kept for inspection; off for load tests.</summary>
    public bool RecordRequests { get; init; } = true;

    /// <summary>The organisation that seals (signatures, encrypted reasoning) are bound to.</summary>
    public string Organization { get; init; } = "sim-organization";

    /// <summary>The clock.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
