using System.Globalization;

namespace Gatehouse.LoadBench;

/// <summary>What to run.</summary>
internal sealed record BenchOptions
{
    private const string Usage = """
        loadbench --gatehouse FILE [options]
          --gatehouse FILE   the published gatehouse.dll
          --nginx FILE       nginx (default: nginx)
          --rounds N         rounds, at least 1 (default: 5)
          --seconds S        time of one proxy in one round (default: 2)
          --only TEXT        the profiles whose name holds the text (json-1k, json-150k, json-1m, translate-150k, sse-burst, sse-10ms, one-1k, one-150k,
                             awake-1k, awake-150k, slow, cancel, revoke)
          --streams N,N      numbers of slow streams (default: 1000,5000)
          --against FILE     another build's gatehouse.dll, run beside the first: shows what a change to the code brings
          --against-env K=V,K=V   environment variables for the other one: shows what a setting brings
        """;

    /// <summary>The published <c>gatehouse.dll</c>.</summary>
    public string Gatehouse { get; private init; } = "";

    /// <summary>The nginx program.</summary>
    public string Nginx { get; private init; } = "nginx";

    /// <summary>Interleaved rounds.</summary>
    public int Rounds { get; private init; } = 5;

    /// <summary>Time of one proxy in one round.</summary>
    public TimeSpan Slice { get; private init; } = TimeSpan.FromSeconds(2);

    /// <summary>Part of the name of the profiles to run; empty for all.</summary>
    public string Only { get; private init; } = "";

    /// <summary>Numbers of slow streams.</summary>
    public IReadOnlyList<int> Streams { get; private init; } = [1000, 5000];

    /// <summary>Another build to compare with; empty for none.</summary>
    public string Against { get; private init; } = "";

    /// <summary>Environment variables of the other one.</summary>
    public IReadOnlyDictionary<string, string> AgainstEnvironment { get; private init; } = new Dictionary<string, string>();

    /// <summary>Whether there is another one.</summary>
    public bool HasOther => Against.Length > 0 || AgainstEnvironment.Count > 0;

    /// <summary>Reads the command line; null with what is wrong.</summary>
    public static BenchOptions? Parse(string[] args, out string problem)
    {
        var options = new BenchOptions();
        problem = Usage;
        if (args is ["--help"] or ["-h"]) return null;
        for (var i = 0; i + 1 < args.Length; i += 2)
        {
            var value = args[i + 1];
            var read = args[i] switch
            {
                "--gatehouse" => options with { Gatehouse = Path.GetFullPath(value) },
                "--nginx" => options with { Nginx = value },
                "--rounds" when int.TryParse(value, out var rounds) && rounds > 0 => options with { Rounds = rounds },
                "--seconds" when double.TryParse(value, CultureInfo.InvariantCulture, out var seconds) && seconds > 0 =>
                    options with { Slice = TimeSpan.FromSeconds(seconds) },
                "--only" => options with { Only = value },
                "--streams" => options with { Streams = [.. value.Split(',').Select(int.Parse)] },
                "--against" => options with { Against = Path.GetFullPath(value) },
                "--against-env" => options with
                {
                    AgainstEnvironment = value.Split(',').Select(pair => pair.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[^1]),
                },
                _ => null,
            };
            if (read is null) return null;
            options = read;
        }

        if (args.Length % 2 == 1) return null;
        if (File.Exists(options.Gatehouse)) return options;
        problem = $"{options.Gatehouse} is not there.\n{Usage}";
        return null;
    }
}
