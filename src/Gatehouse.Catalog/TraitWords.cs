using Gatehouse.Dialects.Translation;

namespace Gatehouse.Catalog;

/// <summary>The words by which data and configuration name efforts, ways of telling them, and sampling fields.</summary>
public static class TraitWords
{
    private static readonly Dictionary<string, Effort> s_efforts = new(StringComparer.Ordinal)
    {
        ["none"] = Effort.None,
        ["minimal"] = Effort.Minimal,
        ["low"] = Effort.Low,
        ["medium"] = Effort.Medium,
        ["high"] = Effort.High,
        ["xhigh"] = Effort.XHigh,
        ["max"] = Effort.Max,
    };

    private static readonly Dictionary<string, ReasoningControl> s_controls = new(StringComparer.Ordinal)
    {
        ["effort"] = ReasoningControl.Effort,
        ["budget"] = ReasoningControl.Budget,
        ["adaptive"] = ReasoningControl.Adaptive,
    };

    private static readonly Dictionary<string, SamplingFields> s_sampling = new(StringComparer.Ordinal)
    {
        ["temperature"] = SamplingFields.Temperature,
        ["top_p"] = SamplingFields.TopP,
        ["top_k"] = SamplingFields.TopK,
        ["penalties"] = SamplingFields.Penalties,
        ["seed"] = SamplingFields.Seed,
        ["stop"] = SamplingFields.Stop,
        ["logprobs"] = SamplingFields.LogProbs,
    };

    /// <summary>The words for efforts, from least to most.</summary>
    public static IReadOnlyCollection<string> Efforts => s_efforts.Keys;

    /// <summary>The words for ways of telling a model how hard to think.</summary>
    public static IReadOnlyCollection<string> ReasoningControls => s_controls.Keys;

    /// <summary>The words for sampling fields.</summary>
    public static IReadOnlyCollection<string> SamplingNames => s_sampling.Keys;

    /// <summary>Reads the word for an effort.</summary>
    public static bool TryEffort(string word, out Effort effort) => s_efforts.TryGetValue(word, out effort);

    /// <summary>Reads the word for a way of telling a model how hard to think.</summary>
    public static bool TryReasoning(string word, out ReasoningControl control) => s_controls.TryGetValue(word, out control);

    /// <summary>Reads the word for sampling fields.</summary>
    public static bool TrySampling(string word, out SamplingFields field) => s_sampling.TryGetValue(word, out field);
}
