using System.Text.Json.Nodes;

namespace Gatehouse.EndToEnd.Programs;

/// <summary>A tool that takes its client a minute, which no time limit of the real <c>claude</c> program's own may cut short.</summary>
public sealed class HeldMinuteTests(ProgramStage stage) : IClassFixture<ProgramStage>
{
    private readonly string _marker = $"minute-{Guid.NewGuid():N}";

    [Fact]
    public async Task A_result_that_comes_after_a_minute_is_the_one_that_the_model_gets_in_the_process_that_waited()
    {
        await Task.WhenAll(new[] { ProgramStage.Current, ProgramStage.Older }.Select(async version =>
        {
            using var talk = stage.Begin(version);
            await talk.SayAsync($$"""{{_marker}}{{version}}/ [tool mcp__oc__get_weather {"city":"Bern"}]""");
            // The minute is what is tested: nothing is waited for.
            await Task.Delay(TimeSpan.FromSeconds(61));
            await talk.AnswerAsync(_ => new JsonObject { ["content"] = $"slow but sure {version}" });
            var received = await stage.ReceivedAsync(_marker + version + "/");
            received.Count.ShouldBe(2);
            received.Select(ProgramStage.Process).Distinct().ShouldHaveSingleItem();
            await stage.ShouldHaveReceivedAsync(talk, _marker + version + "/", $"slow but sure {version}");
        }));
    }
}
