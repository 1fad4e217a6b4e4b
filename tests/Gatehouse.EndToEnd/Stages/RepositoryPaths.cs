using System.Runtime.InteropServices;

namespace Gatehouse.EndToEnd.Stages;

/// <summary>Where the programs that these tests start lie in the repository.</summary>
internal static class RepositoryPaths
{
    /// <summary>The folder that holds the solution.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>
    /// The words that start the program: the built one itself, not the copy beside these tests. <c>GATEHOUSE_E2E_PROGRAM</c> names another build to test, a
    /// <c>gatehouse.dll</c> or a published single file.
    /// </summary>
    public static IReadOnlyList<string> Command { get; } = CommandOf(
        Environment.GetEnvironmentVariable("GATEHOUSE_E2E_PROGRAM") ?? Path.Combine(Root, "src", "Gatehouse", "bin", Configuration, "net10.0", "gatehouse.dll"));

    /// <summary>The single file that <c>./test</c> publishes by the command of docs/operations/publish.md.</summary>
    public static string PublishedFile { get; } = Path.Combine(Root, "artifacts", "publish", "gatehouse");

    /// <summary>Claude Code of the pinned current version.</summary>
    public static string ClaudeCode => Agent("claude-code", "bin", "claude.exe");

    /// <summary>Claude Code of the pinned older version.</summary>
    public static string ClaudeCodeOlder => Agent("claude-code-older", "bin", "claude.exe");

    /// <summary>Codex's start script, for <see cref="Node"/>.</summary>
    public static string Codex => Agent("@openai", "codex", "bin", "codex.js");

    /// <summary>The start script of Codex's pinned older version, for <see cref="Node"/>.</summary>
    public static string CodexOlder => Agent("codex-older", "bin", "codex.js");

    /// <summary>OpenCode, which needs no Node.</summary>
    public static string OpenCode => Agent($"opencode-linux-{Architecture}", "bin", "opencode");

    /// <summary>Qwen Code's start script, for <see cref="Node"/>.</summary>
    public static string QwenCode => Agent("@qwen-code", "qwen-code", "cli-entry.js");

    /// <summary>Node 22.</summary>
    public static string Node => Agent($"node-linux-{Architecture}", "bin", "node");

    /// <summary>The folder in which Node finds the vendors' libraries.</summary>
    public static string NodeModules => Path.Combine(Root, "artifacts", "agents", "node_modules");

    private static string Configuration => Path.GetFileName(Path.GetDirectoryName(AppContext.BaseDirectory.TrimEnd('/')))!;

    private static string Architecture =>
        RuntimeInformation.OSArchitecture == System.Runtime.InteropServices.Architecture.Arm64 ? "arm64" : "x64";

    private static string[] CommandOf(string program) => program.EndsWith(".dll", StringComparison.Ordinal) ? ["dotnet", program] : [program];

    private static string Agent(params string[] parts)
    {
        var path = Path.Combine([NodeModules, .. parts]);
        return File.Exists(path) ? path : throw new FileNotFoundException($"{path} is missing: ./test installs the agents.");
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Gatehouse.slnx"))) folder = folder.Parent;
        return folder?.FullName ?? throw new DirectoryNotFoundException($"no Gatehouse.slnx above {AppContext.BaseDirectory}");
    }
}
