using System.Collections.Immutable;
using Gatehouse.Dialects;
using Gatehouse.Dialects.Translation;

namespace Gatehouse.Catalog;

/// <summary>The part that reads what models can do.</summary>
internal sealed partial class CatalogReader
{
    private delegate bool TryWord<T>(string word, out T value);

    private ImmutableArray<TraitsRule> Traits(TraitsRow[] rows, ImmutableArray<Preset> presets)
    {
        Check(rows.Length > 0, "traits", "there are none");
        var rules = ImmutableArray.CreateBuilder<TraitsRule>(rows.Length);
        for (var i = 0; i < rows.Length; i++)
        {
            var (row, where) = (rows[i], $"traits[{i}]");
            Check(row.Preset is null || presets.Any(p => p.Name == row.Preset), where, $"there is no preset {row.Preset}");
            Dialect dialect = default;
            Check(row.Dialect is null || DialectNames.TryParse(row.Dialect, out dialect), where, $"{row.Dialect} is not a dialect");
            Check(row.Models.Length > 0 && row.Models.All(m => m.Length > 0 && !m.Any(char.IsWhiteSpace)), where, "it names no models");
            Check(row is not { MaxOutput: <= 0 } and not { ContextWindow: <= 0 } and not { MaxStops: < 0 }, where,
                "a number is out of range");
            Check(row is not { MaxToolName: < 16 or > 256 } and not { ToolIdLength: < 4 or > 40 }, where, "a length is out of range");
            rules.Add(Rule(row, where, row.Dialect is null ? null : dialect));
        }

        return rules.ToImmutable();
    }

    private TraitsRule Rule(TraitsRow row, string where, Dialect? dialect) => new()
    {
        Preset = row.Preset,
        Dialect = dialect,
        Models = [.. row.Models],
        Images = row.Images,
        Documents = row.Documents,
        Tools = row.Tools,
        ParallelToolControl = row.ParallelToolControl,
        StrictTools = row.StrictTools,
        CustomTools = row.CustomTools,
        RefusedSchemaKeywords = row.RefusedSchemaKeywords is { } keywords ? [.. keywords] : null,
        StructuredOutput = row.StructuredOutput,
        Reasoning = Words<ReasoningControl>(row.Reasoning, where, TraitWords.TryReasoning) is { } controls
            ? controls.Aggregate(ReasoningControl.None, static (all, one) => all | one) : null,
        Efforts = Words<Effort>(row.Efforts, where, TraitWords.TryEffort),
        ReasoningContentEcho = row.ReasoningContentEcho,
        ReasoningDetails = row.ReasoningDetails,
        CacheMarkers = row.CacheMarkers,
        CacheKey = row.CacheKey,
        MaxOutput = row.MaxOutput,
        ContextWindow = row.ContextWindow,
        Sampling = Words<SamplingFields>(row.Sampling, where, TraitWords.TrySampling) is { } fields
            ? fields.Aggregate(SamplingFields.None, static (all, one) => all | one) : null,
        MaxStops = row.MaxStops,
        MaxToolName = row.MaxToolName,
        ToolIdLength = row.ToolIdLength,
        EndUser = row.EndUser,
        MaxCompletionTokens = row.MaxCompletionTokens,
        DeveloperRole = row.DeveloperRole,
        SystemAnywhere = row.SystemAnywhere,
        ImagesInToolResults = row.ImagesInToolResults,
        TokenCounter = row.TokenCounter,
        CodeExecution = row.CodeExecution,
        Mcp = row.Mcp,
        ReasoningSummary = row.ReasoningSummary,
        WebSearch = row.WebSearch,
    };

    private ImmutableArray<T>? Words<T>(string[]? words, string where, TryWord<T> read)
    {
        if (words is null) return null;
        var values = ImmutableArray.CreateBuilder<T>(words.Length);
        foreach (var word in words)
        {
            var known = read(word, out var value);
            Check(known, where, $"'{word}' is not known here");
            if (known) values.Add(value);
        }

        return values.ToImmutable();
    }
}
