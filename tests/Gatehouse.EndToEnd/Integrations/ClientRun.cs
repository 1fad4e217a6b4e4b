using System.Runtime.Versioning;
using Gatehouse.EndToEnd.Agents;
using Gatehouse.EndToEnd.Processes;
using Gatehouse.EndToEnd.Stages;

namespace Gatehouse.EndToEnd.Integrations;

/// <summary>A person's home with an agent's own configuration in it, Gatehouse's commands run there, and the agent itself, started plainly.</summary>
[SupportedOSPlatform("linux")]
internal sealed class ClientRun : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly Stage _stage;
    private readonly Dictionary<string, string> _environment;

    public ClientRun(Stage stage, params (string Name, string Value)[] more)
    {
        _stage = stage;
        var programs = _folder.Folder("bin");
        Link(programs, "claude", $"exec '{RepositoryPaths.ClaudeCode}' \"$@\"");
        Link(programs, "codex", $"exec '{RepositoryPaths.Node}' '{RepositoryPaths.Codex}' \"$@\"");
        Link(programs, "opencode", $"exec '{RepositoryPaths.OpenCode}' \"$@\"");
        Link(programs, "qwen", $"exec '{RepositoryPaths.Node}' '{RepositoryPaths.QwenCode}' \"$@\"");
        _environment = _folder.Environment(
        [
            ("PATH", $"{programs}:{Environment.GetEnvironmentVariable("PATH")}"), ("CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC", "1"), ("DISABLE_AUTOUPDATER", "1"),
            ("OPENCODE_DISABLE_MODELS_FETCH", "1"), ("OPENCODE_DISABLE_AUTOUPDATE", "1"), ("OPENCODE_DISABLE_LSP_DOWNLOAD", "1"), .. more,
        ]);
        _folder.Folder("project");
    }

    public string At(string file) => _folder.At("home", file);

    public void Write(string file, string text) => _folder.Write(Path.Combine("home", file), text);

    /// <summary>Runs a command of Gatehouse; it has to succeed.</summary>
    public async Task<string> GatehouseAsync(string line)
    {
        var (code, output, story) = await _stage.CommandAsync(_environment, _folder.At("project"), null, line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        code.ShouldBe(0, story);
        return output;
    }

    /// <summary>Runs a command of Gatehouse that starts an agent, as a person would.</summary>
    public async Task<AgentRun> StartAsync(string input, params string[] arguments)
    {
        var (code, output, story) = await _stage.CommandAsync(_environment, _folder.At("project"), _folder.Write("input", input), arguments);
        return new AgentRun(code, output, story);
    }

    /// <summary>As the other, where the server is another machine's: without its data directory, configuration and keys.</summary>
    public async Task<AgentRun> StartElsewhereAsync(string input, params string[] arguments)
    {
        await using var process = GuardedProcess.Start(
            [.. RepositoryPaths.Command, .. arguments], _environment, _folder.At("project"), _folder.Write("input", input));
        var code = await process.WaitAsync(AgentRun.Limit);
        return new AgentRun(code, process.Output, process.Story);
    }

    /// <summary>A hash of every file in the home that a person might have written, by its path.</summary>
    public IReadOnlyDictionary<string, string> Hashes(params IEnumerable<string> files) =>
        files.Where(file => File.Exists(At(file))).ToDictionary(file => file, file => Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(At(file)))));

    public string Project(string file) => _folder.At("project", file);

    /// <summary>Runs a command line in a shell, as a person would.</summary>
    public async Task<AgentRun> ShellAsync(string line, string input = "")
    {
        await using var process = GuardedProcess.Start(["/bin/sh", "-c", line], _environment, _folder.At("project"), _folder.Write("input", input));
        var code = await process.WaitAsync(AgentRun.Limit);
        return new AgentRun(code, process.Output, process.Story);
    }

    public void Dispose() => _folder.Dispose();

    private static void Link(string folder, string name, string script)
    {
        var file = Path.Combine(folder, name);
        File.WriteAllText(file, $"#!/bin/sh\n{script}\n");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }
}
