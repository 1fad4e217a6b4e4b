using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Gatehouse.Dialects.Translation;

namespace Gatehouse.Dialects.Tests.Translation.Fuzz;

/// <summary>
/// Tries all edges side by side, as many at once as there are processors, each for the same time and from the same seed. The environment may say otherwise:
/// GATEHOUSE_FUZZ_SECONDS for each edge (half a second when it is not set), GATEHOUSE_FUZZ_SEED, and GATEHOUSE_FUZZ_ROUND for that one round alone.
/// </summary>
public sealed class FuzzRuns
{
    private const int FewestRounds = 200;
    private static readonly double s_seconds = Given("SECONDS") ?? 0.5;
    private static readonly int s_seed = (int)(Given("SEED") ?? 1);
    private static readonly int? s_round = (int?)Given("ROUND");

    private readonly ConcurrentQueue<Edge> _waiting = new(EdgeSet.All);
    private readonly Dictionary<Edge, TaskCompletionSource<FuzzReport>> _reports =
        EdgeSet.All.ToDictionary(static edge => edge, static _ => new TaskCompletionSource<FuzzReport>(TaskCreationOptions.RunContinuationsAsynchronously));

    /// <summary>Begins with all of them.</summary>
    public FuzzRuns()
    {
        for (var n = Math.Min(Environment.ProcessorCount, EdgeSet.All.Count); n > 0; n--) new Thread(Work) { IsBackground = true, Name = "fuzz" }.Start();
    }

    /// <summary>What became of an edge.</summary>
    public Task<FuzzReport> OfAsync(Dialect client, Dialect upstream) => _reports[EdgeSet.Find(client, upstream)!].Task;

    private void Work()
    {
        while (_waiting.TryDequeue(out var edge))
        {
            try
            {
                _reports[edge].SetResult(Run(edge));
            }
            catch (Exception error)
            {
                _reports[edge].SetException(error);
            }
        }
    }

    private static FuzzReport Run(Edge edge)
    {
        var target = new FuzzTarget(edge);
        var clock = Stopwatch.StartNew();
        var round = s_round ?? 0;
        for (; s_round is null ? round < FewestRounds || clock.Elapsed.TotalSeconds < s_seconds : round == s_round; round++)
        {
            try
            {
                target.Try(new Random(unchecked((s_seed * 1_000_003) + round)));
            }
            catch (Exception error)
            {
                return new FuzzReport(s_seed, round, clock.Elapsed, $"{error}\ninput: {target.Input}");
            }
        }

        return new FuzzReport(s_seed, round, clock.Elapsed, null);
    }

    private static double? Given(string name) =>
        Environment.GetEnvironmentVariable("GATEHOUSE_FUZZ_" + name) is { Length: > 0 } text ? double.Parse(text, CultureInfo.InvariantCulture) : null;
}

/// <summary>What came of trying one edge.</summary>
/// <param name="Seed">What the rounds were made from.</param>
/// <param name="Rounds">How many went well.</param>
/// <param name="Time">How long that took.</param>
/// <param name="Failure">What was wrong in the round with the number <paramref name="Rounds"/>; null when nothing was.</param>
public sealed record FuzzReport(int Seed, int Rounds, TimeSpan Time, string? Failure);
