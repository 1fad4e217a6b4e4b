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

    private readonly TestFolder _folder = new();

    /// <summary>The most turns that a program runs at once.</summary>
    public const int Concurrency = 3;

    /// <inheritdoc/>
    protected override string Models => $$"""
        { "match": "*{{Older}}*", "targets": [ { "provider": "older" } ] },
        { "match": "*{{Current}}*", "targets": [ { "provider": "current" } ] },
        """;

    /// <inheritdoc/>
    protected override string Providers(Uri simulator) =>
        Provider("current", RepositoryPaths.ClaudeCode, simulator) + Provider("older", RepositoryPaths.ClaudeCodeOlder, simulator);

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
    }

    private string Provider(string name, string program, Uri simulator) => $$"""
        , "{{name}}": { "program": {
            "path": "{{program}}", "concurrency": {{Concurrency}}, "maxProcesses": 8, "warm": 1, "workingFolder": "{{_folder.Folder(name, "work")}}",
            "profiles": { "test": { "configFolder": "{{_folder.Folder(name, "config")}}", "apiKeyEnv": "LOCAL_KEY", "baseUrl": "{{simulator.ToString().TrimEnd('/')}}" } } } }
        """;
}
