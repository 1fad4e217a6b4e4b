using System.Collections.Immutable;
using Gatehouse.Clients.Edits;
using Gatehouse.Clients.Reports;
using Gatehouse.Clients.Setups;
using Gatehouse.Dialects;

namespace Gatehouse.Clients.Programs;

/// <summary>
/// Droid, of Factory. Takes models from a list, where ours are entries beside the person's own; which one is used is chosen in the program.
/// Written after its documentation: the program itself could not be installed to try it.
/// </summary>
internal sealed class Droid : Client
{
    private static readonly KeyPath _models = KeyPath.Of("customModels");

    /// <inheritdoc/>
    public override string Id => "droid";

    /// <inheritdoc/>
    public override string Label => "Droid";

    /// <inheritdoc/>
    public override ClientSupport Support => ClientSupport.Applied;

    /// <inheritdoc/>
    public override ImmutableArray<string> OtherNames => ["factory"];

    /// <inheritdoc/>
    public override string Executable => "droid";

    /// <inheritdoc/>
    public override bool Verified => false;

    /// <inheritdoc/>
    public override ImmutableArray<Dialect> Dialects => [Dialect.Anthropic, Dialect.OpenAiResponses, Dialect.OpenAiChat];

    /// <inheritdoc/>
    public override ImmutableArray<CredentialPlace> CredentialPlaces => [CredentialPlace.Settings, CredentialPlace.Environment];

    /// <inheritdoc/>
    public override ImmutableArray<SnippetFormat> Formats => [SnippetFormat.Json];

    /// <inheritdoc/>
    internal override IReadOnlyList<SettingsFile> Files(Surroundings at) =>
    [
        new(at.InHome(".factory", "settings.json"), ConfigSyntax.Json, SettingsRole.Person),
        new(at.InHome(".factory", "config.json"), ConfigSyntax.Json, SettingsRole.Former),
    ];

    /// <inheritdoc/>
    internal override ClientSettings Read(ConfigObject root, Surroundings at)
    {
        if (Ours(root) is not { } entry) return ClientSettings.None;
        var path = _models.Item("displayName", ((ConfigString)entry["displayName"]!).Text);
        return new ClientSettings
        {
            Provider = ClientSetup.ProviderId,
            BaseAddress = root.Setting(path.Key("baseUrl")),
            Credentials = root.Text(path.Key("apiKey")) is { } key ? [Credential(path.Key("apiKey").ToString(), key, at)] : [],
            Models = [.. root.Settings([path.Key("model")])],
        };
    }

    /// <inheritdoc/>
    internal override KeyPath? WholeOf(KeyPath path) => path.Steps.Count > 1 && path.Steps[1].IsItem ? path.Up(path.Steps.Count - 2) : null;

    /// <inheritdoc/>
    internal override void Plan(Draft draft)
    {
        var setup = draft.Setup;
        foreach (var choice in new[] { setup.Model!, setup.FastModel ?? setup.Model! }.DistinctBy(choice => choice.Name))
        {
            var at = _models.Item("displayName", Shown(choice.Name));
            draft.Set(at.Key("model"), choice.Name);
            draft.Set(at.Key("baseUrl"), BaseAddress(setup.Gateway, setup.Dialect));
            draft.Set(at.Key("apiKey"), setup.Credential == CredentialPlace.Environment ? $"${{{ClientSetup.TokenVariable}}}" : setup.Token);
            draft.Set(at.Key("provider"), Provider(setup.Dialect));
            draft.SetIfKnown(at.Key("maxOutputTokens"), choice.OutputTokens);
        }

        draft.Warn($"Choose the model in Droid with /model: it stands in the list as {Shown(setup.Model!.Name)}.");
        if (draft.Present.Members.Count == 0 && File.Exists(draft.At.InHome(".factory", "config.json")))
            draft.Warn("Droid no longer reads the models of ~/.factory/config.json once there is a settings.json: copy those that you use.");
    }

    private static string Shown(string model) => $"{model} [{ClientSetup.ProviderLabel}]";

    private static ConfigObject? Ours(ConfigObject root) => (root["customModels"] as ConfigArray)?.Items.OfType<ConfigObject>()
        .FirstOrDefault(entry => entry["displayName"] is ConfigString { Text: var shown } && shown.EndsWith($"[{ClientSetup.ProviderLabel}]", StringComparison.Ordinal));

    private static FoundCredential Credential(string path, string key, Surroundings at) => key.StartsWith("${", StringComparison.Ordinal) && key.EndsWith('}')
        ? Finding.InVariable(path, key[2..^1], at)!
        : new FoundCredential(CredentialKind.ApiKey, path, "", Secrets.Secret.From(key));

    private static string Provider(Dialect dialect) => dialect switch
    {
        Dialect.Anthropic => "anthropic",
        Dialect.OpenAiResponses => "openai",
        _ => "generic-chat-completion-api",
    };
}
