using System.Diagnostics;

namespace Gatehouse.LoadBench.Figures;

/// <summary>How long something took to take effect, many times over.</summary>
/// <param name="What">What it is.</param>
/// <param name="Proxy">Whose it is.</param>
/// <param name="Milliseconds">Each time, in ms.</param>
internal sealed record DelayFigures(string What, string Proxy, IReadOnlyList<double> Milliseconds)
{
    /// <summary>The median, in ms.</summary>
    public double Middle => Median.Of(Milliseconds);

    /// <summary>The longest, in ms.</summary>
    public double Worst => Milliseconds.Max();

    /// <summary>The time between two stamps of the stopwatch, in ms.</summary>
    public static double Between(long from, long to) => (to - from) * 1000.0 / Stopwatch.Frequency;
}
