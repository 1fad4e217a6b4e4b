using Gatehouse.LoadBench.Bodies;
using Gatehouse.LoadBench.Figures;
using Gatehouse.LoadBench.Load;
using Gatehouse.LoadBench.Proxies;
using Gatehouse.LoadBench.Upstream;

namespace Gatehouse.LoadBench;

/// <summary>
/// The whole run: every profile goes direct, through nginx and through Gatehouse in turn, round after round, so that what else the machine
/// does falls on all of them alike; then the slow streams, each time on a fresh process.
/// </summary>
internal static class LoadBenchmark
{
    /// <summary>A step of the load before the first round; there are two at least, and more while the runtime still compiles.</summary>
    private static readonly TimeSpan s_warmUp = TimeSpan.FromSeconds(4);

    private const int MostWarmUps = 10;

    /// <summary>Runs it; 0 when every answer was right and no event was lost.</summary>
    public static async Task<int> RunAsync(BenchOptions options)
    {
        using var upstream = new FastUpstream();
        using var timed = new FastUpstream(isBlocking: true);
        var table = new FigureTable();
        var profiles = Profile.Compared.Where(p => p.Name.Contains(options.Only, StringComparison.Ordinal)).ToList();
        foreach (var group in profiles.GroupBy(static p => p.IsLatency)) await CompareAsync(options, [.. group], group.Key ? timed : upstream, table);
        var lost = 0L;
        if (Profile.Slow.Name.Contains(options.Only, StringComparison.Ordinal))
        {
            foreach (var streams in options.Streams) lost += await RunSlowAsync(options, streams, upstream, table);
        }

        if (Profile.Stuck.Name.Contains(options.Only, StringComparison.Ordinal)) await RunCancelAsync(options, upstream, table);
        if ("revoke".Contains(options.Only, StringComparison.Ordinal)) await RunRevokeAsync(options, upstream, table);
        table.Print(Console.Out);
        Console.WriteLine();
        Console.WriteLine($"Request bodies that reached the upstream changed: {upstream.WrongBodies + timed.WrongBodies}. Slow events lost: {lost}.");
        return upstream.WrongBodies + timed.WrongBodies + lost == 0 ? 0 : 1;
    }

    private static async Task CompareAsync(BenchOptions options, List<Profile> profiles, FastUpstream upstream, FigureTable table)
    {
        await using var direct = new NoProxy(upstream.Port);
        await using var nginx = await NginxProxy.StartAsync(options.Nginx, upstream.Port);
        await using var gatehouse = await GatehouseProxy.StartAsync(options.Gatehouse, upstream.Port);
        await using var other = options.HasOther
            ? await GatehouseProxy.StartAsync(
                options.Against.Length > 0 ? options.Against : options.Gatehouse, upstream.Port, FigureTable.Other, options.AgainstEnvironment)
            : null;
        Proxy[] proxies = other is null ? [direct, nginx, gatehouse] : [direct, nginx, gatehouse, other];
        foreach (var profile in profiles)
        {
            using var awake = profile.IsAwake ? new AwakeProcessors() : null;
            await ProfileRun.RunAsync(nginx, profile, TimeSpan.FromSeconds(0.5));
            await WarmUpAsync(gatehouse, profile);
            if (other is not null) await WarmUpAsync(other, profile);
            for (var round = 0; round < options.Rounds; round++)
            {
                // Another one begins each time: whoever runs first meets what the round before left.
                for (var i = 0; i < proxies.Length; i++)
                {
                    var proxy = proxies[(round + i) % proxies.Length];
                    table.Add(profile, proxy.Name, await ProfileRun.RunAsync(proxy, profile, options.Slice));
                }

                Console.Error.WriteLine(table.Line(profile, round));
            }
        }
    }

    /// <summary>
    /// Loads a proxy until its runtime is done with compiling, in several passes, what turned out hot: until a hundredth of a step goes into it. After a
    /// fixed time it was still a tenth on a busy machine, which is no cost of a request.
    /// </summary>
    private static async Task WarmUpAsync(Proxy proxy, Profile profile)
    {
        for (var step = 1; step <= MostWarmUps; step++)
        {
            var before = proxy.CompileMicros;
            await ProfileRun.RunAsync(proxy, profile, s_warmUp);
            var after = proxy.CompileMicros;

            // The compiling thread ends when it has nothing to do, and its time with it.
            var compiled = after >= before ? after - before : after;
            if (step > 1 && compiled < s_warmUp.TotalMicroseconds / 100) return;
        }
    }

    private static async Task RunCancelAsync(BenchOptions options, FastUpstream upstream, FigureTable table)
    {
        await using var nginx = await NginxProxy.StartAsync(options.Nginx, upstream.Port);
        await using var gatehouse = await GatehouseProxy.StartAsync(options.Gatehouse, upstream.Port);
        foreach (var proxy in new Proxy[] { nginx, gatehouse }) table.Add(await CancelRun.RunAsync(proxy, upstream));
    }

    private static async Task RunRevokeAsync(BenchOptions options, FastUpstream upstream, FigureTable table)
    {
        await using var gatehouse = await GatehouseProxy.StartAsync(options.Gatehouse, upstream.Port);
        var (fromStart, fromEnd) = await RevokeRun.RunAsync(gatehouse);
        table.Add(fromStart);
        table.Add(fromEnd);
    }

    private static async Task<long> RunSlowAsync(BenchOptions options, int streams, FastUpstream upstream, FigureTable table)
    {
        var lost = 0L;
        foreach (var start in new Func<Task<Proxy>>[]
        {
            async () => await NginxProxy.StartAsync(options.Nginx, upstream.Port),
            async () => await GatehouseProxy.StartAsync(options.Gatehouse, upstream.Port),
        })
        {
            await using var proxy = await start();
            var figures = await SlowStreams.RunAsync(proxy, streams);
            table.Add(proxy.Name, figures);
            Console.Error.WriteLine($"{proxy.Name}: {figures}");
            lost += figures.Lost + figures.Failed;
        }

        return lost;
    }
}
