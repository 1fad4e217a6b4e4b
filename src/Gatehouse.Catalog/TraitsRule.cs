using System.Collections.Immutable;
using Gatehouse.Dialects;
using Gatehouse.Dialects.Translation;

namespace Gatehouse.Catalog;

/// <summary>
/// What is different about some models at some providers. Rules are laid over each other in order, from the general to the particular; what
/// a rule does
/// not name stays as it was. Immutable.
/// </summary>
public sealed record TraitsRule
{
    /// <summary>The preset that it is about; null for all.</summary>
    public string? Preset { get; init; }

    /// <summary>The dialect that the provider is spoken to in; null for all.</summary>
    public Dialect? Dialect { get; init; }

    /// <summary>The models that it is about, as names in which <c>*</c> matches any run of characters.</summary>
    public ImmutableArray<string> Models { get; init; } = ["*"];

    /// <summary>See <see cref="ModelTraits.Images"/>; null leaves it, as with every member below.</summary>
    public bool? Images { get; init; }

    /// <summary>See <see cref="ModelTraits.Documents"/>.</summary>
    public bool? Documents { get; init; }

    /// <summary>See <see cref="ModelTraits.Tools"/>.</summary>
    public bool? Tools { get; init; }

    /// <summary>See <see cref="ModelTraits.ParallelToolControl"/>.</summary>
    public bool? ParallelToolControl { get; init; }

    /// <summary>See <see cref="ModelTraits.StrictTools"/>.</summary>
    public bool? StrictTools { get; init; }

    /// <summary>See <see cref="ModelTraits.CustomTools"/>.</summary>
    public bool? CustomTools { get; init; }

    /// <summary>See <see cref="ModelTraits.RefusedSchemaKeywords"/>.</summary>
    public ImmutableArray<string>? RefusedSchemaKeywords { get; init; }

    /// <summary>See <see cref="ModelTraits.StructuredOutput"/>.</summary>
    public bool? StructuredOutput { get; init; }

    /// <summary>See <see cref="ModelTraits.Reasoning"/>.</summary>
    public ReasoningControl? Reasoning { get; init; }

    /// <summary>See <see cref="ModelTraits.Efforts"/>.</summary>
    public ImmutableArray<Effort>? Efforts { get; init; }

    /// <summary>See <see cref="ModelTraits.ReasoningContentEcho"/>.</summary>
    public bool? ReasoningContentEcho { get; init; }

    /// <summary>See <see cref="ModelTraits.ReasoningDetails"/>.</summary>
    public bool? ReasoningDetails { get; init; }

    /// <summary>See <see cref="ModelTraits.CacheMarkers"/>.</summary>
    public bool? CacheMarkers { get; init; }

    /// <summary>See <see cref="ModelTraits.CacheKey"/>.</summary>
    public bool? CacheKey { get; init; }

    /// <summary>See <see cref="ModelTraits.MaxOutput"/>.</summary>
    public int? MaxOutput { get; init; }

    /// <summary>See <see cref="ModelTraits.ContextWindow"/>.</summary>
    public int? ContextWindow { get; init; }

    /// <summary>See <see cref="ModelTraits.Sampling"/>.</summary>
    public SamplingFields? Sampling { get; init; }

    /// <summary>See <see cref="ModelTraits.MaxStops"/>.</summary>
    public int? MaxStops { get; init; }

    /// <summary>See <see cref="ModelTraits.MaxToolName"/>.</summary>
    public int? MaxToolName { get; init; }

    /// <summary>See <see cref="ModelTraits.ToolIdLength"/>.</summary>
    public int? ToolIdLength { get; init; }

    /// <summary>See <see cref="ModelTraits.EndUser"/>.</summary>
    public bool? EndUser { get; init; }

    /// <summary>See <see cref="ModelTraits.MaxCompletionTokens"/>.</summary>
    public bool? MaxCompletionTokens { get; init; }

    /// <summary>See <see cref="ModelTraits.DeveloperRole"/>.</summary>
    public bool? DeveloperRole { get; init; }

    /// <summary>See <see cref="ModelTraits.SystemAnywhere"/>.</summary>
    public bool? SystemAnywhere { get; init; }

    /// <summary>See <see cref="ModelTraits.ImagesInToolResults"/>.</summary>
    public bool? ImagesInToolResults { get; init; }

    /// <summary>See <see cref="ModelTraits.TokenCounter"/>.</summary>
    public bool? TokenCounter { get; init; }

    /// <summary>See <see cref="ModelTraits.CodeExecution"/>.</summary>
    public bool? CodeExecution { get; init; }

    /// <summary>See <see cref="ModelTraits.Mcp"/>.</summary>
    public bool? Mcp { get; init; }

    /// <summary>See <see cref="ModelTraits.ReasoningSummary"/>.</summary>
    public bool? ReasoningSummary { get; init; }

    /// <summary>See <see cref="ModelTraits.WebSearch"/>.</summary>
    public bool? WebSearch { get; init; }

    /// <summary>Lays the rule over what is known so far.</summary>
    public ModelTraits Over(ModelTraits traits)
    {
        ArgumentNullException.ThrowIfNull(traits);
        return traits with
        {
            Images = Images ?? traits.Images,
            Documents = Documents ?? traits.Documents,
            Tools = Tools ?? traits.Tools,
            ParallelToolControl = ParallelToolControl ?? traits.ParallelToolControl,
            StrictTools = StrictTools ?? traits.StrictTools,
            CustomTools = CustomTools ?? traits.CustomTools,
            RefusedSchemaKeywords = RefusedSchemaKeywords ?? traits.RefusedSchemaKeywords,
            StructuredOutput = StructuredOutput ?? traits.StructuredOutput,
            Reasoning = Reasoning ?? traits.Reasoning,
            Efforts = Efforts ?? traits.Efforts,
            ReasoningContentEcho = ReasoningContentEcho ?? traits.ReasoningContentEcho,
            ReasoningDetails = ReasoningDetails ?? traits.ReasoningDetails,
            CacheMarkers = CacheMarkers ?? traits.CacheMarkers,
            CacheKey = CacheKey ?? traits.CacheKey,
            MaxOutput = MaxOutput ?? traits.MaxOutput,
            ContextWindow = ContextWindow ?? traits.ContextWindow,
            Sampling = Sampling ?? traits.Sampling,
            MaxStops = MaxStops ?? traits.MaxStops,
            MaxToolName = MaxToolName ?? traits.MaxToolName,
            ToolIdLength = ToolIdLength ?? traits.ToolIdLength,
            EndUser = EndUser ?? traits.EndUser,
            MaxCompletionTokens = MaxCompletionTokens ?? traits.MaxCompletionTokens,
            DeveloperRole = DeveloperRole ?? traits.DeveloperRole,
            SystemAnywhere = SystemAnywhere ?? traits.SystemAnywhere,
            ImagesInToolResults = ImagesInToolResults ?? traits.ImagesInToolResults,
            TokenCounter = TokenCounter ?? traits.TokenCounter,
            CodeExecution = CodeExecution ?? traits.CodeExecution,
            Mcp = Mcp ?? traits.Mcp,
            ReasoningSummary = ReasoningSummary ?? traits.ReasoningSummary,
            WebSearch = WebSearch ?? traits.WebSearch,
        };
    }
}
