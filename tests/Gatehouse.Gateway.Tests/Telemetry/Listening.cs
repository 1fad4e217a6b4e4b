namespace Gatehouse.Gateway.Tests.Telemetry;

/// <summary>Tests that listen to the meter or the activity source, which belong to the whole process, run one after the other.</summary>
[CollectionDefinition(nameof(Listening), DisableParallelization = true)]
public sealed class Listening;
