using System.Text.Json;
using System.Text.Json.Nodes;
using Gatehouse.Clients.Edits;
using Gatehouse.Clients.Setups;

namespace Gatehouse.Clients.Programs;

/// <summary>
/// Codex's catalogue of models. Without an entry for its model Codex guesses the window, leaves its editing tool out and warns at each start.
/// A catalogue has to hold the instructions that the model is given; those are Codex's own, asked of the installed program.
/// </summary>
internal static class CodexModels
{
    private const string FileName = "gatehouse-models.json";
    private static readonly KeyPath _setting = KeyPath.Of("model_catalog_json");
    private static readonly JsonSerializerOptions _layout = new() { WriteIndented = true };

    /// <summary>Writes a catalogue down when a model is one that Codex does not know.</summary>
    public static void Plan(Draft draft)
    {
        if (draft.Setup.Model is not { } model || IsKnown(model.Name)) return;
        var file = Path.Combine(draft.Folder, FileName);
        if (draft.Text(_setting) is { } other && other != file)
        {
            draft.Warn($"Codex takes its models from {other}, which is left as it is. Unless {model.Name} stands there, Codex guesses what it can do.");
            return;
        }

        if (Template(draft.Ask("codex", "debug", "models")) is not { } template)
        {
            draft.Warn($"Codex does not know {model.Name} and will guess what it can do: a catalogue is made only from the installed program's own, and none was found.");
            return;
        }

        var models = new[] { model, draft.Setup.FastModel ?? model }.DistinctBy(choice => choice.Name);
        var catalogue = new JsonObject { ["models"] = new JsonArray([.. models.Select(choice => Entry(choice, template))]) };
        draft.Write(file, catalogue.ToJsonString(_layout) + "\n", secret: false);
        draft.Set(_setting, file);
    }

    /// <summary>Whether Codex brings an entry for a model.</summary>
    public static bool IsKnown(string model) => model.StartsWith("gpt-", StringComparison.Ordinal) || model.StartsWith("codex-", StringComparison.Ordinal);

    // An entry of the plain kind: newer ones drive tools in ways that only the vendor's service carries out.
    private static JsonObject? Template(string? catalogue)
    {
        if (catalogue is null) return null;
        try
        {
            return (JsonNode.Parse(catalogue)?["models"] as JsonArray)?.OfType<JsonObject>()
                .Where(entry => entry["base_instructions"] is JsonValue && entry["visibility"]?.GetValueKind() == JsonValueKind.String)
                .OrderBy(entry => entry["tool_mode"] is null ? 0 : 1).ThenBy(entry => (string?)entry["visibility"] == "list" ? 0 : 1).FirstOrDefault();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static JsonObject Entry(ModelChoice model, JsonObject template)
    {
        var entry = new JsonObject
        {
            ["slug"] = model.Name,
            ["display_name"] = model.Name,
            ["description"] = $"{model.Name} through {ClientSetup.ProviderLabel}",
            ["supported_reasoning_levels"] = new JsonArray(),
            ["shell_type"] = template["shell_type"]?.DeepClone() ?? "shell_command",
            ["visibility"] = "list",
            ["supported_in_api"] = true,
            ["priority"] = 1,
            ["support_verbosity"] = false,
            ["apply_patch_tool_type"] = "freeform",
            ["truncation_policy"] = template["truncation_policy"]?.DeepClone() ?? new JsonObject { ["mode"] = "tokens", ["limit"] = 10_000 },
            ["experimental_supported_tools"] = new JsonArray(),
            ["input_modalities"] = model.Images == false ? new JsonArray("text") : new JsonArray("text", "image"),
            ["base_instructions"] = template["base_instructions"]!.DeepClone(),
        };
        if (model.ContextTokens is { } tokens) entry["context_window"] = tokens;
        return entry;
    }
}
