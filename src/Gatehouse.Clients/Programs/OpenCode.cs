using System.Collections.Immutable;
using Gatehouse.Clients.Edits;
using Gatehouse.Clients.Overlays;
using Gatehouse.Clients.Reports;
using Gatehouse.Clients.Setups;
using Gatehouse.Dialects;

namespace Gatehouse.Clients.Programs;

/// <summary>OpenCode. Speaks each dialect by one of three packages that are built in; all of them append what follows <c>/v1</c>.</summary>
internal sealed class OpenCode : Client
{
    private static readonly KeyPath _provider = KeyPath.Of("provider", ClientSetup.ProviderId);
    private static readonly KeyPath _options = _provider.Key("options");

    /// <inheritdoc/>
    public override string Id => "opencode";

    /// <inheritdoc/>
    public override string Label => "OpenCode";

    /// <inheritdoc/>
    public override ClientSupport Support => ClientSupport.Applied;

    /// <inheritdoc/>
    public override string Executable => "opencode";

    /// <inheritdoc/>
    public override string Installation => "npm install -g opencode-ai";

    /// <inheritdoc/>
    public override bool HasOverlay => true;

    /// <inheritdoc/>
    public override ImmutableArray<Dialect> Dialects => [Dialect.Anthropic, Dialect.OpenAiResponses, Dialect.OpenAiChat];

    /// <inheritdoc/>
    public override ImmutableArray<CredentialPlace> CredentialPlaces => [CredentialPlace.File, CredentialPlace.Settings, CredentialPlace.Environment];

    /// <inheritdoc/>
    public override ImmutableArray<SnippetFormat> Formats => [SnippetFormat.Json, SnippetFormat.Shell];

    /// <inheritdoc/>
    internal override ImmutableArray<string> OwnAdditions => ["$schema"];

    /// <inheritdoc/>
    public override string BaseAddress(Uri gateway, Dialect dialect) => base.BaseAddress(gateway, Dialect.OpenAiChat);

    /// <inheritdoc/>
    internal override IReadOnlyList<SettingsFile> Files(Surroundings at)
    {
        var folder = Path.Combine(at.ConfigHome, "opencode");
        return
        [
            .. at.Set("OPENCODE_CONFIG") is { } named ? new[] { new SettingsFile(named, ConfigSyntax.Json, SettingsRole.State) } : [],
            new(Path.Combine(at.Folder, "opencode.json"), ConfigSyntax.Json, SettingsRole.Shared),
            // The one with comments goes before the other, and is written when it is there.
            new(Path.Combine(folder, "opencode.jsonc"), ConfigSyntax.Json, SettingsRole.Person),
            new(Path.Combine(folder, "opencode.json"), ConfigSyntax.Json, SettingsRole.Person),
            new(Path.Combine(folder, "config.json"), ConfigSyntax.Json, SettingsRole.Former),
        ];
    }

    /// <inheritdoc/>
    internal override ClientSettings Read(ConfigObject root, Surroundings at)
    {
        var models = root.Settings([KeyPath.Of("model"), KeyPath.Of("small_model")]).ToImmutableArray();
        var id = models.FirstOrDefault()?.Text.Split('/', 2)[0];
        if (id is null) return ClientSettings.None;
        var options = KeyPath.Of("provider", id, "options");
        return new ClientSettings
        {
            Provider = id,
            BaseAddress = root.Setting(options.Key("baseURL")),
            Credentials = root.Text(options.Key("apiKey")) is { } key ? [Credential(options.Key("apiKey").ToString(), key, at)] : [],
            Models = models,
        };
    }

    /// <inheritdoc/>
    internal override KeyPath? WholeOf(KeyPath path) => _provider.Contains(path) ? _provider : null;

    /// <inheritdoc/>
    internal override void Plan(Draft draft)
    {
        var setup = draft.Setup;
        var model = setup.Model!;
        var fast = setup.FastModel ?? model;
        draft.Set(_provider.Key("npm"), Package(setup.Dialect));
        draft.Set(_provider.Key("name"), ClientSetup.ProviderLabel);
        draft.Set(_options.Key("baseURL"), BaseAddress(setup.Gateway, setup.Dialect));
        draft.Set(_options.Key("apiKey"), ApiKey(draft));
        foreach (var choice in new[] { model, fast }.DistinctBy(choice => choice.Name)) PlanModel(draft, _provider.Key("models").Key(choice.Name), choice);
        draft.Set(KeyPath.Of("model"), $"{ClientSetup.ProviderId}/{model.Name}");
        draft.Set(KeyPath.Of("small_model"), $"{ClientSetup.ProviderId}/{fast.Name}");
        PlanLists(draft);
        if (draft.At.Set("OPENCODE_CONFIG") is { } other) draft.Warn($"OPENCODE_CONFIG names {other}, which goes before this file.");
    }

    /// <inheritdoc/>
    internal override ClientOverlay Overlay(OverlayRequest request, IReadOnlyList<FoundFile> files) => OpenCodeOverlay.Make(this, request, files);

    /// <inheritdoc/>
    internal override ShellSetup Shell(ClientSetup setup) =>
        new([new("OPENCODE_CONFIG_CONTENT", Snippets.Compact(this, setup with { Credential = CredentialPlace.Settings }))], [], []);

    // Images are refused by OpenCode itself unless the model is said to take them, and compacting goes by the limits.
    private static void PlanModel(Draft draft, KeyPath at, ModelChoice model)
    {
        draft.Set(at.Key("name"), model.Name);
        if (model.Images is true)
        {
            draft.Set(at.Key("attachment"), ConfigValue.From(true));
            draft.Set(at.Key("modalities"), ConfigValue.Object(("input", ConfigValue.Strings("text", "image")), ("output", ConfigValue.Strings("text"))));
        }

        if (model is not { ContextTokens: { } context, OutputTokens: { } output }) return;
        draft.Set(at.Key("limit"), ConfigValue.Object(("context", ConfigValue.From(context)), ("output", ConfigValue.From(output))));
    }

    // A list of providers that are allowed, or not, decides before any of this is looked at.
    private static void PlanLists(Draft draft)
    {
        var ours = ConfigValue.From(ClientSetup.ProviderId);
        if (draft.Present["enabled_providers"] is ConfigArray enabled)
            draft.Set(KeyPath.Of("enabled_providers"), new ConfigArray([.. enabled.Items.Where(item => !item.Equals(ours)), ours]));
        if (draft.Present["disabled_providers"] is ConfigArray disabled)
            draft.Set(KeyPath.Of("disabled_providers"), new ConfigArray([.. disabled.Items.Where(item => !item.Equals(ours))]));
    }

    private static string ApiKey(Draft draft)
    {
        if (draft.TokenInFile()) return $"{{file:{draft.Setup.TokenFile}}}";
        return draft.Setup.Credential == CredentialPlace.Environment ? $"{{env:{ClientSetup.TokenVariable}}}" : draft.Setup.Token;
    }

    private static FoundCredential Credential(string path, string key, Surroundings at)
    {
        if (key.StartsWith("{file:", StringComparison.Ordinal) && key.EndsWith('}')) return Finding.InFile(path, key[6..^1]);
        if (key.StartsWith("{env:", StringComparison.Ordinal) && key.EndsWith('}')) return Finding.InVariable(path, key[5..^1], at)!;
        return new FoundCredential(CredentialKind.ApiKey, path, "", Secrets.Secret.From(key));
    }

    private static string Package(Dialect dialect) => dialect switch
    {
        Dialect.Anthropic => "@ai-sdk/anthropic",
        Dialect.OpenAiResponses => "@ai-sdk/openai",
        _ => "@ai-sdk/openai-compatible",
    };
}
