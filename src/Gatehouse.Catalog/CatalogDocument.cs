using System.Text.Json;
using System.Text.Json.Serialization;

namespace Gatehouse.Catalog;

/// <summary>
/// The catalog's data files as they are written. Names must be exact and unknown ones are refused, so that a slip fails at load.
/// </summary>
internal sealed record CatalogDocument(PresetRow[]? Presets, EditRow[]? Edits, TraitsRow[]? Traits);

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

/// <summary>One rule about models as written.</summary>
internal sealed record TraitsRow
{
    public string? Preset { get; set; }
    public string? Dialect { get; set; }
    public string[] Models { get; set; } = ["*"];
    public bool? Images { get; set; }
    public bool? Documents { get; set; }
    public bool? Tools { get; set; }
    public bool? ParallelToolControl { get; set; }
    public bool? StrictTools { get; set; }
    public bool? CustomTools { get; set; }
    public string[]? RefusedSchemaKeywords { get; set; }
    public bool? StructuredOutput { get; set; }
    public string[]? Reasoning { get; set; }
    public string[]? Efforts { get; set; }
    public bool? ReasoningContentEcho { get; set; }
    public bool? ReasoningDetails { get; set; }
    public bool? CacheMarkers { get; set; }
    public bool? CacheKey { get; set; }
    public int? MaxOutput { get; set; }
    public int? ContextWindow { get; set; }
    public string[]? Sampling { get; set; }
    public int? MaxStops { get; set; }
    public int? MaxToolName { get; set; }
    public int? ToolIdLength { get; set; }
    public bool? EndUser { get; set; }
    public bool? MaxCompletionTokens { get; set; }
    public bool? DeveloperRole { get; set; }
    public bool? SystemAnywhere { get; set; }
    public bool? ImagesInToolResults { get; set; }
    public bool? TokenCounter { get; set; }
    public bool? CodeExecution { get; set; }

    public bool? Mcp { get; set; }

    public bool? ReasoningSummary { get; set; }
    public bool? WebSearch { get; set; }
}

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
