using Gatehouse.LoadBench;

// Before the first socket: the generator's and the upstream's continuations run on the thread that polls the sockets, which is the cheapest
// way .NET has.
Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1");
if (BenchOptions.Parse(args, out var problem) is not { } options)
{
    Console.Error.WriteLine(problem);
    return 2;
}

return await LoadBenchmark.RunAsync(options);
