using Gatehouse.EndToEnd.Processes;
using Gatehouse.EndToEnd.Stages;

namespace Gatehouse.EndToEnd.Programs;

/// <summary>
/// A gateway one of whose providers is the real <c>claude</c> program under several accounts: subscriptions' tokens whose limits stand in them, a key, a login that is
/// not there, and a variable that is not set. One more is the older version under two of them.
/// </summary>
public sealed class AccountStage : Stage
{
    public const string Model = "claude-sonnet-4-5-of-accounts";
    public const string OlderModel = "claude-sonnet-4-5-of-older-accounts";

    /// <summary>Secrets of the accounts by their variables; each holds the word canary.</summary>
    internal static IReadOnlyDictionary<string, string> Secrets { get; } = new Dictionary<string, string>
    {
        ["CLAUDE_ROOMY"] = "sk-ant-oat01-canary-roomy-5h-20-7d-31",
        ["CLAUDE_TIGHT"] = "sk-ant-oat01-canary-tight-5h-91-7d-40",
        ["CLAUDE_SPENT"] = "sk-ant-oat01-canary-spent-5h-100-7d-50",
        ["CLAUDE_WRONG"] = "sk-ant-oat01-canary-bad",
        ["CLAUDE_PAID"] = "sk-canary-paid",
    };

    private readonly TestFolder _folder = new();

    /// <inheritdoc/>
    protected override IReadOnlyCollection<(string Name, string Value)> Variables => [.. Secrets.Select(static one => (one.Key, one.Value))];

    /// <inheritdoc/>
    protected override string Models => $$"""
        { "match": "*{{OlderModel}}*", "targets": [ { "provider": "older-accounts", "model": "claude-sonnet-4-5" } ] },
        { "match": "*{{Model}}*", "targets": [ { "provider": "accounts", "model": "claude-sonnet-4-5" } ] },
        """;

    /// <summary>The folder of an account that works in one of its own.</summary>
    internal string RoomyFolder => _folder.Folder("roomy");

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
    }

    /// <inheritdoc/>
    protected override string Providers(Uri simulator)
    {
        var url = simulator.ToString().TrimEnd('/');
        return $$"""
            , "accounts": { "program": {
                "path": "{{RepositoryPaths.ClaudeCode}}", "concurrency": 3, "maxProcesses": 6, "warm": 0, "workingFolder": "{{_folder.Folder("work")}}",
                "profiles": {
                  "spent": { "oauthTokenEnv": "CLAUDE_SPENT", "baseUrl": "{{url}}" },
                  "tight": { "oauthTokenEnv": "CLAUDE_TIGHT", "baseUrl": "{{url}}" },
                  "roomy": { "oauthTokenEnv": "CLAUDE_ROOMY", "baseUrl": "{{url}}", "workingFolder": "{{RoomyFolder}}" },
                  "wrong": { "oauthTokenEnv": "CLAUDE_WRONG", "baseUrl": "{{url}}" },
                  "paid": { "apiKeyEnv": "CLAUDE_PAID", "baseUrl": "{{url}}" },
                  "out": { "configFolder": "{{_folder.Folder("out")}}", "baseUrl": "{{url}}" },
                  "unset": { "apiKeyEnv": "CLAUDE_UNSET", "baseUrl": "{{url}}" } } } }
            , "older-accounts": { "program": {
                "path": "{{RepositoryPaths.ClaudeCodeOlder}}", "concurrency": 3, "maxProcesses": 6, "warm": 0, "workingFolder": "{{_folder.Folder("older")}}",
                "profiles": {
                  "spent": { "oauthTokenEnv": "CLAUDE_SPENT", "baseUrl": "{{url}}" },
                  "tight": { "oauthTokenEnv": "CLAUDE_TIGHT", "baseUrl": "{{url}}" } } } }
            """;
    }
}
