using System.Buffers;
using System.Globalization;
using System.Text;

namespace Gatehouse.Gateway.Telemetry;

/// <summary>
/// Writes the Prometheus text format 0.0.4 (prometheus.io/docs/instrumenting/exposition_formats). Used by one thread for one scrape.
/// </summary>
internal readonly struct PrometheusWriter(IBufferWriter<byte> output)
{
    /// <summary>Begins a metric: its help and type, then its samples must follow.</summary>
    public void Family(string name, string type, string help)
    {
        Write($"# HELP {name} {Escaped(help)}\n");
        Write($"# TYPE {name} {type}\n");
    }

    /// <summary>Writes one sample.</summary>
    public void Sample(string name, string labels, double value) =>
        Write(labels.Length == 0
            ? string.Create(CultureInfo.InvariantCulture, $"{name} {value}\n")
            : string.Create(CultureInfo.InvariantCulture, $"{name}{{{labels}}} {value}\n"));

    /// <summary>Writes a histogram's buckets, added up as the format wants them, its sum and its count.</summary>
    public void Histogram(string name, string labels, BucketCounts counts)
    {
        var total = 0L;
        var les = counts.Bounds.Labels;
        for (var i = 0; i < les.Length; i++)
        {
            total += counts.Count(i);
            Sample(name + "_bucket", Joined(labels, Label("le", les[i])), total);
        }

        // The count must equal the last bucket, so it is not read a second time.
        Sample(name + "_sum", labels, counts.Sum);
        Sample(name + "_count", labels, total);
    }

    /// <summary>One label with its value escaped.</summary>
    public static string Label(string name, string value) =>
        $"{name}=\"{Escaped(value).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    /// <summary>Labels after one another.</summary>
    public static string Joined(string labels, string more) => labels.Length == 0 ? more : labels + "," + more;

    private static string Escaped(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    private void Write(string text) => Encoding.UTF8.GetBytes(text, output);
}
