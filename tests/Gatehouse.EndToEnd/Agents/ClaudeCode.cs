using Gatehouse.EndToEnd.Processes;
using Gatehouse.EndToEnd.Stages;

namespace Gatehouse.EndToEnd.Agents;

/// <summary>
/// Runs Claude Code without a terminal, in a home and a project folder of its own, with nothing to reach but one address.
/// </summary>
internal static class ClaudeCode
{
    /// <summary>Its pinned versions, by the name of the folder they are installed in.</summary>
    public static TheoryData<string> Versions => ["claude-code", "claude-code-older"];

    /// <summary>Asks it one thing and waits for its answer. It presents the token as a bearer.</summary>
    public static Task<AgentRun> RunAsync(string version, Uri gateway, string token, string prompt, params string[] options) =>
        RunAsync(version, gateway, ("ANTHROPIC_AUTH_TOKEN", token), prompt, options);

    /// <summary>
    /// As the other, with the variable that the token is given in: with <c>ANTHROPIC_API_KEY</c> it is presented as <c>x-api-key</c>.
    /// </summary>
    public static async Task<AgentRun> RunAsync(
        string version, Uri gateway, (string Variable, string Text) token, string prompt, params string[] options)
    {
        await using var agent = Start(version, gateway, token, prompt, options);
        return await agent.WaitAsync();
    }

    /// <summary>Starts it with one thing to do.</summary>
    /// <param name="version">The name of the folder it is installed in.</param>
    /// <param name="gateway">Where Gatehouse listens.</param>
    /// <param name="token">What opens it, and the variable that it is given in.</param>
    /// <param name="prompt">What to ask.</param>
    /// <param name="options">More options of its command.</param>
    /// <param name="files">Files that lie in its project folder, by name.</param>
    /// <param name="variables">More variables of its environment.</param>
    public static StartedAgent Start(
        string version, Uri gateway, (string Variable, string Text) token, string prompt, string[] options, IReadOnlyDictionary<string, byte[]>? files = null,
        params (string Variable, string Text)[] variables)
    {
        var folder = new TestFolder();
        var environment = folder.Environment(
        [
            ("CLAUDE_CONFIG_DIR", folder.Folder("home", ".claude")),
            ("ANTHROPIC_BASE_URL", gateway.ToString().TrimEnd('/')),
            token,
            ("CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC", "1"),
            ("DISABLE_AUTOUPDATER", "1"),
            ("DISABLE_TELEMETRY", "1"),
            ("DISABLE_ERROR_REPORTING", "1"),
            .. variables,
        ]);
        var program = version == "claude-code" ? RepositoryPaths.ClaudeCode : RepositoryPaths.ClaudeCodeOlder;
        return StartedAgent.Start(folder, [program, "-p", prompt, .. options], environment, files);
    }
}
