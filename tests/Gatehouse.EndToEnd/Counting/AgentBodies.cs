using Gatehouse.EndToEnd.Agents;
using Gatehouse.EndToEnd.Stages;
using Gatehouse.EndToEnd.Wire;

namespace Gatehouse.EndToEnd.Counting;

/// <summary>
/// The requests of agents that work: turn after turn they read code, prose, a listing, JSON and Chinese, so that each request holds other things than the one
/// before it.
/// </summary>
internal static class AgentBodies
{
    private static readonly string[] s_commands =
    [
        "cat openai/resources/chat/completions/completions.js",
        "head -c 9000 @qwen-code/qwen-code/bundled/qc-helper/docs/configuration/settings.md",
        "ls -l openai/resources openai/lib openai/internal",
        "head -c 9000 @anthropic-ai/sdk/resources/messages/messages.d.ts",
        "head -c 6000 typescript/lib/zh-cn/diagnosticMessages.generated.json",
        "grep -n return openai/client.js | head -100",
    ];

    /// <summary>Claude Code's requests, in order.</summary>
    public static async Task<IReadOnlyList<byte[]>> OfClaudeCodeAsync(Stage stage)
    {
        await using var tee = new RecordingTee(stage.Gateway);
        var marker = $"count-{Guid.NewGuid():N}";
        var prompt = Prompt(marker, static command => $$"""[tool Bash {"command":"{{command}}","description":"Reads"}]""");
        var run = await ClaudeCode.RunAsync("claude-code", tee.Address, stage.Token, prompt, "--model", "claude-opus-5-5", "--allowedTools", "Bash");
        run.Code.ShouldBe(0, run.Story);
        return Sent(tee, marker);
    }

    /// <summary>Codex's requests, in order.</summary>
    public static async Task<IReadOnlyList<byte[]>> OfCodexAsync(Stage stage)
    {
        await using var tee = new RecordingTee(stage.Gateway);
        var marker = $"count-{Guid.NewGuid():N}";
        var run = await Codex.RunAsync(tee.Address, stage.Token, Prompt(marker, static command => $$"""[tool exec_command {"cmd":"{{command}}"}]"""));
        run.Code.ShouldBe(0, run.Story);
        return Sent(tee, marker);
    }

    private static string Prompt(string marker, Func<string, string> call) =>
        $"Read for {marker}: " + string.Join(" [then] ", s_commands.Select(command => call($"cd {RepositoryPaths.NodeModules} && {command}")));

    private static List<byte[]> Sent(RecordingTee tee, string marker)
    {
        List<byte[]> bodies = [.. tee.Calls.Where(call => call.Sent.Holds(marker)).Select(static call => call.Sent.Body).OrderBy(static body => body.Length)];
        bodies.Count.ShouldBe(s_commands.Length + 1);
        return bodies;
    }
}
