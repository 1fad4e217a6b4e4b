using System.Text.Json;
using Gatehouse.EndToEnd.Stages;
using Gatehouse.EndToEnd.Wire;
using Gatehouse.Gateway.Metering;

namespace Gatehouse.EndToEnd.Agents;

/// <summary>Claude Code itself, two versions, through Gatehouse.</summary>
public class ClaudeCodeTests(Stage stage)
{
    [Theory]
    [MemberData(nameof(ClaudeCode.Versions), MemberType = typeof(ClaudeCode))]
    public async Task A_prompt_is_answered(string version)
    {
        await using var tee = new RecordingTee(stage.Gateway);
        var marker = $"ping-{Guid.NewGuid():N}";
        var run = await ClaudeCode.RunAsync(version, tee.Address, stage.Token, $"Answer this: {marker}", "--model", "claude-opus-5-5");
        run.Code.ShouldBe(0, run.Story);
        run.Output.ShouldContain(marker);
        var carried = await stage.CarriedAsync(tee, marker);
        carried.Count.ShouldBe(1);
        carried[0].Received.Target.ShouldBe("/v1/messages?beta=true");
        carried[0].Received.Header("anthropic-beta")!.ShouldContain("claude-code-20250219");
        carried[0].ShouldBeMetered(ExchangeOperation.Messages, stream: true, "claude-cli");
        carried[0].Row.SessionId.ShouldBe(carried[0].Call.Sent.Header("x-claude-code-session-id").ShouldNotBeNull());
        carried[0].Row.ModelAsked.ShouldBe("claude-opus-5-5");
        carried[0].Row.StopReason.ShouldBe("end_turn");
    }

    [Theory]
    [MemberData(nameof(ClaudeCode.Versions), MemberType = typeof(ClaudeCode))]
    public async Task The_token_may_be_given_as_an_api_key(string version)
    {
        await using var tee = new RecordingTee(stage.Gateway);
        var marker = $"key-{Guid.NewGuid():N}";
        var run = await ClaudeCode.RunAsync(
            version, tee.Address, ("ANTHROPIC_API_KEY", stage.Token), $"Answer this: {marker}", "--model", "claude-opus-5-5");
        run.Code.ShouldBe(0, run.Story);
        run.Output.ShouldContain(marker);
        var one = (await stage.CarriedAsync(tee, marker)).ShouldHaveSingleItem();
        one.Call.Sent.Header("x-api-key").ShouldBe(stage.Token);
        one.Call.Sent.Header("authorization").ShouldBeNull();
        one.ShouldBeMetered(ExchangeOperation.Messages, stream: true, "claude-cli");
    }

    [Theory]
    [MemberData(nameof(ClaudeCode.Versions), MemberType = typeof(ClaudeCode))]
    public async Task A_sub_agents_call_is_told_from_its_parents_in_the_same_session(string version)
    {
        await using var tee = new RecordingTee(stage.Gateway);
        var marker = $"sub-{Guid.NewGuid():N}";
        var prompt = $$"""[tool Agent {"description":"A look","prompt":"Answer this: {{marker}}","subagent_type":"general-purpose"}]""";
        var run = await ClaudeCode.RunAsync(
            version, tee.Address, stage.Token, prompt, "--model", "claude-opus-5-5", "--allowedTools", "Agent");
        run.Code.ShouldBe(0, run.Story);
        // The newer one works on beside it, so that the order of the calls says nothing.
        var told = new List<(string? Sent, LedgerRow Row)>();
        foreach (var call in tee.Calls.Where(call => call.Sent.Holds(marker))) told.Add((call.Sent.Header("x-claude-code-agent-id"), await stage.RowAsync(call)));
        told.ShouldAllBe(one => one.Row.AgentId == one.Sent && one.Row.End == ExchangeEnd.Ok);
        told.Count(one => one.Sent is not null).ShouldBe(1, run.Story);
        told.Count(one => one.Sent is null).ShouldBeGreaterThan(1, run.Story);
        told.Select(one => one.Row.SessionId).Distinct().Count().ShouldBe(1);
    }

    /// <summary>docs/troubleshooting.md tells what this misleading advice means.</summary>
    [Theory]
    [MemberData(nameof(ClaudeCode.Versions), MemberType = typeof(ClaudeCode))]
    public async Task The_providers_own_401_is_asked_for_once_and_shown_as_a_missing_login(string version)
    {
        await using var tee = new RecordingTee(stage.Gateway);
        var marker = $"refused-{Guid.NewGuid():N}";
        var run = await ClaudeCode.RunAsync(
            version, tee.Address, stage.Token, $"Answer this: {marker}", "--model", "claude-opus-5-5+status-401");
        run.Code.ShouldNotBe(0, run.Story);
        run.Output.ShouldContain("Not logged in · Please run /login");
        var row = (await stage.CarriedAsync(tee, marker)).ShouldHaveSingleItem().Row;
        (row.End, row.Status, row.ErrorType).ShouldBe((ExchangeEnd.ClientError, 401, "authentication_error"));
    }

    [Theory]
    [MemberData(nameof(ClaudeCode.Versions), MemberType = typeof(ClaudeCode))]
    public async Task A_Bash_call_runs_its_result_comes_back_and_thinking_is_echoed_intact(string version)
    {
        await using var tee = new RecordingTee(stage.Gateway);
        var marker = $"sum-{Guid.NewGuid():N}";
        var prompt = $$"""Add for {{marker}}: [think] [tool Bash {"command":"echo gatehouse-$((40+2))","description":"Adds"}]""";
        var run = await ClaudeCode.RunAsync(
            version, tee.Address, stage.Token, prompt, "--model", "claude-opus-5-5", "--allowedTools", "Bash");
        run.Code.ShouldBe(0, run.Story);
        run.Output.ShouldContain("gatehouse-42");
        var carried = await stage.CarriedAsync(tee, marker);
        carried.Count.ShouldBe(2);
        using var second = JsonDocument.Parse(carried[1].Received.Body);
        var said = second.RootElement.GetProperty("messages").EnumerateArray()
            .Single(message => message.GetProperty("role").GetString() == "assistant")
            .GetProperty("content").EnumerateArray().ToList();
        // The simulator refuses a signature that is not exactly its own, so a run that got here echoed it intact.
        said.ShouldContain(
            block => block.GetProperty("type").GetString() == "thinking" && block.GetProperty("signature").GetString()!.Length > 40);
        said.ShouldContain(block => block.GetProperty("type").GetString() == "tool_use");
        foreach (var one in carried) one.ShouldBeMetered(ExchangeOperation.Messages, stream: true, "claude-cli");
        carried.Select(one => one.Row.StopReason).ShouldBe(["tool_use", "end_turn"]);
        carried.Select(one => one.Row.SessionId).Distinct().Count().ShouldBe(1);
    }
}
