using Gatehouse.EndToEnd.Processes;
using Gatehouse.EndToEnd.Stages;
using Gatehouse.EndToEnd.Wire;

namespace Gatehouse.EndToEnd.Agents;

/// <summary>
/// Runs an agent by the line that the server printed for it, in a shell, as a person would who copied it: in a home and a project folder of
/// its own,
/// with what makes it run once and end behind the line, and the prompt on standard input.
/// </summary>
internal static class StartLine
{
    // Neither its list of models nor updates are asked for elsewhere: these programs know what they need.
    private static readonly (string, string)[] _quiet =
    [
        ("CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC", "1"), ("DISABLE_AUTOUPDATER", "1"), ("OPENCODE_DISABLE_MODELS_FETCH", "1"),
        ("OPENCODE_DISABLE_AUTOUPDATE", "1"), ("OPENCODE_DISABLE_LSP_DOWNLOAD", "1"),
    ];

    /// <summary>Asks the agent one thing and waits for its answer.</summary>
    /// <param name="stage">The server that printed the line.</param>
    /// <param name="tee">Takes the server's place in the line.</param>
    /// <param name="agent">The agent's name in the print: <c>Claude Code</c>, <c>Codex</c>, <c>OpenCode</c>.</param>
    /// <param name="behind">What follows the line.</param>
    /// <param name="prompt">What the agent is asked.</param>
    public static async Task<AgentRun> RunAsync(Stage stage, RecordingTee tee, string agent, string behind, string prompt)
    {
        using var folder = new TestFolder();
        var programs = folder.Folder("bin");
        Link(programs, "claude", RepositoryPaths.ClaudeCode);
        Link(programs, "opencode", RepositoryPaths.OpenCode);
        Link(programs, "codex", folder.Write("codex.sh", $"#!/bin/sh\nexec '{RepositoryPaths.Node}' '{RepositoryPaths.Codex}' \"$@\"\n"));
        File.SetUnixFileMode(folder.At("codex.sh"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var line = stage.StartLine(agent).Replace(stage.Gateway.Authority, tee.Address.Authority, StringComparison.Ordinal);
        line.ShouldContain(tee.Address.Authority);
        var environment = folder.Environment([("PATH", $"{programs}:{Environment.GetEnvironmentVariable("PATH")}"), .. _quiet]);
        await using var process = GuardedProcess.Start(
            ["/bin/sh", "-c", $"{line} {behind}"], environment, folder.Folder("project"), folder.Write("prompt", prompt));
        var code = await process.WaitAsync(AgentRun.Limit);
        return new AgentRun(code, process.Output, process.Story);
    }

    private static void Link(string folder, string name, string program) => File.CreateSymbolicLink(Path.Combine(folder, name), program);
}
