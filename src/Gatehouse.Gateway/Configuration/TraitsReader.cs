using System.Collections.Immutable;
using Gatehouse.Catalog;
using Gatehouse.Dialects;
using Gatehouse.Dialects.Translation;

namespace Gatehouse.Gateway.Configuration;

/// <summary>Reads a provider's list <c>traits</c>: what its models can do, where the catalog does not know it or knows it wrong.</summary>
internal sealed class TraitsReader(ConfigReport report)
{
    private delegate bool TryWord<T>(string word, out T value);

    public ImmutableArray<TraitsRule> Read(ConfigSection provider)
    {
        var rules = ImmutableArray.CreateBuilder<TraitsRule>();
        foreach (var section in provider.Sections("traits"))
        {
            rules.Add(Rule(section));
            section.Finish();
        }

        return rules.ToImmutable();
    }

    private TraitsRule Rule(ConfigSection section)
    {
        var models = section.Texts("models").Select(static t => t.Text).ToImmutableArray();
        return new TraitsRule
        {
            Dialect = DialectOf(section),
            Models = models.IsEmpty ? ["*"] : models,
            Images = Flag(section, "images"),
            Documents = Flag(section, "documents"),
            Tools = Flag(section, "tools"),
            ParallelToolControl = Flag(section, "parallelToolControl"),
            StrictTools = Flag(section, "strictTools"),
            CustomTools = Flag(section, "customTools"),
            RefusedSchemaKeywords = section.Node("refusedSchemaKeywords") is null ? null : [.. section.Texts("refusedSchemaKeywords").Select(static t => t.Text)],
            StructuredOutput = Flag(section, "structuredOutput"),
            Reasoning = Words<ReasoningControl>(section, "reasoning", TraitWords.TryReasoning, TraitWords.ReasoningControls) is { } controls
                ? controls.Aggregate(ReasoningControl.None, static (all, one) => all | one) : null,
            Efforts = Words<Effort>(section, "efforts", TraitWords.TryEffort, TraitWords.Efforts),
            ReasoningContentEcho = Flag(section, "reasoningContentEcho"),
            ReasoningDetails = Flag(section, "reasoningDetails"),
            CacheMarkers = Flag(section, "cacheMarkers"),
            CacheKey = Flag(section, "cacheKey"),
            MaxOutput = Number(section, "maxOutput", 1, 10_000_000),
            ContextWindow = Number(section, "contextWindow", 1, 100_000_000),
            Sampling = Words<SamplingFields>(section, "sampling", TraitWords.TrySampling, TraitWords.SamplingNames) is { } fields
                ? fields.Aggregate(SamplingFields.None, static (all, one) => all | one) : null,
            MaxStops = Number(section, "maxStops", 0, 10_000),
            MaxToolName = Number(section, "maxToolName", 16, 256),
            ToolIdLength = Number(section, "toolIdLength", 4, 40),
            EndUser = Flag(section, "endUser"),
            MaxCompletionTokens = Flag(section, "maxCompletionTokens"),
            DeveloperRole = Flag(section, "developerRole"),
            SystemAnywhere = Flag(section, "systemAnywhere"),
            ImagesInToolResults = Flag(section, "imagesInToolResults"),
            TokenCounter = Flag(section, "tokenCounter"),
            CodeExecution = Flag(section, "codeExecution"),
            Mcp = Flag(section, "mcp"),
            ReasoningSummary = Flag(section, "reasoningSummary"),
            WebSearch = Flag(section, "webSearch"),
        };
    }

    private static bool? Flag(ConfigSection section, string key) => section.Node(key) is null ? null : section.Bool(key, false);

    private static int? Number(ConfigSection section, string key, int min, int max) =>
        section.Node(key) is null ? null : (int)section.Whole(key, min, min, max);

    private static Dialect? DialectOf(ConfigSection section)
    {
        if (section.Text("dialect") is not { } name) return null;
        if (DialectNames.TryParse(name, out var dialect)) return dialect;
        section.Fault("dialect", "is no dialect", $"Write one of {string.Join(", ", DialectNames.All.Select(static d => d.Name()))}");
        return null;
    }

    private ImmutableArray<T>? Words<T>(ConfigSection section, string key, TryWord<T> read, IReadOnlyCollection<string> known)
    {
        if (section.Node(key) is null) return null;
        var values = ImmutableArray.CreateBuilder<T>();
        foreach (var (word, path, node) in section.Texts(key))
        {
            if (read(word, out var value)) values.Add(value);
            else report.Add(path, node, "is not known here", $"Write one of {string.Join(", ", known)}");
        }

        return values.ToImmutable();
    }
}
