using Gatehouse.EndToEnd.Processes;
using Gatehouse.EndToEnd.Stages;

namespace Gatehouse.EndToEnd.Workspaces;

/// <summary>A gateway with a workspace whose user has a provider of their own, played by a second simulator; the operator opened its host.</summary>
public sealed class OwnProviderStage : Stage
{
    private SimulatorProcess _own = null!;

    /// <summary>The user's key, which no workspace ever sees.</summary>
    public const string Key = "sk-own-key-of-the-user-51b7e2";

    /// <inheritdoc/>
    protected override string Configuration => """ "workspaces": { "privateHosts": ["127.0.0.1"] }, """;

    /// <inheritdoc/>
    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _own = await SimulatorProcess.StartAsync();
        await DoAsync("workspace", "add", "plane");
        var root = _own.Address.ToString().TrimEnd('/');
        await DoAsync(Key, "credential", "add", "--kind", "anthropic-compatible", "--name", "mine", "--base-url", root, "--for", "claude-code");
        await DoAsync(
            Key, "credential", "add", "--kind", "openai-compatible", "--name", "mine-too", "--base-url", root + "/v1", "--dialect", "openai-responses", "--for", "codex");
    }

    /// <summary>A fresh token of the workspace, for a harness.</summary>
    internal async Task<string> WorkspaceTokenAsync(string harness)
    {
        var (code, output, story) = await CommandAsync("workspace", "token", "plane", "--harness", harness);
        code.ShouldBe(0, story);
        return output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).First(word => word.StartsWith("ghw_", StringComparison.Ordinal));
    }

    /// <summary>What the user's own provider received that holds a marker.</summary>
    internal Task<IReadOnlyList<Received>> OwnReceivedAsync(string marker) => _own.ReceivedAsync(marker);

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        if (_own is not null) await _own.DisposeAsync();
        await base.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private async Task DoAsync(string first, params string[] rest)
    {
        using var folder = new TestFolder();
        var (input, arguments) = first == Key ? (folder.Write("key", Key), rest) : (null, [first, .. rest]);
        var (code, _, story) = await CommandAsync(folder.Environment(), folder.Path, input, arguments);
        code.ShouldBe(0, story);
    }
}
