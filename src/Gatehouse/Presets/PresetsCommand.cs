using System.CommandLine;
using System.Text.Json;
using Gatehouse.Catalog;
using Gatehouse.CommandLine;
using Gatehouse.Dialects;
using Gatehouse.Terminals;

namespace Gatehouse.Presets;

/// <summary><c>gatehouse presets</c>: the providers that come described.</summary>
internal static class PresetsCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Build() => new Verb(
        "presets",
        "List the providers that come described: what they speak, which variable their key is looked for in, which models go to them.",
        "gatehouse presets",
        "gatehouse presets --json | jq '.data[].name'") { CommonOptions.Json }.Runs(_ => Task.FromResult(List()));

    private static Report List() => Report.Done(Print, Write);

    private static void Print(Terminal terminal)
    {
        var listing = new Listing("PRESET", "PROVIDER", "DIALECTS", "KEY VARIABLE", "MODELS");
        foreach (var preset in ProviderCatalog.Embedded.Presets)
        {
            listing.Add(
                preset.Name,
                preset.Label,
                preset.Endpoints.IsEmpty ? "as configured" : string.Join(", ", preset.Endpoints.Select(e => e.Dialect.Name())),
                preset.KeyVariables.IsEmpty ? "-" : string.Join(", ", preset.KeyVariables),
                Models(preset) is { Length: > 0 } models ? models : "-");
        }

        terminal.Write(listing);
    }

    private static string Models(Preset preset) => string.Join(", ", preset.Models.AddRange(preset.FallbackModels));

    private static void Write(Utf8JsonWriter json)
    {
        json.WriteStartArray();
        foreach (var preset in ProviderCatalog.Embedded.Presets)
        {
            json.WriteStartObject();
            json.WriteString("name", preset.Name);
            json.WriteString("label", preset.Label);
            json.WriteString("docs", preset.Docs.AbsoluteUri);
            json.WriteStartObject("endpoints");
            foreach (var endpoint in preset.Endpoints)
                json.WriteString(endpoint.Dialect.Name(), endpoint.BaseAddress.AbsoluteUri.TrimEnd('/'));
            json.WriteEndObject();
            json.WriteTexts("key_variables", preset.KeyVariables);
            json.WriteTexts("models", preset.Models);
            json.WriteTexts("fallback_models", preset.FallbackModels);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
