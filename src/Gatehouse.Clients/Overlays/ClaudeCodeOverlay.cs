using Gatehouse.Clients.Edits;
using Gatehouse.Clients.Programs;
using Gatehouse.Clients.Reports;
using Gatehouse.Clients.Setups;

namespace Gatehouse.Clients.Overlays;

/// <summary>
/// Claude Code for one run: a settings file of its own, named on the command line, which goes before the person's and the project's. Members
/// that must not be in force are there as empty texts, which count as missing (measured with 2.1.132 and 2.1.329); a file with a fault in it
/// would be passed over as a whole, and the person's settings be in force.
/// </summary>
internal static class ClaudeCodeOverlay
{
    private const string Option = "--settings";
    private const string FileName = "settings.json";
    private static readonly KeyPath _env = KeyPath.Of("env");

    // Each carries a credential of the person's own, which would travel along.
    private static readonly string[] _credentials = ["ANTHROPIC_CUSTOM_HEADERS", "CLAUDE_CODE_OAUTH_TOKEN", "ANTHROPIC_IDENTITY_TOKEN", "ANTHROPIC_IDENTITY_TOKEN_FILE"];

    /// <summary>Makes it.</summary>
    public static ClientOverlay Make(ClaudeCode client, OverlayRequest request, IReadOnlyList<FoundFile> files)
    {
        if (RefusedOption(request) is { } refused) return refused;
        var file = Path.Combine(request.Folder, FileName);
        var draft = new Draft(request.Setup with { Credential = CredentialPlace.Settings }, ConfigObject.Empty, request.At, file);
        client.Plan(draft);
        var root = ConfigObject.Empty;
        foreach (var edit in draft.Edits)
            root = root.With(edit.Path, edit is SetEdit set ? set.Value : ConfigValue.From(""));
        foreach (var name in _credentials) root = root.With(_env.Key(name), ConfigValue.From(""));
        if (!request.Setup.ToolReferencesSurvive) root = root.With(_env.Key("ENABLE_TOOL_SEARCH"), ConfigValue.From(""));
        var warnings = draft.Warnings.ToList();
        if (request.Setup.Model is null)
        {
            foreach (var model in OwnModels.Astray(request, files))
            {
                root = root.With(KeyPath.Parse(model.Path), ConfigValue.From(""));
                warnings.Add(OwnModels.Told(model));
            }
        }

        return Of(request, root, warnings) is var overlay && StrayVariables(request).ToList() is { Count: > 0 } stray
            ? overlay with { Unset = [.. overlay.Unset, .. stray] } : overlay;
    }

    /// <summary>The refusal of a second settings file on the command line; null when there is none.</summary>
    public static ClientOverlay? RefusedOption(OverlayRequest request) =>
        request.Arguments.Any(word => word == Option || word.StartsWith(Option + "=", StringComparison.Ordinal))
            ? ClientOverlay.Refused($"Claude Code takes one {Option}, and the run needs it. Put yours into a settings file of its own.")
            : null;

    /// <summary>The overlay with settings of its own.</summary>
    public static ClientOverlay Of(OverlayRequest request, ConfigObject root, IReadOnlyList<string> warnings)
    {
        var file = Path.Combine(request.Folder, FileName);
        var isolated = Path.Combine(request.Folder, "claude");
        return new ClientOverlay
        {
            Arguments = [Option, file],
            Set = request.Isolated ? [new("CLAUDE_CONFIG_DIR", isolated)] : [],
            // What the file says goes before the shell's variables, which are taken out all the same: a subprocess would go by them.
            Unset = [.. ((ConfigObject)root.Find(_env)!).Members.Select(member => member.Key)],
            Files =
            [
                new OverlayFile(file, JsonText.OneLine(root)),
                // Otherwise it would ask for a theme and a login first.
                .. request.Isolated ? new[] { new OverlayFile(Path.Combine(isolated, ".claude.json"), "{\"hasCompletedOnboarding\":true}") } : [],
            ],
            Warnings = [.. warnings],
        };
    }

    private static IEnumerable<string> StrayVariables(OverlayRequest request) =>
        ClaudeCodeModels.Variables.Where(name => request.At.Set(name) is { } model && (request.Setup.Model is not null || !request.Setup.IsRouted(model)));
}
