using Gatehouse.EndToEnd.Processes;
using Gatehouse.EndToEnd.Stages;

namespace Gatehouse.EndToEnd.Agents;

/// <summary>Runs Codex without a terminal, in a home and a project folder of its own, with nothing to reach but one address.</summary>
internal static class Codex
{
    /// <summary>Its pinned versions, by the name of the package they are installed as.</summary>
    public static TheoryData<string> Versions => ["codex", "codex-older"];

    /// <summary>Asks one of the versions one thing and waits for its answer.</summary>
    public static async Task<AgentRun> RunAsync(string version, Uri gateway, string token, string prompt)
    {
        await using var agent = Start(version, gateway, token, prompt, "gpt-5.5", null, []);
        return await agent.WaitAsync();
    }

    /// <summary>Asks it one thing and waits for its answer.</summary>
    /// <param name="gateway">Where Gatehouse listens.</param>
    /// <param name="token">What opens it.</param>
    /// <param name="prompt">What to ask.</param>
    /// <param name="model">The model to ask.</param>
    /// <param name="files">Files that lie in its project folder, by name.</param>
    /// <param name="options">More options of its command.</param>
    public static async Task<AgentRun> RunAsync(
        Uri gateway, string token, string prompt, string model = "gpt-5.5", IReadOnlyDictionary<string, byte[]>? files = null, params string[] options)
    {
        await using var agent = Start(gateway, token, prompt, model, files, options);
        return await agent.WaitAsync();
    }

    /// <summary>Starts it with one thing to do, as the other.</summary>
    public static StartedAgent Start(
        Uri gateway, string token, string prompt, string model, IReadOnlyDictionary<string, byte[]>? files = null, params string[] options) =>
        Start("codex", gateway, token, prompt, model, files, options);

    private static StartedAgent Start(
        string version, Uri gateway, string token, string prompt, string model, IReadOnlyDictionary<string, byte[]>? files, string[] options)
    {
        var folder = new TestFolder();
        folder.Write("home/.codex/config.toml", $"""
            model = "{model}"
            model_provider = "gatehouse"
            model_reasoning_summary = "detailed"
            [model_providers.gatehouse]
            name = "Gatehouse"
            base_url = "{gateway}v1"
            env_key = "GATEHOUSE_TOKEN"
            wire_api = "responses"
            """);
        var environment = folder.Environment(("CODEX_HOME", folder.At("home", ".codex")), ("GATEHOUSE_TOKEN", token));
        var program = version == "codex" ? RepositoryPaths.Codex : RepositoryPaths.CodexOlder;
        string[] command =
            [RepositoryPaths.Node, program, "exec", .. options, "--skip-git-repo-check", "--dangerously-bypass-approvals-and-sandbox", prompt];
        return StartedAgent.Start(folder, command, environment, files);
    }
}
