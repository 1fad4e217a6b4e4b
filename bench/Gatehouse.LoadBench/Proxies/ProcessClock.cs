using System.Globalization;

namespace Gatehouse.LoadBench.Proxies;

/// <summary>What processes have used, read from <c>/proc</c>.</summary>
internal static class ProcessClock
{
    /// <summary>A tick of <c>/proc/PID/stat</c>: 10 ms on every Linux that .NET runs on.</summary>
    private const double MicrosPerTick = 10_000;

    /// <summary>Processor time of a process, all its threads together, those that ended too, in µs.</summary>
    public static double CpuMicros(int pid)
    {
        var stat = File.ReadAllText($"/proc/{pid}/stat");
        // The name in parentheses may hold blanks: fields are counted behind it. utime and stime are the 14th and 15th.
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return (Number(fields[11]) + Number(fields[12])) * MicrosPerTick;
    }

    /// <summary>Processor time of the threads whose name begins with a text, in µs; from the scheduler, so finer than a tick.</summary>
    public static double ThreadMicros(int pid, string name)
    {
        var total = 0.0;
        foreach (var task in Directory.EnumerateDirectories($"/proc/{pid}/task"))
        {
            try
            {
                if (!File.ReadAllText(Path.Combine(task, "comm")).StartsWith(name, StringComparison.Ordinal)) continue;
                total += Number(File.ReadAllText(Path.Combine(task, "schedstat")).Split(' ')[0]) / 1000;
            }
            catch (IOException)
            {
                // The thread has ended meanwhile.
            }
        }

        return total;
    }

    /// <summary>Memory in use, in KB.</summary>
    public static long RssKilobytes(int pid)
    {
        foreach (var line in File.ReadLines($"/proc/{pid}/status"))
        {
            if (line.StartsWith("VmRSS:", StringComparison.Ordinal))
                return (long)Number(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]);
        }

        return 0;
    }

    /// <summary>The processes that a process started and that still run.</summary>
    public static IEnumerable<int> Children(int pid) =>
        File.ReadAllText($"/proc/{pid}/task/{pid}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(p => (int)Number(p));

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
