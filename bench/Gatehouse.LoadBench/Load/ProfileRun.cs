using System.Diagnostics;
using Gatehouse.LoadBench.Bodies;
using Gatehouse.LoadBench.Figures;
using Gatehouse.LoadBench.Proxies;

namespace Gatehouse.LoadBench.Load;

/// <summary>Loads one proxy with one profile for a while and takes its figures.</summary>
internal static class ProfileRun
{
    /// <summary>How long rows may take into the store before the store's time is read: four turns of the drain.</summary>
    private static readonly TimeSpan s_drained = TimeSpan.FromSeconds(1);

    /// <summary>Runs it.</summary>
    /// <exception cref="InvalidDataException">An answer was not what the upstream sent.</exception>
    public static async Task<Sample> RunAsync(Proxy proxy, Profile profile, TimeSpan time)
    {
        var request = LoadConnection.Request(proxy.Port, profile, proxy.Token);
        var connections = new List<LoadConnection>();
        try
        {
            for (var i = 0; i < profile.Connections; i++) connections.Add(await LoadConnection.OpenAsync(proxy.Port, profile, request, translates: proxy.Translates));
            // One that waits in the kernel must not do it on a thread of the event loop, which may be the one that accepts the proxy's connection.
            if (profile.IsLatency) await Wire.OnThread(() => connections[0].ExchangeAsync().AsTask());
            else if (profile.PaceMilliseconds == 0) await Task.WhenAll(connections.Select(c => c.ExchangeAsync().AsTask()));
            var eventsBefore = connections.Sum(c => c.Events);
            var (cpu, store, began) = (proxy.CpuMicros, proxy.StoreMicros, Stopwatch.GetTimestamp());
            var until = began + (long)(time.TotalSeconds * Stopwatch.Frequency);

            List<long> times = [];
            var requests = 0L;
            if (profile.IsLatency) requests = (times = await Wire.OnThread(() => connections[0].TimeAsync(until))).Count;
            else requests = (await Task.WhenAll(connections.Select(c => c.RunAsync(until)))).Sum();

            var (seconds, cpuUsed, storeInside) = (Stopwatch.GetElapsedTime(began).TotalSeconds, proxy.CpuMicros - cpu, proxy.StoreMicros - store);
            if (proxy.Token != "none") await Task.Delay(s_drained);
            times.Sort();
            return new Sample(
                requests, connections.Sum(c => c.Events) - eventsBefore, seconds, cpuUsed - storeInside, proxy.StoreMicros - store,
                Micros(times, 0.5), Micros(times, 0.99));
        }
        finally
        {
            foreach (var connection in connections) connection.Dispose();
        }
    }

    private static double Micros(List<long> sorted, double share) =>
        sorted.Count == 0 ? 0 : sorted[(int)(sorted.Count * share)] * 1e6 / Stopwatch.Frequency;
}
