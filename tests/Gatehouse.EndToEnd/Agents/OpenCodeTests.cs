using Gatehouse.EndToEnd.Stages;
using Gatehouse.EndToEnd.Wire;
using Gatehouse.Gateway.Metering;

namespace Gatehouse.EndToEnd.Agents;

/// <summary>OpenCode itself through Gatehouse, with either vendor's provider moved here.</summary>
public class OpenCodeTests(Stage stage)
{
    [Theory]
    [InlineData("anthropic/claude-sonnet-4-5", "--variant high", "\"type\":\"thinking\"", "tool_use", "end_turn")]
    [InlineData("openai/gpt-5.5", "", "\"encrypted_content\":\"", "completed", "completed")]
    public async Task A_command_runs_its_result_comes_back_and_reasoning_is_echoed_intact(
        string model, string options, string echoed, string firstStop, string lastStop)
    {
        await using var tee = new RecordingTee(stage.Gateway);
        var marker = $"sum-{Guid.NewGuid():N}";
        var prompt = $$"""Add for {{marker}}: [think] [tool bash {"command":"echo gatehouse-$((40+2))","description":"Adds"}]""";
        var run = await StartLine.RunAsync(stage, tee, "OpenCode", $"run --model {model} {options}", prompt);
        run.Code.ShouldBe(0, run.Story);
        run.Output.ShouldContain("gatehouse-42");
        // A request for the session's title, to a smaller model and without tools, goes beside the two of the prompt.
        var carried = (await stage.CarriedAsync(tee, marker)).Where(one => one.Row.ModelAsked == model.Split('/')[1]).ToList();
        carried.Count.ShouldBe(2);
        var operation = model.StartsWith("anthropic", StringComparison.Ordinal) ? ExchangeOperation.Messages : ExchangeOperation.Responses;
        foreach (var one in carried) one.ShouldBeMetered(operation, stream: true, "opencode");
        carried.Select(one => one.Row.StopReason).ShouldBe([firstStop, lastStop]);
        carried.Select(one => one.Row.SessionId)
            .ShouldBe([carried[0].Call.Sent.Header("x-session-id"), carried[0].Call.Sent.Header("x-session-id")]);
        // The simulator refuses what is not exactly its own, so a run that got here echoed it intact.
        carried[1].Received.Text.ShouldContain(echoed);
    }
}
