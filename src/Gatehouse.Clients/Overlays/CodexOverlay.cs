using Gatehouse.Clients.Edits;
using Gatehouse.Clients.Programs;
using Gatehouse.Clients.Reports;
using Gatehouse.Clients.Setups;
using Gatehouse.Clients.Toml;

namespace Gatehouse.Clients.Overlays;

/// <summary>
/// Codex for one run: options on the command line, which go before its settings. They are laid over the person's table key by key
/// (measured with 0.169), so a table of our name decides in which of its two ways the token is given: both together are refused.
/// </summary>
internal static class CodexOverlay
{
    /// <summary>The provider's id where a table of the usual one can't be laid over. Sessions of such a run are listed apart.</summary>
    public const string OtherId = "gatehouse-run";

    // Said by ourselves in every run, or without effect on where it calls and what it presents.
    private static readonly string[] _laidOver =
        ["name", "base_url", "wire_api", "supports_websockets", "auth", "env_key", "env_key_instructions", "request_max_retries", "stream_max_retries", "stream_idle_timeout_ms"];

    private static readonly TomlStyle _style = new("", "=", Literal: false);
    private static readonly string[] _credentials = ["OPENAI_API_KEY", "OPENAI_BASE_URL", "CODEX_API_KEY", "CODEX_ACCESS_TOKEN"];

    /// <summary>Makes it.</summary>
    public static ClientOverlay Make(Codex client, OverlayRequest request, IReadOnlyList<FoundFile> files)
    {
        var own = files.Where(file => file.Role == SettingsRole.Person).ToList();
        var (id, place) = Provider(own);
        var astray = request.Setup.Model is null ? [.. OwnModels.Astray(request, own)] : Array.Empty<SettingValue>();
        var setup = request.Setup with
        {
            Credential = place,
            TokenFile = Path.Combine(request.Folder, "token"),
            Model = request.Setup.Model ?? (astray.Length > 0 ? new ModelChoice(client.OwnModels[0]) : null),
        };
        // A catalogue of the person's own stays in force; everything else is laid over whatever it says.
        var present = own.Select(file => file.Value("model_catalog_json")).FirstOrDefault(text => text is not null) is { } catalogue
            ? ConfigObject.Empty.With(KeyPath.Of("model_catalog_json"), ConfigValue.From(catalogue)) : ConfigObject.Empty;
        var draft = new Draft(setup, present, request.At, Path.Combine(request.Folder, "config.toml"));
        client.Plan(draft);
        var isolated = Path.Combine(request.Folder, "codex");
        return new ClientOverlay
        {
            Arguments = [.. draft.Edits.OfType<SetEdit>().SelectMany(edit => Options(edit.Path, edit.Value, id))],
            Set =
            [
                .. place == CredentialPlace.Environment ? new KeyValuePair<string, string>[] { new(ClientSetup.TokenVariable, setup.Token) } : [],
                .. request.Isolated ? new KeyValuePair<string, string>[] { new("CODEX_HOME", isolated) } : [],
            ],
            Unset = [.. _credentials, .. place == CredentialPlace.Environment ? Array.Empty<string>() : [ClientSetup.TokenVariable]],
            // Codex wants its folder to be there.
            Files = [.. draft.Files.Select(file => new OverlayFile(file.Path, file.Content)), .. request.Isolated ? new[] { new OverlayFile(Path.Combine(isolated, "config.toml"), "") } : []],
            Warnings = [.. draft.Warnings, .. astray.Select(OwnModels.Told)],
        };
    }

    private static (string Id, CredentialPlace Place) Provider(IEnumerable<FoundFile> own)
    {
        const string table = $"model_providers.{ClientSetup.ProviderId}";
        if (own.FirstOrDefault(file => file.Kind(table) is not null) is not { } file) return (ClientSetup.ProviderId, CredentialPlace.Environment);
        var keys = file.Members(table);
        if (keys.Count == 0 || keys.Any(key => !_laidOver.Contains(key))) return (OtherId, CredentialPlace.Environment);
        return (ClientSetup.ProviderId, keys.Contains("auth") ? CredentialPlace.File : CredentialPlace.Environment);
    }

    // One option for each value, because a table in one option is laid over key by key all the same.
    private static IEnumerable<string> Options(KeyPath path, ConfigValue value, string id)
    {
        if (value is ConfigObject table) return table.Members.SelectMany(member => Options(path.Key(member.Key), member.Value, id));
        if (path.Last.Name == "env_key_instructions") return [];
        var steps = path.Steps.Select(step => step.Name).ToArray();
        if (steps is ["model_providers", ..]) steps[1] = id;
        var said = steps is ["model_provider"] ? ConfigValue.From(id) : value;
        return ["-c", $"{string.Join('.', steps)}={_style.Write(said)}"];
    }

    /// <summary>A text as TOML.</summary>
    public static string Text(string text) => _style.Write(ConfigValue.From(text));
}
