using System.Collections.Immutable;
using System.Text.Json;
using Gatehouse.Dialects;
using Gatehouse.Dialects.Edits;

namespace Gatehouse.Catalog;

/// <summary>Reads the catalog's data and holds it to its rules; collects every fault before it gives up.</summary>
internal sealed partial class CatalogReader
{
    private readonly List<string> _faults = [];

    /// <summary>Reads the data embedded in this assembly.</summary>
    public static ProviderCatalog ReadEmbedded()
    {
        var (catalog, faults) = Read(Embedded("presets.json"), Embedded("edits.json"), Embedded("traits.json"));
        return catalog ?? throw new InvalidOperationException("The embedded catalog is at fault: " + string.Join(" ", faults));
    }

    /// <summary>Reads the documents; the catalog is null when there are faults.</summary>
    public static (ProviderCatalog? Catalog, IReadOnlyList<string> Faults) Read(
        ReadOnlySpan<byte> presets, ReadOnlySpan<byte> edits, ReadOnlySpan<byte> traits)
    {
        CatalogDocument? presetRows, editRows, traitsRows;
        try
        {
            presetRows = JsonSerializer.Deserialize(presets, CatalogJson.Default.CatalogDocument);
            editRows = JsonSerializer.Deserialize(edits, CatalogJson.Default.CatalogDocument);
            traitsRows = JsonSerializer.Deserialize(traits, CatalogJson.Default.CatalogDocument);
        }
        catch (JsonException e)
        {
            return (null, [e.Message]);
        }

        var reader = new CatalogReader();
        var readEdits = reader.Edits(editRows?.Edits ?? []);
        var readPresets = reader.Presets(presetRows?.Presets ?? [], readEdits);
        var readTraits = reader.Traits(traitsRows?.Traits ?? [], readPresets);
        return reader._faults.Count > 0 ? (null, reader._faults) : (new ProviderCatalog(readPresets, readEdits, readTraits), []);
    }

    private static ReadOnlySpan<byte> Embedded(string name)
    {
        using var stream = typeof(CatalogReader).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The resource {name} is missing from the assembly.");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    private void Check(bool holds, string where, string fault)
    {
        if (!holds) _faults.Add($"{where}: {fault}.");
    }

    private ImmutableArray<Preset> Presets(PresetRow[] rows, ImmutableArray<ProviderEdit> edits)
    {
        Check(rows.Length > 0, "presets", "there are none");
        var names = new HashSet<string>(StringComparer.Ordinal);
        var variables = new HashSet<string>(StringComparer.Ordinal);
        var presets = ImmutableArray.CreateBuilder<Preset>(rows.Length);
        foreach (var row in rows)
        {
            var where = $"preset {row.Name}";
            Check(CatalogRules.IsName(row.Name), where, "the name may hold a-z, 0-9 and hyphens");
            Check(names.Add(row.Name), where, "the name stands twice");
            Check(row.Label.Length > 0, where, "it has no label");
            foreach (var variable in row.KeyVariables)
            {
                Check(CatalogRules.IsVariable(variable), where, $"{variable} is not the name of an environment variable");
                Check(variables.Add(variable), where, $"{variable} is claimed twice");
            }

            foreach (var pattern in row.Models.Concat(row.FallbackModels))
                Check(pattern.Length > 0 && !pattern.Any(char.IsWhiteSpace), where, $"'{pattern}' is not a pattern of model names");
            foreach (var edit in row.Edits) Check(edits.Any(e => e.Name == edit), where, $"there is no edit {edit}");
            Check(row.Endpoints.Count > 0
                || row.Auth is not null, where, "it has neither endpoints nor an auth style for those of the configuration");
            presets.Add(new Preset
            {
                Name = row.Name,
                Label = row.Label,
                Docs = Address(where, row.Docs),
                Endpoints = Endpoints(where, row.Endpoints),
                Auth = row.Auth is null ? AuthStyle.Bearer : Auth(where, row.Auth),
                KeyVariables = [.. row.KeyVariables],
                Models = [.. row.Models],
                FallbackModels = [.. row.FallbackModels],
                IncludeUsage = row.IncludeUsage,
                Edits = [.. row.Edits],
            });
        }

        return presets.ToImmutable();
    }

    private ImmutableArray<PresetEndpoint> Endpoints(string where, Dictionary<string, EndpointRow> rows)
    {
        var endpoints = ImmutableArray.CreateBuilder<PresetEndpoint>(rows.Count);
        foreach (var (name, row) in rows)
        {
            Check(DialectNames.TryParse(name, out var dialect), where, $"{name} is not a dialect");
            var address = Address(where, row.Url);
            Check(!row.Url.EndsWith('/'), where, $"{row.Url} ends with a slash");
            Check(dialect != Dialect.Anthropic
                || !row.Url.EndsWith("/v1", StringComparison.Ordinal), where, $"{row.Url} must be the root before /v1/messages");
            endpoints.Add(new PresetEndpoint(dialect, address, Auth(where, row.Auth)));
        }

        return endpoints.ToImmutable();
    }

    private ImmutableArray<ProviderEdit> Edits(EditRow[] rows)
    {
        Check(rows.Length > 0, "edits", "there are none");
        var seen = new HashSet<(string, Dialect)>();
        var edits = ImmutableArray.CreateBuilder<ProviderEdit>();
        foreach (var row in rows)
        {
            var where = $"edit {row.Name}";
            Check(CatalogRules.IsName(row.Name), where, "the name may hold a-z, 0-9 and hyphens");
            Check(row.Description.EndsWith('.'), where, "its description is not a sentence");
            Check(row.Dialects.Length > 0, where, "it names no dialect");
            Check(row.RemoveBetas.Length + row.RemoveHeaders.Length + row.RemoveFields.Length
                + row.RemoveBlocks.Length > 0, where, "it takes nothing out");
            foreach (var path in row.RemoveFields.Concat(row.RemoveBlocks.Select(b => b.Path)))
                Check(CatalogRules.IsPath(path), where, $"'{path}' is not a path such as a.b or a[].b");
            foreach (var block in row.RemoveBlocks)
                Check(block.Path.EndsWith("[]", StringComparison.Ordinal)
                    && block.TextPrefix.Length > 0, where, $"'{block.Path}' must be an array with a text prefix");
            foreach (var name in row.Dialects)
            {
                Check(DialectNames.TryParse(name, out var dialect), where, $"{name} is not a dialect");
                Check(seen.Add((row.Name, dialect)), where, $"it stands twice for {name}");
                Check(dialect == Dialect.Anthropic || row.RemoveBetas.Length == 0, where, $"{name} has no betas");
                edits.Add(Edit(row, dialect));
            }
        }

        return edits.ToImmutable();
    }

    private static ProviderEdit Edit(EditRow row, Dialect dialect) => new()
    {
        Name = row.Name,
        Description = row.Description,
        Dialect = dialect,
        RemoveBetaPrefixes = [.. row.RemoveBetas],
        RemoveHeaders = [.. row.RemoveHeaders],
        RemoveFields = [.. row.RemoveFields],
        RemoveBlocks = [.. row.RemoveBlocks.Select(b => new BlockRemoval(b.Path, b.TextPrefix))],
    };

    private Uri Address(string where, string text)
    {
        var good = Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme == Uri.UriSchemeHttps
            && address.UserInfo.Length == 0
            && address.Query.Length == 0 && address.Fragment.Length == 0;
        Check(good, where, $"'{text}' is not a plain https address");
        return address ?? new Uri("https://invalid.invalid");
    }

    private AuthStyle Auth(string where, string name)
    {
        Check(AuthStyleNames.TryParse(name, out var style), where, $"'{name}' is not an auth style");
        return style;
    }
}
