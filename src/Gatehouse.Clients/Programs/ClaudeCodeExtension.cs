using System.Collections.Immutable;
using Gatehouse.Clients.Setups;
using Gatehouse.Dialects;

namespace Gatehouse.Clients.Programs;

/// <summary>The extension of VS Code that runs Claude Code: it takes variables from the editor's settings.</summary>
internal sealed class ClaudeCodeExtension : Client
{
    /// <inheritdoc/>
    public override string Id => "claude-code-vscode";

    /// <inheritdoc/>
    public override string Label => "Claude Code extension of VS Code";

    /// <inheritdoc/>
    public override ClientSupport Support => ClientSupport.Printed;

    /// <inheritdoc/>
    public override ImmutableArray<string> OtherNames => ["vscode"];

    /// <inheritdoc/>
    public override string Reason => "VS Code's settings are synchronised between machines, so a token should be put there only by a person who knows.";

    /// <inheritdoc/>
    public override ImmutableArray<Dialect> Dialects => [Dialect.Anthropic];

    /// <inheritdoc/>
    public override ImmutableArray<string> OwnModels => ["claude-opus-5-5", "claude-sonnet-4-5", "claude-haiku-4-5"];

    /// <inheritdoc/>
    internal override IReadOnlyList<string> Steps(ClientSetup setup)
    {
        var variables = new List<KeyValuePair<string, string>>
        {
            new("ANTHROPIC_BASE_URL", BaseAddress(setup.Gateway, setup.Dialect)),
            new("ANTHROPIC_AUTH_TOKEN", setup.Token),
        };
        variables.AddRange(ClaudeCodeModels.Slots(setup));
        return
        [
            "In VS Code's settings.json (Preferences: Open User Settings (JSON)), add:",
            "  \"claudeCode.environmentVariables\": [",
            .. variables.Select((variable, at) => $"    {{ \"name\": \"{variable.Key}\", \"value\": \"{variable.Value}\" }}{(at < variables.Count - 1 ? "," : "")}"),
            "  ]",
            "Then reload the window (Developer: Reload Window). Settings Sync copies this to your other machines: leave the setting out of it.",
        ];
    }
}
