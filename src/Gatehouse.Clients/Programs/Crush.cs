using System.Collections.Immutable;
using Gatehouse.Clients.Edits;
using Gatehouse.Clients.Reports;
using Gatehouse.Clients.Setups;
using Gatehouse.Dialects;

namespace Gatehouse.Clients.Programs;

/// <summary>Crush. Takes providers from an object by name. Written after its documentation: the program itself could not be installed to try it.</summary>
internal sealed class Crush : Client
{
    private static readonly KeyPath _provider = KeyPath.Of("providers", ClientSetup.ProviderId);

    /// <inheritdoc/>
    public override string Id => "crush";

    /// <inheritdoc/>
    public override string Label => "Crush";

    /// <inheritdoc/>
    public override ClientSupport Support => ClientSupport.Applied;

    /// <inheritdoc/>
    public override string Executable => "crush";

    /// <inheritdoc/>
    public override bool Verified => false;

    /// <inheritdoc/>
    public override ImmutableArray<Dialect> Dialects => [Dialect.OpenAiChat];

    /// <inheritdoc/>
    public override ImmutableArray<CredentialPlace> CredentialPlaces => [CredentialPlace.Settings, CredentialPlace.Environment];

    /// <inheritdoc/>
    public override ImmutableArray<SnippetFormat> Formats => [SnippetFormat.Json];

    /// <inheritdoc/>
    internal override IReadOnlyList<SettingsFile> Files(Surroundings at) =>
    [
        new(Path.Combine(at.Folder, ".crush.json"), ConfigSyntax.Json, SettingsRole.Shared),
        new(Path.Combine(at.Folder, "crush.json"), ConfigSyntax.Json, SettingsRole.Shared),
        new(Path.Combine(at.ConfigHome, "crush", "crush.json"), ConfigSyntax.Json, SettingsRole.Person),
    ];

    /// <inheritdoc/>
    internal override ClientSettings Read(ConfigObject root, Surroundings at)
    {
        var id = root.Text(KeyPath.Of("models", "large", "provider")) ?? (root.Find(_provider) is null ? null : ClientSetup.ProviderId);
        if (id is null) return ClientSettings.None;
        var table = KeyPath.Of("providers", id);
        return new ClientSettings
        {
            Provider = id,
            BaseAddress = root.Setting(table.Key("base_url")),
            Credentials = root.Text(table.Key("api_key")) is { } key ? [Credential(table.Key("api_key").ToString(), key, at)] : [],
            Models = [.. root.Settings([KeyPath.Of("models", "large", "model"), KeyPath.Of("models", "small", "model")])],
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
        draft.Set(_provider.Key("name"), ClientSetup.ProviderLabel);
        draft.Set(_provider.Key("type"), "openai-compat");
        draft.Set(_provider.Key("base_url"), BaseAddress(setup.Gateway, setup.Dialect));
        draft.Set(_provider.Key("api_key"), setup.Credential == CredentialPlace.Environment ? $"${ClientSetup.TokenVariable}" : setup.Token);
        draft.Set(_provider.Key("models"), new ConfigArray([.. new[] { model, fast }.DistinctBy(choice => choice.Name).Select(Model)]));
        Choose(draft, "large", model);
        Choose(draft, "small", fast);
    }

    private static void Choose(Draft draft, string size, ModelChoice model)
    {
        var at = KeyPath.Of("models", size);
        draft.Set(at.Key("model"), model.Name);
        draft.Set(at.Key("provider"), ClientSetup.ProviderId);
    }

    private static ConfigObject Model(ModelChoice model)
    {
        var entry = new List<(string, ConfigValue)> { ("id", ConfigValue.From(model.Name)), ("name", ConfigValue.From(model.Name)) };
        if (model.ContextTokens is { } context) entry.Add(("context_window", ConfigValue.From(context)));
        if (model.OutputTokens is { } output) entry.Add(("default_max_tokens", ConfigValue.From(output)));
        if (model.Images is { } images) entry.Add(("supports_attachments", ConfigValue.From(images)));
        return ConfigValue.Object(entry);
    }

    private static FoundCredential Credential(string path, string key, Surroundings at) =>
        key.StartsWith('$') ? Finding.InVariable(path, key[1..].Trim('{', '}'), at)! : new FoundCredential(CredentialKind.ApiKey, path, "", Secrets.Secret.From(key));
}
