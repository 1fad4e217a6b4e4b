using System.Diagnostics;
using Gatehouse.Gateway.Tests.Exchanges;

namespace Gatehouse.Gateway.Tests.Soak;

/// <summary>What a gateway at rest takes, the test's own process with it.</summary>
/// <param name="Heap">Bytes that are in use after a collection.</param>
/// <param name="Handles">Open files and sockets.</param>
/// <param name="Threads">Threads.</param>
/// <param name="UpstreamConnections">Connections that the simulated provider has.</param>
internal sealed record Footprint(long Heap, int Handles, int Threads, long UpstreamConnections)
{
    /// <summary>Takes it, once all rows are stored.</summary>
    public static async Task<Footprint> OfAsync(GatewayHarness gateway)
    {
        using var ceiling = new CancellationTokenSource(GatewayHarness.Ceiling);
        await gateway.Ledger.FlushAsync(ceiling.Token);
        for (var i = 0; i < 3; i++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }

        using var self = Process.GetCurrentProcess();
        var handles = Directory.Exists("/proc/self/fd") ? Directory.GetFiles("/proc/self/fd").Length : self.HandleCount;
        return new Footprint(GC.GetTotalMemory(forceFullCollection: true), handles, self.Threads.Count, gateway.Simulator!.Stats.OpenConnections);
    }
}
