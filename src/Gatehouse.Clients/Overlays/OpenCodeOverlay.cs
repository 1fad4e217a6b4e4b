using System.Text;
using Gatehouse.Clients.Edits;
using Gatehouse.Clients.Programs;
using Gatehouse.Clients.Reports;
using Gatehouse.Clients.Setups;

namespace Gatehouse.Clients.Overlays;

/// <summary>
/// OpenCode for one run: a configuration in a variable, which goes before every file but those of who manages the machine. It allows our
/// provider alone, so that nothing of a person's own settings can lead a call past Gatehouse.
/// </summary>
internal static class OpenCodeOverlay
{
    private const string Content = "OPENCODE_CONFIG_CONTENT";
    private static readonly string[] _agents = ["agent", "mode", "command"];

    /// <summary>Makes it.</summary>
    public static ClientOverlay Make(OpenCode client, OverlayRequest request, IReadOnlyList<FoundFile> files)
    {
        var given = ConfigDocument.Parse(ConfigSyntax.Json, Encoding.UTF8.GetBytes(request.At.Set(Content) ?? ""), out var fault);
        if (given is null) return ClientOverlay.Refused($"{Content} is set and can't be read: {fault}. Mend it or take it out.");
        var token = Path.Combine(request.Folder, "token");
        var setup = request.Setup with { Credential = CredentialPlace.File, TokenFile = token };
        // What OPENCODE_CONFIG names does not go before a variable's content, as it does before a file.
        var at = request.At with { Variable = name => name == "OPENCODE_CONFIG" ? null : request.At.Variable(name) };
        var draft = new Draft(setup, ConfigObject.Empty, at, Path.Combine(request.Folder, "opencode.json"));
        client.Plan(draft);
        var root = draft.Edits.OfType<SetEdit>().Aggregate(given.Root, (root, edit) => root.With(edit.Path, edit.Value));
        root = root.With(KeyPath.Of("enabled_providers"), ConfigValue.Strings(ClientSetup.ProviderId)).With(KeyPath.Of("disabled_providers"), ConfigValue.Strings());
        // An agent whose model is another provider's would stop OpenCode at the start, because that provider is not allowed.
        foreach (var path in OtherModels(files).Concat(OtherModels(given.Root)))
            root = root.With(path, ConfigValue.From($"{ClientSetup.ProviderId}/{setup.Model!.Name}"));
        return new ClientOverlay
        {
            Set = [new(Content, JsonText.OneLine(root)), .. request.Isolated ? Isolated(request.Folder) : []],
            Unset = ["OPENCODE_AUTH_CONTENT", .. request.Isolated ? new[] { "OPENCODE_CONFIG", "OPENCODE_CONFIG_DIR" } : []],
            Files = [.. draft.Files.Select(file => new OverlayFile(file.Path, file.Content))],
            Warnings = [.. draft.Warnings],
        };
    }

    // It knows no folder of its own: those of the XDG rules are given instead.
    private static IEnumerable<KeyValuePair<string, string>> Isolated(string folder) =>
    [
        new("XDG_CONFIG_HOME", Path.Combine(folder, "config")), new("XDG_DATA_HOME", Path.Combine(folder, "data")),
        new("XDG_STATE_HOME", Path.Combine(folder, "state")),
    ];

    private static IEnumerable<KeyPath> OtherModels(IEnumerable<FoundFile> files) =>
        from file in files
        from kind in _agents
        from name in file.Members(kind)
        let path = KeyPath.Of(kind, name, "model")
        where file.Value(path.ToString()) is { } model && IsOther(model)
        select path;

    private static IEnumerable<KeyPath> OtherModels(ConfigObject root) =>
        from kind in _agents
        from member in (root[kind] as ConfigObject)?.Members ?? []
        let path = KeyPath.Of(kind, member.Key, "model")
        where root.Find(path) is ConfigString { Text: var model } && IsOther(model)
        select path;

    private static bool IsOther(string model) => !model.StartsWith($"{ClientSetup.ProviderId}/", StringComparison.Ordinal);
}
