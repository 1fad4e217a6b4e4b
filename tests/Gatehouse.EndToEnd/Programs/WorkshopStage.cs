using Gatehouse.EndToEnd.Processes;
using Gatehouse.EndToEnd.Stages;

namespace Gatehouse.EndToEnd.Programs;

/// <summary>
/// A gateway whose providers are the real <c>claude</c> program with its own loop: each pinned version, one that may take a single turn, and one that may only plan. The end of a
/// model's name says which. All work in one folder, with a file beside it that nobody may reach.
/// </summary>
public sealed class WorkshopStage : Stage
{
    public const string Current = "-at-work";
    public const string Older = "-at-work-older";
    public const string OneTurn = "-at-work-once";
    public const string Planning = "-at-work-planning";
    public const string Priced = "-at-a-price";
    public const string OlderPriced = "-at-a-price-older";
    public const string HourLong = "kept for an hour";
    public const int Hour = 700;
    public const int Minutes = 40;
    public const int Read = 300;
    public const string Secret = "what-the-neighbour-wrote";

    private readonly TestFolder _folder = new();

    /// <summary>The working folder.</summary>
    public string Folder => _folder.Folder("above", "work");

    /// <summary>A file beside it.</summary>
    public string SecretFile => _folder.At("above", "secret.txt");

    /// <summary>Of each call of some work the vendor says how much of it the cache keeps for how long.</summary>
    protected override string? Scenario => $$"""
        { "steps": [ { "when": { "contains": "{{HourLong}}" }, "times": 0,
          "usage": { "input": 10, "cache_read": {{Read}}, "cache_write_5m": {{Minutes}}, "cache_write_1h": {{Hour}}, "output": 5 } } ] }
        """;

    /// <inheritdoc/>
    protected override string Models => $$"""
        { "match": "*{{Priced}}", "targets": [ { "provider": "current", "model": "claude-sonnet-4-5" } ] },
        { "match": "*{{OlderPriced}}", "targets": [ { "provider": "older", "model": "claude-sonnet-4-5" } ] },
        """ + string.Concat(new[] { (OneTurn, "once"), (Planning, "planning"), (Older, "older"), (Current, "current") }
        .Select(one => $$"""{ "match": "*{{one.Item1}}", "targets": [ { "provider": "{{one.Item2}}" } ] }, """));

    /// <inheritdoc/>
    public override async ValueTask InitializeAsync()
    {
        _folder.Folder("above", "work");
        await File.WriteAllTextAsync(SecretFile, Secret);
        await base.InitializeAsync();
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
    }

    /// <inheritdoc/>
    protected override string Providers(Uri simulator) =>
        Provider("current", RepositoryPaths.ClaudeCode, simulator, "") + Provider("older", RepositoryPaths.ClaudeCodeOlder, simulator, "")
        + Provider("once", RepositoryPaths.ClaudeCode, simulator, """, "agentTurns": 1""") + Provider("planning", RepositoryPaths.ClaudeCode, simulator, """, "permissionMode": "plan" """);

    private string Provider(string name, string program, Uri simulator, string more) => $$"""
        , "{{name}}": { "program": {
            "path": "{{program}}", "mode": "agent", "concurrency": 3, "maxProcesses": 8, "warm": 1, "workingFolder": "{{Folder}}"{{more}},
            "profiles": { "test": { "configFolder": "{{_folder.Folder(name)}}", "apiKeyEnv": "LOCAL_KEY", "baseUrl": "{{simulator.ToString().TrimEnd('/')}}" } } } }
        """;
}
