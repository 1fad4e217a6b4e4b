namespace Gatehouse.LoadBench.Figures;

/// <summary>What one proxy did in one round of one profile.</summary>
/// <param name="Requests">Requests answered.</param>
/// <param name="Events">Events relayed.</param>
/// <param name="Seconds">Time.</param>
/// <param name="CpuMicros">Processor time of the proxy without that of the store.</param>
/// <param name="StoreMicros">Processor time of the ledger's drain into the store.</param>
/// <param name="MedianMicros">Median time of a request; 0 unless requests were timed one by one.</param>
/// <param name="SlowMicros">The 99th percentile of it.</param>
internal sealed record Sample(
    long Requests, long Events, double Seconds, double CpuMicros, double StoreMicros, double MedianMicros, double SlowMicros)
{
    /// <summary>Requests per second.</summary>
    public double Rate => Requests / Seconds;

    /// <summary>Processor time per request, in µs.</summary>
    public double PerRequest => CpuMicros / Requests;

    /// <summary>Processor time per event, in µs.</summary>
    public double PerEvent => CpuMicros / Events;
}

/// <summary>Arithmetic on rounds.</summary>
internal static class Median
{
    /// <summary>The median.</summary>
    public static double Of(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        var half = sorted.Count / 2;
        return sorted.Count == 0 ? double.NaN : sorted.Count % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    }
}
