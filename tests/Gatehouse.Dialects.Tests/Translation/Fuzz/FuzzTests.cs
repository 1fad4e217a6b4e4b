namespace Gatehouse.Dialects.Tests.Translation.Fuzz;

/// <summary>Neither side is trusted: each edge is tried with damaged requests and answers for a while, from a fixed seed (see <see cref="FuzzRuns"/>).</summary>
public sealed class FuzzTests(FuzzRuns runs, ITestOutputHelper output) : IClassFixture<FuzzRuns>
{
    public static TheoryData<Dialect, Dialect> Edges => ConversationTests.Edges;

    [Theory]
    [MemberData(nameof(Edges))]
    public async Task Damaged_requests_and_answers_give_refusals_and_legal_ends(Dialect client, Dialect upstream)
    {
        var report = await runs.OfAsync(client, upstream);
        output.WriteLine($"{client} to {upstream}: seed {report.Seed}, {report.Rounds} rounds in {report.Time.TotalSeconds:F1} s");
        report.Failure.ShouldBeNull($"GATEHOUSE_FUZZ_SEED={report.Seed} GATEHOUSE_FUZZ_ROUND={report.Rounds} tries this round alone");
    }
}
