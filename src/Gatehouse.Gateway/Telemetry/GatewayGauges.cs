using Gatehouse.Gateway.Upstream;

namespace Gatehouse.Gateway.Telemetry;

/// <summary>
/// Figures that other parts hold and that are asked for only when metrics are read. Filled in while the host is put together; the
/// functions are called from any thread, must not block, and must not throw.
/// </summary>
internal sealed class GatewayGauges
{
    /// <summary>Exchanges running now.</summary>
    public Func<long> InFlight { get; set; } = static () => 0;

    /// <summary>Bytes of request bodies held now.</summary>
    public Func<long> BodiesHeldBytes { get; set; } = static () => 0;

    /// <summary>Settled exchanges that are journalled but not yet in the store.</summary>
    public Func<long> LedgerLagRows { get; set; } = static () => 0;

    /// <summary>Age of the oldest of them, seconds.</summary>
    public Func<double> LedgerLagSeconds { get; set; } = static () => 0;

    /// <summary>Whether the journal or the store cannot be written.</summary>
    public Func<bool> LedgerDegraded { get; set; } = static () => false;

    /// <summary>How the providers that are programs are.</summary>
    public Func<IReadOnlyList<ProgramReport>> Programs { get; set; } = static () => [];

    /// <summary>Whether the configuration file holds errors and an older one is in force.</summary>
    public Func<bool> ConfigReloadFailed { get; set; } = static () => false;
}
