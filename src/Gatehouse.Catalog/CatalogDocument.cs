using System.Text.Json;
using System.Text.Json.Serialization;

namespace Gatehouse.Catalog;

/// <summary>The catalog's data files as they are written. Names must be exact and unknown ones are refused, so that a slip fails at load.</summary>
internal sealed record CatalogDocument(PresetRow[]? Presets, EditRow[]? Edits);

/// <summary>One preset as written. Optional members are settable: the generated reader overwrites the defaults of init-only ones.</summary>
internal sealed record PresetRow
{
    public required string Name { get; init; }
    public required string Label { get; init; }
    public required string Docs { get; init; }
    public Dictionary<string, EndpointRow> Endpoints { get; set; } = [];
    public string? Auth { get; set; }
    public string[] KeyVariables { get; set; } = [];
    public string[] Models { get; set; } = [];
    public string[] FallbackModels { get; set; } = [];
    public bool IncludeUsage { get; set; } = true;
    public string[] Edits { get; set; } = [];
}

/// <summary>One endpoint as written.</summary>
internal sealed record EndpointRow(string Url, string Auth);

/// <summary>One edit as written, for one or several dialects.</summary>
internal sealed record EditRow
{
    public required string Name { get; init; }
    public required string Description { get; init; }
    public required string[] Dialects { get; init; }
    public string[] RemoveBetas { get; set; } = [];
    public string[] RemoveHeaders { get; set; } = [];
    public string[] RemoveFields { get; set; } = [];
    public BlockRow[] RemoveBlocks { get; set; } = [];
}

/// <summary>One block removal as written.</summary>
internal sealed record BlockRow(string Path, string TextPrefix);

/// <summary>Reads the data files without reflection; unknown and duplicate members are faults.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = false,
    ReadCommentHandling = JsonCommentHandling.Skip)]
[JsonSerializable(typeof(CatalogDocument))]
internal sealed partial class CatalogJson : JsonSerializerContext;
