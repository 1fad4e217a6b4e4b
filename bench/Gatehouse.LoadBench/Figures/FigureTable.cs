using System.Globalization;
using Gatehouse.LoadBench.Bodies;
using Gatehouse.LoadBench.Load;

namespace Gatehouse.LoadBench.Figures;

/// <summary>Collects the samples and prints the medians as a Markdown table.</summary>
internal sealed class FigureTable
{
    /// <summary>The name of the build that Gatehouse is compared with, when there is one.</summary>
    public const string Other = "other";

    private readonly List<(Profile Profile, string Proxy, Sample Sample)> _samples = [];
    private readonly List<(string Proxy, SlowFigures Figures)> _slow = [];
    private readonly List<DelayFigures> _delays = [];

    /// <summary>Adds a round's sample.</summary>
    public void Add(Profile profile, string proxy, Sample sample) => _samples.Add((profile, proxy, sample));

    /// <summary>Adds the figures of slow streams.</summary>
    public void Add(string proxy, SlowFigures figures) => _slow.Add((proxy, figures));

    /// <summary>Adds the figures of something that takes effect.</summary>
    public void Add(DelayFigures figures) => _delays.Add(figures);

    /// <summary>One round in one line, for whoever watches.</summary>
    public string Line(Profile profile, int round)
    {
        var (direct, nginx, ours) = (Of(profile, "direct")[round], Of(profile, "nginx")[round], Of(profile, "gatehouse")[round]);
        return profile.IsLatency
            ? Text($"{profile.Name} {round + 1}: p50 {direct.MedianMicros:F0} | nginx +{nginx.MedianMicros - direct.MedianMicros:F0} | gatehouse +{ours.MedianMicros - direct.MedianMicros:F0} µs")
            : Text($"{profile.Name} {round + 1}: {direct.Rate:F0} | {nginx.Rate:F0} | {ours.Rate:F0} /s; CPU {nginx.PerRequest:F1} | {ours.PerRequest:F1} µs = {ours.PerRequest / nginx.PerRequest:F2}; store {ours.StoreMicros / ours.Requests:F1} µs a row");
    }

    /// <summary>Prints everything.</summary>
    public void Print(TextWriter output)
    {
        var profiles = _samples.Select(s => s.Profile).Distinct().ToList();
        if (profiles.Any(p => !p.IsLatency)) PrintCosts(output, [.. profiles.Where(p => !p.IsLatency)]);
        if (profiles.Any(p => p.IsLatency)) PrintLatencies(output, [.. profiles.Where(p => p.IsLatency)]);
        if (_slow.Count > 0) PrintSlow(output);
        if (_delays.Count > 0) PrintDelays(output);
        if (_samples.Any(s => s.Proxy == Other)) PrintOther(output, profiles);
        var stored = _samples.Where(s => s.Proxy == "gatehouse").Select(s => s.Sample).ToList();
        if (stored.Count == 0) return;
        output.WriteLine();
        output.WriteLine(Text($"Ledger's drain into the store: {stored.Sum(s => s.StoreMicros) / stored.Sum(s => s.Requests):F1} µs of CPU per row over {stored.Sum(s => s.Requests)} rows."));
    }

    private void PrintCosts(TextWriter output, List<Profile> profiles)
    {
        output.WriteLine("| profile | requests/s direct | nginx | Gatehouse | CPU µs nginx | Gatehouse | ratio (median of rounds) | least–most |");
        output.WriteLine("|---|---|---|---|---|---|---|---|");
        foreach (var profile in profiles)
        {
            var (direct, nginx, ours) = (Of(profile, "direct"), Of(profile, "nginx"), Of(profile, "gatehouse"));
            var ratios = ours.Zip(nginx, (a, b) => a.PerRequest / b.PerRequest).ToList();
            output.WriteLine(Text(
                $"| {profile.Shown} | {Median.Of(direct.Select(s => s.Rate)):F0} | {Median.Of(nginx.Select(s => s.Rate)):F0} | {Median.Of(ours.Select(s => s.Rate)):F0} | {Cost(profile, nginx)} | {Cost(profile, ours)} | {Median.Of(ratios):F2} | {ratios.Min():F2}–{ratios.Max():F2} |"));
        }
    }

    private void PrintLatencies(TextWriter output, List<Profile> profiles)
    {
        output.WriteLine();
        output.WriteLine("| profile | p50 µs direct | nginx adds | Gatehouse adds (median of rounds) | least–most | Gatehouse's to nginx's (median of rounds) | p99 µs direct / nginx / Gatehouse |");
        output.WriteLine("|---|---|---|---|---|---|---|");
        foreach (var profile in profiles)
        {
            var (direct, nginx, ours) = (Of(profile, "direct"), Of(profile, "nginx"), Of(profile, "gatehouse"));
            var added = ours.Zip(direct, (a, b) => a.MedianMicros - b.MedianMicros).ToList();
            var nginxAdded = nginx.Zip(direct, (a, b) => a.MedianMicros - b.MedianMicros).ToList();
            var ratio = Median.Of(added.Zip(nginxAdded, (a, b) => a / b));
            output.WriteLine(Text(
                $"| {profile.Shown} | {Median.Of(direct.Select(s => s.MedianMicros)):F0} | {Median.Of(nginxAdded):F0} | {Median.Of(added):F0} | {added.Min():F0}–{added.Max():F0} | {ratio:F2} | {Slow(direct):F0} / {Slow(nginx):F0} / {Slow(ours):F0} |"));
        }
    }

    private void PrintSlow(TextWriter output)
    {
        output.WriteLine();
        output.WriteLine("| slow streams | proxy | idle MB | peak MB | KB per stream | CPU µs per event | events lost |");
        output.WriteLine("|---|---|---|---|---|---|---|");
        foreach (var (proxy, slow) in _slow)
        {
            output.WriteLine(Text(
                $"| {slow.Streams} | {proxy} | {slow.IdleMegabytes:F0} | {slow.PeakMegabytes:F0} | {slow.KilobytesEach:F0} | {slow.MicrosPerEvent:F1} | {slow.Lost} |"));
        }
    }

    private void PrintDelays(TextWriter output)
    {
        output.WriteLine();
        output.WriteLine("| from … until … | proxy | times | median ms | worst ms |");
        output.WriteLine("|---|---|---|---|---|");
        foreach (var delay in _delays)
            output.WriteLine(Text($"| {delay.What} | {delay.Proxy} | {delay.Milliseconds.Count} | {delay.Middle:F1} | {delay.Worst:F1} |"));
    }

    private void PrintOther(TextWriter output, List<Profile> profiles)
    {
        output.WriteLine();
        output.WriteLine("| profile | CPU µs per request, Gatehouse | other | other to Gatehouse (median of rounds) | p50 µs Gatehouse | other |");
        output.WriteLine("|---|---|---|---|---|---|");
        foreach (var profile in profiles)
        {
            var (ours, other) = (Of(profile, "gatehouse"), Of(profile, Other));
            var ratio = Median.Of(other.Zip(ours, (a, b) => a.PerRequest / b.PerRequest));
            output.WriteLine(Text(
                $"| {profile.Shown} | {Cost(profile, ours)} | {Cost(profile, other)} | {ratio:F2} | {Median.Of(ours.Select(s => s.MedianMicros)):F0} | {Median.Of(other.Select(s => s.MedianMicros)):F0} |"));
        }
    }

    private static string Cost(Profile profile, List<Sample> samples)
    {
        var request = Median.Of(samples.Select(s => s.PerRequest));
        return profile.IsStream ? Text($"{request:F0} ({Median.Of(samples.Select(s => s.PerEvent)):F1} per event)") : Text($"{request:F1}");
    }

    private static double Slow(List<Sample> samples) => Median.Of(samples.Select(s => s.SlowMicros));

    private List<Sample> Of(Profile profile, string proxy) =>
        [.. _samples.Where(s => s.Profile == profile && s.Proxy == proxy).Select(s => s.Sample)];

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
