using System.Text.Json;
using System.Text.Json.Serialization;

namespace Gatehouse.Catalog;

/// <summary>The harnesses' data file as it is written. Names must be exact and unknown ones are refused, so that a slip fails at load.</summary>
internal sealed record HarnessDocument(HarnessRow[] Harnesses);

/// <summary>One harness as written. Optional members are settable: the generated reader overwrites the defaults of init-only ones.</summary>
internal sealed record HarnessRow
{
    public required string Name { get; init; }
    public required string Label { get; init; }
    public string[] Aliases { get; set; } = [];
    public string[] Dialects { get; set; } = [];
    public string? BaseUrlVariable { get; set; }
    public string? AuthVariable { get; set; }
    public string? OauthVariable { get; set; }
    public string? ModelVariable { get; set; }
    public string? RouteSegment { get; set; }
    public string? AuthFile { get; set; }
    public string? HomeVariable { get; set; }
    public string? RefreshVariable { get; set; }
    public string? NativeReason { get; set; }
    public Dictionary<string, string> ExtraVariables { get; set; } = [];
    public string[] SecretNames { get; set; } = [];
    public string? DefaultProvider { get; set; }
}

/// <summary>Reads the data file without reflection; unknown and duplicate members are faults.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    ReadCommentHandling = JsonCommentHandling.Skip)]
[JsonSerializable(typeof(HarnessDocument))]
internal sealed partial class HarnessJson : JsonSerializerContext;
