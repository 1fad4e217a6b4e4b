using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Translation;

/// <summary>
/// The one scale of how hard a model shall think: words of all dialects, token budgets, and what a model accepts of them.
/// </summary>
internal static class EffortScale
{
    /// <summary>The smallest budget that Anthropic takes.</summary>
    public const int SmallestBudget = 1024;

    /// <summary>Reads a word of any dialect; <see cref="Effort.Unset"/> for one that nobody knows.</summary>
    public static Effort Read(JsonView word) =>
        word.Is("none"u8) ? Effort.None
        : word.Is("minimal"u8) ? Effort.Minimal
        : word.Is("low"u8) ? Effort.Low
        : word.Is("medium"u8) ? Effort.Medium
        : word.Is("high"u8) ? Effort.High
        : word.Is("xhigh"u8) ? Effort.XHigh
        : word.Is("max"u8) ? Effort.Max
        : Effort.Unset;

    /// <summary>The word for it, the same in all dialects; empty for <see cref="Effort.Unset"/>.</summary>
    public static ReadOnlySpan<byte> Word(Effort effort) => effort switch
    {
        Effort.None => "none"u8,
        Effort.Minimal => "minimal"u8,
        Effort.Low => "low"u8,
        Effort.Medium => "medium"u8,
        Effort.High => "high"u8,
        Effort.XHigh => "xhigh"u8,
        Effort.Max => "max"u8,
        _ => default,
    };

    /// <summary>
    /// The nearest effort that a model accepts: the greatest that is not above the wish, else its least. <see cref="Effort.Unset"/> stays, and so does
    /// everything where the model accepts nothing.
    /// </summary>
    public static Effort Clamp(Effort wish, IReadOnlyList<Effort> accepted)
    {
        if (wish == Effort.Unset || accepted.Count == 0) return Effort.Unset;
        var best = accepted[0];
        foreach (var effort in accepted)
        {
            // "Not at all" is no smaller kind of thinking: it is only chosen when asked for.
            if (effort == Effort.None && wish != Effort.None) continue;
            if (effort <= wish || best == Effort.None && wish != Effort.None) best = effort;
        }

        return best;
    }

    /// <summary>Tokens to think with, for models that are told a number; 0 for none.</summary>
    public static int Budget(Effort effort) => effort switch
    {
        Effort.Minimal => 1_024,
        Effort.Low => 4_096,
        Effort.Medium => 12_288,
        Effort.High => 24_576,
        Effort.XHigh => 32_768,
        Effort.Max => 64_000,
        _ => 0,
    };

    /// <summary>The effort that a budget stands for: the nearest step of <see cref="Budget"/>.</summary>
    public static Effort OfBudget(long tokens) => tokens switch
    {
        <= 0 => Effort.None,
        <= 2_560 => Effort.Minimal,
        <= 8_192 => Effort.Low,
        <= 18_432 => Effort.Medium,
        // Claude Code asks for 31,999: its "as hard as is usual".
        <= 32_000 => Effort.High,
        <= 48_384 => Effort.XHigh,
        _ => Effort.Max,
    };
}
