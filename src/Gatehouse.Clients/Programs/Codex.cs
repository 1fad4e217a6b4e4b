using System.Collections.Immutable;
using Gatehouse.Clients.Edits;
using Gatehouse.Clients.Overlays;
using Gatehouse.Clients.Reports;
using Gatehouse.Clients.Setups;
using Gatehouse.Dialects;

namespace Gatehouse.Clients.Programs;

/// <summary>
/// Codex. Speaks Responses alone, to a provider that its settings name and describe. It files sessions under the provider's id, so ours
/// never changes. Its login file is never touched.
/// </summary>
public sealed class Codex : Client
{
    private static readonly KeyPath _provider = KeyPath.Of("model_provider");
    private static readonly KeyPath _model = KeyPath.Of("model");

    /// <summary>The names of its built-in providers; no table may have them.</summary>
    public static ImmutableArray<string> ReservedProviders { get; } = ["openai", "amazon-bedrock", "ollama", "lmstudio", "oss", "ollama-chat"];

    /// <inheritdoc/>
    public override string Id => "codex";

    /// <inheritdoc/>
    public override string Label => "Codex";

    /// <inheritdoc/>
    public override ClientSupport Support => ClientSupport.Applied;

    /// <inheritdoc/>
    public override ImmutableArray<string> OtherNames => ["openai-codex"];

    /// <inheritdoc/>
    public override string Executable => "codex";

    /// <inheritdoc/>
    public override string Installation => "npm install -g @openai/codex";

    /// <inheritdoc/>
    public override bool HasOverlay => true;

    /// <inheritdoc/>
    public override ImmutableArray<Dialect> Dialects => [Dialect.OpenAiResponses];

    /// <inheritdoc/>
    public override ImmutableArray<string> OwnModels => ["gpt-5.5"];

    /// <inheritdoc/>
    public override ImmutableArray<CredentialPlace> CredentialPlaces => [CredentialPlace.File, CredentialPlace.Environment];

    /// <inheritdoc/>
    public override ImmutableArray<SnippetFormat> Formats => [SnippetFormat.Toml, SnippetFormat.Shell];

    /// <summary>The folder of its settings and sessions.</summary>
    internal static string Folder(Surroundings at) => at.Set("CODEX_HOME") ?? at.InHome(".codex");

    /// <inheritdoc/>
    internal override IReadOnlyList<SettingsFile> Files(Surroundings at) =>
    [
        new(Path.Combine(at.SystemRoot, "etc", "codex", "managed_config.toml"), ConfigSyntax.Toml, SettingsRole.Managed),
        new(Path.Combine(Folder(at), "config.toml"), ConfigSyntax.Toml, SettingsRole.Person),
    ];

    /// <inheritdoc/>
    internal override ClientSettings Read(ConfigObject root, Surroundings at)
    {
        var id = root.Text(_provider);
        if (id is null) return new ClientSettings { BaseAddress = root.Setting(KeyPath.Of("openai_base_url")), Models = [.. root.Settings([_model])] };
        var table = CodexProvider.Table(id);
        return new ClientSettings
        {
            Provider = id,
            BaseAddress = root.Setting(table.Key("base_url")),
            Credentials = [.. CodexProvider.Credentials(root, table, at)],
            Models = [.. root.Settings([_model])],
        };
    }

    /// <inheritdoc/>
    internal override void Plan(Draft draft)
    {
        var setup = draft.Setup;
        var former = draft.Text(_provider) ?? "openai";
        if (setup.KeepProvider && former != ClientSetup.ProviderId)
        {
            if (KeptTable(draft, former) is { } table) CodexProvider.PlanKept(draft, table, BaseAddress(setup.Gateway, Dialect.OpenAiResponses));
            else return;
        }
        else
        {
            if (former != ClientSetup.ProviderId) WarnOfHistory(draft, former);
            draft.Set(_provider, ClientSetup.ProviderId);
            CodexProvider.Plan(draft, CodexProvider.Table(ClientSetup.ProviderId), BaseAddress(setup.Gateway, Dialect.OpenAiResponses));
        }

        if (setup.Model is { } model) draft.Set(_model, model.Name);
        CodexModels.Plan(draft);
        WarnOfProfile(draft);
    }

    /// <inheritdoc/>
    internal override ClientOverlay Overlay(OverlayRequest request, IReadOnlyList<FoundFile> files) => CodexOverlay.Make(this, request, files);

    /// <inheritdoc/>
    internal override ShellSetup Shell(ClientSetup setup)
    {
        const string table = $"model_providers.{ClientSetup.ProviderId}";
        string[] options =
        [
            $"model_provider={ClientSetup.ProviderId}", $"{table}.name={ClientSetup.ProviderLabel}",
            $"{table}.base_url={BaseAddress(setup.Gateway, Dialect.OpenAiResponses)}", $"{table}.wire_api=responses",
            $"{table}.supports_websockets=false", $"{table}.env_key={ClientSetup.TokenVariable}",
            .. setup.Model is { } model ? new[] { $"model={model.Name}" } : [],
        ];
        return new([new(ClientSetup.TokenVariable, setup.Token)], [], [.. options.SelectMany(option => new[] { "-c", option })]);
    }

    /// <inheritdoc/>
    internal override KeyPath? WholeOf(KeyPath path) => CodexProvider.Table(ClientSetup.ProviderId) is var table && table.Contains(path) ? table : null;

    /// <inheritdoc/>
    internal override Keeping? Keep(Surroundings at) => CodexSessions.AnyOf(Folder(at), ClientSetup.ProviderId)
        ? new Keeping(
            CodexProvider.Table(ClientSetup.ProviderId),
            $"Codex has sessions of the provider '{ClientSetup.ProviderId}' and can't open them without its table; --all takes it out too")
        : null;

    // A provider of the person's own is changed where it stands, so that its sessions stay in the list. A built-in one has no table, and its
    // credential is the login, which is none of ours.
    private static KeyPath? KeptTable(Draft draft, string id)
    {
        var table = CodexProvider.Table(id);
        if (!ReservedProviders.Contains(id) && draft.Present.Find(table) is ConfigObject) return table;
        draft.Refuse($"The provider '{id}' is built into Codex and signs in with its own login, so it can't be kept. Leave --keep-provider out.");
        return null;
    }

    // Versions before 0.169; that one refuses the key altogether.
    private static void WarnOfProfile(Draft draft)
    {
        if (draft.Text(KeyPath.Of("profile")) is not { } profile) return;
        if (draft.Text(KeyPath.Of("profiles", profile, "model_provider")) is not { } other || other == ClientSetup.ProviderId) return;
        draft.Warn(
            $"The profile '{profile}' is in force and names the provider '{other}', which goes before ours. "
            + "Take profile out, or start Codex with another one.");
    }

    private static void WarnOfHistory(Draft draft, string former)
    {
        if (!CodexSessions.AnyOf(Path.Combine(draft.Folder), former)) return;
        var keep = ReservedProviders.Contains(former) ? "" : ", or use --keep-provider, which changes the address in place";
        draft.Warn(
            $"Codex lists sessions by provider: those of '{former}' are not in the list while '{ClientSetup.ProviderId}' is in force. "
            + $"They come back with 'gatehouse integration restore codex'{keep}.");
    }
}
