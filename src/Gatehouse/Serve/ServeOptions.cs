using Gatehouse.Gateway.Configuration;

namespace Gatehouse.Serve;

/// <summary>How the gateway is to be run.</summary>
internal sealed record ServeOptions
{
    /// <summary>What the configuration is made from; names the data directory.</summary>
    public required ConfigInputs Inputs { get; init; }

    /// <summary>Whether the simulated provider runs beside it.</summary>
    public bool WithSimulator { get; init; }

    /// <summary>Whether it says as one JSON object where it can be reached.</summary>
    public bool Json { get; init; }

    /// <summary>Whether the log has its details.</summary>
    public bool Verbose { get; init; }
}
