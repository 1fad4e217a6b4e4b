using System.Text.Json;
using Gatehouse.EndToEnd.Stages;
using Gatehouse.EndToEnd.Wire;
using Gatehouse.Gateway.Metering;

namespace Gatehouse.EndToEnd.Agents;

/// <summary>Codex itself, two versions, through Gatehouse.</summary>
public class CodexTests(Stage stage)
{
    [Theory]
    [MemberData(nameof(Codex.Versions), MemberType = typeof(Codex))]
    public async Task A_prompt_is_answered(string version)
    {
        await using var tee = new RecordingTee(stage.Gateway);
        var marker = $"ping-{Guid.NewGuid():N}";
        var run = await Codex.RunAsync(version, tee.Address, stage.Token, $"Answer this: {marker}");
        run.Code.ShouldBe(0, run.Story);
        run.Output.ShouldContain(marker);
        var carried = await stage.CarriedAsync(tee, marker);
        carried.Count.ShouldBe(1);
        carried[0].ShouldBeMetered(ExchangeOperation.Responses, stream: true, "codex_exec");
        carried[0].Row.SessionId.ShouldBe(carried[0].Call.Sent.Header("session-id").ShouldNotBeNull());
        carried[0].Row.ModelAsked.ShouldBe("gpt-5.5");
    }

    [Theory]
    [MemberData(nameof(Codex.Versions), MemberType = typeof(Codex))]
    public async Task A_command_runs_its_result_comes_back_and_reasoning_is_echoed_intact(string version)
    {
        await using var tee = new RecordingTee(stage.Gateway);
        var marker = $"sum-{Guid.NewGuid():N}";
        var run = await Codex.RunAsync(
            version, tee.Address, stage.Token, $$"""Add for {{marker}}: [think] [tool exec_command {"cmd":"echo gatehouse-$((40+2))"}]""");
        run.Code.ShouldBe(0, run.Story);
        run.Output.ShouldContain("gatehouse-42");
        var carried = await stage.CarriedAsync(tee, marker);
        carried.Count.ShouldBe(2);
        using var second = JsonDocument.Parse(carried[1].Received.Body);
        var items = second.RootElement.GetProperty("input").EnumerateArray().ToList();
        // The simulator refuses sealed content that is not exactly its own, so a run that got here echoed it intact.
        items.ShouldContain(
            item => item.GetProperty("type").GetString() == "reasoning" && item.GetProperty("encrypted_content").GetString()!.Length > 40);
        items.ShouldContain(item => item.GetProperty("type").GetString() == "function_call_output");
        foreach (var one in carried) one.ShouldBeMetered(ExchangeOperation.Responses, stream: true, "codex_exec");
    }
}
