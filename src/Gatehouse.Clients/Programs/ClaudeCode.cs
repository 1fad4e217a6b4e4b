using System.Collections.Immutable;
using Gatehouse.Clients.Edits;
using Gatehouse.Clients.Overlays;
using Gatehouse.Clients.Reports;
using Gatehouse.Clients.Setups;
using Gatehouse.Dialects;

namespace Gatehouse.Clients.Programs;

/// <summary>
/// Claude Code. Takes its address, its credential and its models from the object <c>env</c> of its settings, which goes before the shell's
/// own variables.
/// </summary>
internal sealed class ClaudeCode : Client
{
    private static readonly KeyPath _env = KeyPath.Of("env");
    private static readonly KeyPath _helper = KeyPath.Of("apiKeyHelper");

    /// <inheritdoc/>
    public override string Id => "claude-code";

    /// <inheritdoc/>
    public override string Label => "Claude Code";

    /// <inheritdoc/>
    public override ClientSupport Support => ClientSupport.Applied;

    /// <inheritdoc/>
    public override ImmutableArray<string> OtherNames => ["claude"];

    /// <inheritdoc/>
    public override string Executable => "claude";

    /// <inheritdoc/>
    public override string Installation => "npm install -g @anthropic-ai/claude-code";

    /// <inheritdoc/>
    public override bool HasOverlay => true;

    /// <inheritdoc/>
    public override ImmutableArray<Dialect> Dialects => [Dialect.Anthropic];

    /// <inheritdoc/>
    public override ImmutableArray<string> OwnModels => ["claude-opus-5-5", "claude-sonnet-4-5", "claude-haiku-4-5"];

    /// <inheritdoc/>
    public override ImmutableArray<CredentialPlace> CredentialPlaces => [CredentialPlace.Settings, CredentialPlace.File];

    /// <inheritdoc/>
    public override ImmutableArray<SnippetFormat> Formats => [SnippetFormat.Env, SnippetFormat.Json, SnippetFormat.Shell];

    // Measured with 2.1.329: a comment or a trailing comma, and nothing in the file is in effect. A byte order mark does no harm.
    /// <inheritdoc/>
    public override bool ReadsPlainJson => true;

    /// <inheritdoc/>
    public override bool HasProjectSettings => true;

    /// <summary>The folder of the person's own settings.</summary>
    internal static string Folder(Surroundings at) => at.Set("CLAUDE_CONFIG_DIR") ?? at.InHome(".claude");

    /// <inheritdoc/>
    internal override IReadOnlyList<SettingsFile> Files(Surroundings at) =>
    [
        new(Path.Combine(at.SystemRoot, "etc", "claude-code", "managed-settings.json"), ConfigSyntax.Json, SettingsRole.Managed),
        new(Path.Combine(at.SystemRoot, "Library", "Application Support", "ClaudeCode", "managed-settings.json"), ConfigSyntax.Json, SettingsRole.Managed),
        new(Path.Combine(at.Folder, ".claude", "settings.local.json"), ConfigSyntax.Json, SettingsRole.Project),
        new(Path.Combine(at.Folder, ".claude", "settings.json"), ConfigSyntax.Json, SettingsRole.Shared),
        new(Path.Combine(Folder(at), "settings.json"), ConfigSyntax.Json, SettingsRole.Person),
        new(at.Set("CLAUDE_CONFIG_DIR") is { } folder ? Path.Combine(folder, ".claude.json") : at.InHome(".claude.json"), ConfigSyntax.Json, SettingsRole.State),
    ];

    /// <inheritdoc/>
    internal override ClientSettings Read(ConfigObject root, Surroundings at)
    {
        var credentials = new[]
        {
            root.Inline(_env.Key("ANTHROPIC_AUTH_TOKEN"), CredentialKind.Token),
            root.Inline(_env.Key("ANTHROPIC_API_KEY"), CredentialKind.ApiKey),
            root.Inline(KeyPath.Of("primaryApiKey"), CredentialKind.ApiKey),
            root.Text(_helper) is { } command ? Helper(command) : null,
        };
        return new ClientSettings
        {
            BaseAddress = root.Setting(_env.Key("ANTHROPIC_BASE_URL")),
            Credentials = [.. credentials.OfType<FoundCredential>()],
            Models = [.. root.Settings(ClaudeCodeModels.Variables.Select(_env.Key).Append(KeyPath.Of("model")))],
        };
    }

    /// <inheritdoc/>
    internal override void Plan(Draft draft)
    {
        if (draft.Present.Find(_env) is { } env and not ConfigObject)
        {
            draft.Refuse($"env is {env.Kind}, not an object, so Claude Code can't have taken its variables from it. Mend it first; it is left as it is.");
            return;
        }

        draft.Set(_env.Key("ANTHROPIC_BASE_URL"), BaseAddress(draft.Setup.Gateway, Dialect.Anthropic));
        PlanCredential(draft);
        foreach (var name in ClaudeCodeVariables.Elsewhere) draft.Remove(_env.Key(name));
        ClaudeCodeModels.Plan(draft, _env);
        // Behind another host than the vendor's, Claude Code sends every tool with every request unless told that references to tools survive.
        if (draft.Setup.ToolReferencesSurvive) draft.Set(_env.Key("ENABLE_TOOL_SEARCH"), "true");
        else if (draft.Text(_env.Key("ENABLE_TOOL_SEARCH")) == "true")
        {
            draft.Remove(_env.Key("ENABLE_TOOL_SEARCH"));
            draft.Warn("ENABLE_TOOL_SEARCH was on; it is taken out, because references to tools do not survive the way to this model's provider.");
        }
    }

    /// <inheritdoc/>
    internal override ClientOverlay Overlay(OverlayRequest request, IReadOnlyList<FoundFile> files) => ClaudeCodeOverlay.Make(this, request, files);

    /// <inheritdoc/>
    internal override ShellSetup Shell(ClientSetup setup) => new(
        [
            new("ANTHROPIC_BASE_URL", BaseAddress(setup.Gateway, Dialect.Anthropic)),
            new("ANTHROPIC_AUTH_TOKEN", setup.Token),
            .. ClaudeCodeModels.Slots(setup),
            .. setup.ToolReferencesSurvive ? new KeyValuePair<string, string>[] { new("ENABLE_TOOL_SEARCH", "true") } : [],
        ],
        ["ANTHROPIC_API_KEY", .. ClaudeCodeVariables.Elsewhere],
        []);

    // Exactly one credential: with two, Claude Code sends both headers and complains of a conflict at each start.
    private static void PlanCredential(Draft draft)
    {
        draft.Remove(_env.Key("ANTHROPIC_API_KEY"));
        if (draft.TokenInFile())
        {
            draft.Remove(_env.Key("ANTHROPIC_AUTH_TOKEN"));
            draft.Set(_helper, ClaudeCodeVariables.HelperCommand(draft.Setup.TokenFile));
            draft.Set(_env.Key("CLAUDE_CODE_API_KEY_HELPER_TTL_MS"), ClaudeCodeVariables.HelperLifetime);
            return;
        }

        draft.Remove(_helper);
        draft.Remove(_env.Key("CLAUDE_CODE_API_KEY_HELPER_TTL_MS"));
        draft.Set(_env.Key("ANTHROPIC_AUTH_TOKEN"), draft.Setup.Token);
    }

    private static FoundCredential Helper(string command) => ClaudeCodeVariables.HelperFile(command) is { } file
        ? Finding.InFile("apiKeyHelper", file, CredentialKind.Command) with { Source = command }
        : new FoundCredential(CredentialKind.Command, "apiKeyHelper", command, null);
}
