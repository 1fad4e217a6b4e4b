using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Gatehouse.Dialects.Counting;
using Gatehouse.EndToEnd.Stages;
using Gatehouse.Gateway.Metering;

namespace Gatehouse.EndToEnd.Counting;

/// <summary>
/// The estimate of input tokens against the tokenizers that vendors published. With GATEHOUSE_COUNTS=write in the environment the table in
/// docs/dialects/translation.md is written anew.
/// </summary>
public sealed partial class EstimateTests(Stage stage)
{
    /// <summary>In percent: what a corrected estimate of an agent's request may be off by.</summary>
    private const double Most = 10;

    private const int Learned = 3;

    private static readonly string s_page = Path.Combine(RepositoryPaths.Root, "docs", "dialects", "translation.md");

    [Fact]
    public async Task The_page_says_how_far_the_estimate_is_off_for_each_kind_of_text_before_any_correction()
    {
        var counted = await Tokenizers.CountAsync(TextKinds.All);
        var measured = TextKinds.All.ToDictionary(
            static kind => kind.Name, kind => Tokenizers.Names.Select(name => Error(InputMeasure.Of(kind.Body).Tokens, counted[kind.Name][name])).ToArray());
        if (Environment.GetEnvironmentVariable("GATEHOUSE_COUNTS") == "write") await WriteAsync(measured);

        var rows = Row().Matches(await File.ReadAllTextAsync(s_page)).ToDictionary(
            static row => row.Groups[1].Value, static row => row.Groups.Cast<Group>().Skip(2).Select(static error => int.Parse(error.Value, CultureInfo.InvariantCulture)).ToArray());
        rows.Keys.Order().ShouldBe(measured.Keys.Order());
        foreach (var (kind, errors) in measured)
        {
            for (var i = 0; i < errors.Length; i++) errors[i].ShouldBe(rows[kind][i], 1, $"{kind}, {Tokenizers.Names[i]}");
        }
    }

    [Fact]
    public async Task After_a_few_exchanges_an_agents_request_is_estimated_within_10_percent()
    {
        IReadOnlyList<byte[]>[] agents = [await AgentBodies.OfClaudeCodeAsync(stage), await AgentBodies.OfCodexAsync(stage)];
        var bodies = agents.SelectMany(static (agent, at) => agent.Select((body, turn) => (Name: $"{at}-{turn}", Body: body))).ToList();
        var counted = await Tokenizers.CountAsync(bodies);
        var said = new StringBuilder();
        foreach (var tokenizer in Tokenizers.Names)
        {
            // One model that serves either agent first, and then the other.
            foreach (var order in new[] { bodies, [.. agents[1].Select((body, turn) => ($"1-{turn}", body)), .. agents[0].Select((body, turn) => ($"0-{turn}", body))] })
            {
                var calibration = new TokenCalibration();
                for (var i = 0; i < order.Count; i++)
                {
                    var (estimate, reported) = (InputMeasure.Of(order[i].Body).Tokens, counted[order[i].Name][tokenizer]);
                    var error = Error(calibration.Correct("m", estimate), reported);
                    said.Append(CultureInfo.InvariantCulture, $"{tokenizer} {order[i].Name}: {order[i].Body.Length} bytes, {reported} tokens, raw {Error(estimate, reported):F1} %, corrected {error:F1} %\n");
                    if (i >= Learned) Math.Abs(error).ShouldBeLessThanOrEqualTo(Most, said.ToString());
                    calibration.Learn("m", estimate, reported);
                }
            }
        }

        TestContext.Current.TestOutputHelper!.Write(said.ToString());
    }

    private static double Error(long estimate, long counted) => 100.0 * (estimate - counted) / counted;

    private static async Task WriteAsync(Dictionary<string, double[]> measured)
    {
        var page = await File.ReadAllTextAsync(s_page);
        var rows = string.Concat(measured.Select(static kind => $"| {kind.Key} | {string.Join(" | ", kind.Value.Select(static error => error.ToString("+0;-0;0", CultureInfo.InvariantCulture) + " %"))} |\n"));
        var old = Row().Matches(page);
        var (from, to) = (old[0].Index, old[^1].Index + old[^1].Length);
        await File.WriteAllTextAsync(s_page, page[..from] + rows.TrimEnd('\n') + page[to..]);
    }

    [GeneratedRegex(@"^\| ([\w ]+) \| ([-+]?\d+) % \| ([-+]?\d+) % \|$", RegexOptions.Multiline)]
    private static partial Regex Row();
}
