using System.Diagnostics;
using Gatehouse.Gateway.Tests.Exchanges;

namespace Gatehouse.Gateway.Tests.Soak;

/// <summary>What a gateway at rest takes, the test's own process with it.</summary>
/// <param name="Heap">Bytes that are in use after a collection.</param>
/// <param name="Handles">Open files and sockets, but for the files of loaded assemblies.</param>
/// <param name="Threads">Threads, but for the pool's workers.</param>
/// <param name="Workers">The pool's workers.</param>
/// <param name="UpstreamConnections">Connections that the simulated provider has.</param>
internal sealed record Footprint(long Heap, int Handles, int Threads, int Workers, long UpstreamConnections)
{
    /// <summary>What the handles are of; empty where the system does not say.</summary>
    private IReadOnlyList<string> Open { get; init; } = [];

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
        var open = OpenFiles();
        var workers = ThreadPool.ThreadCount;
        return new Footprint(
            GC.GetTotalMemory(forceFullCollection: true), open?.Count ?? self.HandleCount, self.Threads.Count - workers, workers, gateway.Simulator!.Stats.OpenConnections)
        {
            Open = open ?? [],
        };
    }

    /// <summary>What is open now and was not before, to be told where that is too much.</summary>
    public string OpenedSince(Footprint before)
    {
        var opened = Open.ToList();
        foreach (var file in before.Open) opened.Remove(file);
        return "opened since: " + string.Join(", ", opened);
    }

    // The runtime holds two handles on each assembly and loads one when the compiler first comes to it, which for code that has become hot is on a thread of its own, at any time:
    // System.Net.Quic comes so, after some thousand calls of an HttpClient.
    private static List<string>? OpenFiles() => !Directory.Exists("/proc/self/fd") ? null
        : [.. Directory.GetFiles("/proc/self/fd").Select(Target).OfType<string>().Where(static target => !target.EndsWith(".dll", StringComparison.Ordinal))];

    private static string? Target(string handle)
    {
        try
        {
            return new FileInfo(handle).LinkTarget;
        }
        catch (IOException)
        {
            // The one that the folder itself was read with is closed by now.
            return null;
        }
    }
}
