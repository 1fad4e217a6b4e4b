using System.Diagnostics;
using Gatehouse.LoadBench.Bodies;
using Gatehouse.LoadBench.Figures;
using Gatehouse.LoadBench.Proxies;
using Gatehouse.LoadBench.Upstream;

namespace Gatehouse.LoadBench.Load;

/// <summary>How soon the upstream is rid of a call whose client has gone away: from the client's close to the upstream's notice of one.</summary>
internal static class CancelRun
{
    private const int Times = 100;

    /// <summary>Runs it.</summary>
    public static async Task<DelayFigures> RunAsync(Proxy proxy, FastUpstream upstream)
    {
        var request = LoadConnection.Request(proxy.Port, Profile.Stuck, proxy.Token);
        var delays = new List<double>(Times);
        for (var i = 0; i < Times; i++)
        {
            using var client = await LoadConnection.OpenAsync(proxy.Port, Profile.Stuck, request);
            await client.BeginAsync();
            var left = Stopwatch.GetTimestamp();
            client.Dispose();
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
            delays.Add(DelayFigures.Between(left, await upstream.Closings.ReadAsync(limit.Token)));
        }

        return new DelayFigures("client's close until the upstream's call is closed", proxy.Name, delays);
    }
}
