using System.Collections.Immutable;
using Gatehouse.Clients.Edits;
using Gatehouse.Clients.Reports;
using Gatehouse.Clients.Setups;
using Gatehouse.Dialects;

namespace Gatehouse.Clients.Programs;

/// <summary>
/// Qwen Code. Takes providers from lists of models, each with its address and the variable of its key; variables stand in its settings too.
/// Ours is a list of its own, so that the person's lists stay as they are.
/// </summary>
internal sealed class QwenCode : Client
{
    private static readonly KeyPath _models = KeyPath.Of("modelProviders", ClientSetup.ProviderId);
    private static readonly KeyPath _protocol = KeyPath.Of("providerProtocol", ClientSetup.ProviderId);
    private static readonly KeyPath _selected = KeyPath.Of("security", "auth", "selectedType");
    private static readonly KeyPath _model = KeyPath.Of("model", "name");
    private static readonly KeyPath _modelAddress = KeyPath.Of("model", "baseUrl");
    private static readonly KeyPath[] _plainKeys = [KeyPath.Of("security", "auth", "apiKey"), KeyPath.Of("env", "OPENAI_API_KEY")];
    private static readonly KeyPath _token = KeyPath.Of("env", ClientSetup.TokenVariable);

    /// <inheritdoc/>
    public override string Id => "qwen-code";

    /// <inheritdoc/>
    public override string Label => "Qwen Code";

    /// <inheritdoc/>
    public override ClientSupport Support => ClientSupport.Applied;

    /// <inheritdoc/>
    public override ImmutableArray<string> OtherNames => ["qwen"];

    /// <inheritdoc/>
    public override string Executable => "qwen";

    /// <inheritdoc/>
    public override ImmutableArray<Dialect> Dialects => [Dialect.OpenAiChat, Dialect.Anthropic, Dialect.OpenAiResponses];

    /// <inheritdoc/>
    public override ImmutableArray<CredentialPlace> CredentialPlaces => [CredentialPlace.Settings, CredentialPlace.Environment];

    /// <inheritdoc/>
    public override ImmutableArray<SnippetFormat> Formats => [SnippetFormat.Json, SnippetFormat.Env, SnippetFormat.Shell];

    /// <inheritdoc/>
    internal override ImmutableArray<string> OwnAdditions => ["$version"];

    /// <inheritdoc/>
    internal override IReadOnlyList<SettingsFile> Files(Surroundings at)
    {
        var folder = at.Set("QWEN_HOME") ?? at.InHome(".qwen");
        return
        [
            new(at.Set("QWEN_CODE_SYSTEM_SETTINGS_PATH") ?? Path.Combine(at.SystemRoot, "etc", "qwen-code", "settings.json"), ConfigSyntax.Json, SettingsRole.Managed),
            new(Path.Combine(at.Folder, ".qwen", "settings.json"), ConfigSyntax.Json, SettingsRole.Shared),
            new(Path.Combine(folder, "settings.json"), ConfigSyntax.Json, SettingsRole.Person),
        ];
    }

    /// <inheritdoc/>
    internal override ClientSettings Read(ConfigObject root, Surroundings at)
    {
        var name = root.Text(_model);
        var address = root.Text(_modelAddress);
        var (list, index, entry) = Entry(root, name, address);
        if (entry is null)
        {
            return new ClientSettings
            {
                BaseAddress = root.Setting(KeyPath.Of("security", "auth", "baseUrl")) ?? root.Setting(KeyPath.Of("env", "OPENAI_BASE_URL")),
                Credentials = [.. _plainKeys.Select(key => root.Inline(key, CredentialKind.ApiKey)).OfType<FoundCredential>()],
                Models = [.. root.Settings([_model])],
            };
        }

        var path = $"modelProviders.{list}[{index}]";
        return new ClientSettings
        {
            Provider = list,
            BaseAddress = entry["baseUrl"] is ConfigString { Text: var url } ? new SettingValue($"{path}.baseUrl", url) : null,
            Credentials = entry["envKey"] is ConfigString { Text: var variable } ? [InEnvironment(root, variable, at)] : [],
            Models = [.. root.Settings([_model])],
        };
    }

    /// <inheritdoc/>
    internal override void Plan(Draft draft)
    {
        var setup = draft.Setup;
        var address = BaseAddress(setup.Gateway, setup.Dialect);
        var choices = new[] { setup.Model!, setup.FastModel ?? setup.Model! }.DistinctBy(choice => choice.Name);
        draft.Set(_protocol, Protocol(setup.Dialect));
        draft.Set(_models, new ConfigArray([.. choices.Select(choice => Model(choice, address))]));
        draft.Set(_selected, Protocol(setup.Dialect));
        draft.Set(_model, setup.Model!.Name);
        // Says which of several providers with a model of this name is meant.
        draft.Set(_modelAddress, address);
        if (setup.Credential == CredentialPlace.Settings) draft.Set(_token, setup.Token);
        else draft.Remove(_token);
        if (draft.At.Set(ClientSetup.TokenVariable) is { } exported && exported != setup.Token && setup.Credential == CredentialPlace.Settings)
            draft.Warn($"{ClientSetup.TokenVariable} is set in this shell too, and goes before the one in the settings.");
    }

    /// <inheritdoc/>
    internal override ShellSetup? Shell(ClientSetup setup)
    {
        var model = setup.Model!.Name;
        var address = BaseAddress(setup.Gateway, setup.Dialect);
        var prefix = setup.Dialect == Dialect.Anthropic ? "ANTHROPIC" : "OPENAI";
        return new(
            [new($"{prefix}_BASE_URL", address), new($"{prefix}_API_KEY", setup.Token), new($"{prefix}_MODEL", model)],
            [],
            ["--auth-type", Protocol(setup.Dialect)]);
    }

    private static ConfigObject Model(ModelChoice choice, string address)
    {
        var entry = new List<(string, ConfigValue)>
        {
            ("id", ConfigValue.From(choice.Name)),
            ("name", ConfigValue.From($"{choice.Name} ({ClientSetup.ProviderLabel})")),
            ("baseUrl", ConfigValue.From(address)),
            ("envKey", ConfigValue.From(ClientSetup.TokenVariable)),
        };
        if (choice.ContextTokens is { } tokens) entry.Add(("generationConfig", ConfigValue.Object(("contextWindowSize", ConfigValue.From(tokens)))));
        return ConfigValue.Object(entry);
    }

    private static (string? List, int Index, ConfigObject? Entry) Entry(ConfigObject root, string? name, string? address)
    {
        if (name is null || root["modelProviders"] is not ConfigObject lists) return default;
        var found = lists.Members.Where(list => list.Value is ConfigArray)
            .SelectMany(list => ((ConfigArray)list.Value).Items.OfType<ConfigObject>().Select((entry, index) => (list.Key, index, entry)))
            .Where(at => at.entry["id"] is ConfigString { Text: var id } && id == name).ToList();
        var exact = found.Find(at => at.entry["baseUrl"] is ConfigString { Text: var url } && url == address);
        return exact.entry is not null ? exact : found.FirstOrDefault();
    }

    private static FoundCredential InEnvironment(ConfigObject root, string variable, Surroundings at)
    {
        var path = KeyPath.Of("env", variable);
        // The shell's own variable goes before the one in the settings.
        return at.Set(variable) is null && root.Inline(path, CredentialKind.ApiKey) is { } inline ? inline : Finding.InVariable(path.ToString(), variable, at)!;
    }

    private static string Protocol(Dialect dialect) => dialect switch
    {
        Dialect.Anthropic => "anthropic",
        Dialect.OpenAiResponses => "openai-responses",
        _ => "openai",
    };
}
