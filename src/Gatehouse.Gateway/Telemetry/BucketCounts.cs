using System.Globalization;

namespace Gatehouse.Gateway.Telemetry;

/// <summary>
/// The bounds of a histogram. Values are kept as whole numbers (microseconds, tokens), so that counting needs no locked floating point.
/// </summary>
internal sealed class BucketBounds
{
    private BucketBounds(double[] published, double scale)
    {
        Published = published;
        Scale = scale;
        Units = [.. published.Select(b => (long)Math.Round(b * scale))];
        Labels = [.. published.Select(b => b.ToString("0.######", CultureInfo.InvariantCulture)), "+Inf"];
    }

    /// <summary>The bounds of the conventions for durations, in seconds.</summary>
    public static BucketBounds Duration { get; } =
        new([0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92], 1e6);

    /// <summary>The bounds of the conventions for the time to the first token, in seconds.</summary>
    public static BucketBounds FirstToken { get; } =
        new([0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10], 1e6);

    /// <summary>The bounds of the conventions for token counts.</summary>
    public static BucketBounds Tokens { get; } =
        new([1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864], 1);

    /// <summary>For our own share, in seconds: it is normally far below a millisecond.</summary>
    public static BucketBounds Overhead { get; } =
        new([0.00005, 0.0001, 0.0002, 0.0004, 0.0008, 0.0016, 0.0032, 0.0064, 0.0128, 0.0256, 0.0512, 0.1024, 0.25, 1], 1e6);

    /// <summary>The bounds in the published unit.</summary>
    public double[] Published { get; }

    /// <summary>How many kept units make one published one.</summary>
    public double Scale { get; }

    /// <summary>The bounds in kept units.</summary>
    public long[] Units { get; }

    /// <summary>The bounds as <c>le</c> labels, with <c>+Inf</c> at the end.</summary>
    public string[] Labels { get; }
}

/// <summary>A histogram's counts. Thread-safe without locks; a reader may see a value counted whose sum is still to come.</summary>
internal sealed class BucketCounts(BucketBounds bounds)
{
    private readonly long[] _counts = new long[bounds.Units.Length + 1];
    private long _sum;

    public BucketBounds Bounds => bounds;

    /// <summary>Counts a value in kept units; an upper bound belongs to its bucket.</summary>
    public void Record(long value)
    {
        var units = bounds.Units;
        var i = 0;
        while (i < units.Length && value > units[i]) i++;
        Interlocked.Increment(ref _counts[i]);
        Interlocked.Add(ref _sum, value);
    }

    /// <summary>The counts of the single buckets, not added up.</summary>
    public long Count(int bucket) => Interlocked.Read(ref _counts[bucket]);

    /// <summary>The sum of all values in the published unit.</summary>
    public double Sum => Interlocked.Read(ref _sum) / bounds.Scale;
}
