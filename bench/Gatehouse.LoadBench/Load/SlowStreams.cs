using System.Diagnostics;
using Gatehouse.LoadBench.Bodies;
using Gatehouse.LoadBench.Proxies;

namespace Gatehouse.LoadBench.Load;

/// <summary>What many waiting streams cost.</summary>
/// <param name="Streams">How many at once.</param>
/// <param name="IdleMegabytes">Memory before them.</param>
/// <param name="PeakMegabytes">The most while they ran.</param>
/// <param name="Lost">Events that the upstream sent and the generator did not get.</param>
/// <param name="Failed">Streams that did not end as they should.</param>
/// <param name="MicrosPerEvent">Processor time of the proxy per event.</param>
internal sealed record SlowFigures(int Streams, double IdleMegabytes, double PeakMegabytes, long Lost, int Failed, double MicrosPerEvent)
{
    /// <summary>Memory per stream in KB.</summary>
    public double KilobytesEach => (PeakMegabytes - IdleMegabytes) * 1024 / Streams;
}

/// <summary>Opens thousands of streams with an event every 500 ms, keeps them to their end, and watches the proxy's memory.</summary>
internal static class SlowStreams
{
    private const int OpenAtOnce = 64;

    /// <summary>Runs it on a proxy that was just started.</summary>
    public static async Task<SlowFigures> RunAsync(Proxy proxy, int streams)
    {
        await WarmAsync(proxy);
        var idle = proxy.RssKilobytes;
        var request = LoadConnection.Request(proxy.Port, Profile.Slow, proxy.Token);
        var connections = new List<LoadConnection>(streams);
        var running = new List<Task>(streams);
        using var gate = new SemaphoreSlim(OpenAtOnce);
        var failed = 0;
        var cpu = proxy.CpuMicros - proxy.StoreMicros;
        for (var i = 0; i < streams; i++)
        {
            await gate.WaitAsync();
            var connection = await LoadConnection.OpenAsync(proxy.Port, Profile.Slow, request, bufferBytes: 1024);
            connections.Add(connection);
            running.Add(PlayAsync(connection));
        }

        var all = Task.WhenAll(running);
        var peak = idle;
        while (await Task.WhenAny(all, Task.Delay(250)) != all) peak = Math.Max(peak, proxy.RssKilobytes);
        await all;
        var events = connections.Sum(c => c.Events);
        foreach (var connection in connections) connection.Dispose();
        var used = proxy.CpuMicros - proxy.StoreMicros - cpu;
        return new SlowFigures(
            streams, idle / 1024.0, peak / 1024.0, ((long)streams * Profile.Slow.Answer.Events) - events, failed, used / Math.Max(1, events));

        async Task PlayAsync(LoadConnection connection)
        {
            var released = 0;
            try
            {
                await connection.ExchangeAsync(Release);
            }
            catch (Exception e) when (e is InvalidDataException or System.Net.Sockets.SocketException)
            {
                if (Interlocked.Increment(ref failed) == 1) Console.Error.WriteLine($"{proxy.Name}: {e.Message}");
                Release();
            }

            void Release()
            {
                if (Interlocked.Exchange(ref released, 1) == 0) gate.Release();
            }
        }
    }

    /// <summary>Some seconds of load first, so that what a program needs once is not told as a stream's.</summary>
    private static async Task WarmAsync(Proxy proxy)
    {
        var paced = Profile.Compared.First(p => p.PaceMilliseconds > 0);
        await ProfileRun.RunAsync(proxy, paced, TimeSpan.FromSeconds(2));
        await Task.Delay(500);
    }
}
