using System.Diagnostics;
using Gatehouse.EndToEnd.Processes;
using Gatehouse.EndToEnd.Stages;

namespace Gatehouse.EndToEnd.Programs;

/// <summary>
/// A gateway two of whose providers are the real <c>claude</c> program, of each pinned version, logged in with a key and calling the simulated provider. The end of
/// a model's name says which of them.
/// </summary>
public sealed class ProgramStage : Stage
{
    public const string Current = "-by-claude-code";
    public const string Older = "-by-claude-code-older";
    public const string Missing = "-by-no-program";

    private readonly TestFolder _folder = new();

    /// <summary>The most turns that a program runs at once.</summary>
    public const int Concurrency = 3;

    /// <inheritdoc/>
    protected override string Models => $$"""
        { "match": "*{{Missing}}*", "targets": [ { "provider": "missing" } ] },
        { "match": "*{{Older}}*", "targets": [ { "provider": "older" } ] },
        { "match": "*{{Current}}*", "targets": [ { "provider": "current" } ] },
        """;

    /// <inheritdoc/>
    protected override string Providers(Uri simulator) =>
        Provider("current", RepositoryPaths.ClaudeCode, simulator) + Provider("older", RepositoryPaths.ClaudeCodeOlder, simulator)
        + """, "missing": { "program": { "path": "no-such-claude" } } """;

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
    }

    /// <summary>Kills every process of a program that works for this stage. Returns how many there were.</summary>
    internal int Kill(string version)
    {
        var folder = _folder.At(version == Older ? "older" : "current", "work");
        var found = Process.GetProcesses().Where(process => WorksIn(process, folder)).ToList();
        foreach (var process in found) process.Kill();
        return found.Count;
    }

    private static bool WorksIn(Process process, string folder)
    {
        try
        {
            return File.ResolveLinkTarget($"/proc/{process.Id}/cwd", false)?.FullName == folder;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Another's, or gone.
            return false;
        }
    }

    private string Provider(string name, string program, Uri simulator) => $$"""
        , "{{name}}": { "program": {
            "path": "{{program}}", "concurrency": {{Concurrency}}, "maxProcesses": 8, "warm": 1, "workingFolder": "{{_folder.Folder(name, "work")}}",
            "profiles": { "test": { "configFolder": "{{_folder.Folder(name, "config")}}", "apiKeyEnv": "LOCAL_KEY", "baseUrl": "{{simulator.ToString().TrimEnd('/')}}" } } } }
        """;
}
