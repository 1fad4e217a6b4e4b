using Gatehouse.Dialects.Json;

namespace Gatehouse.ClaudeCli.Answers;

/// <summary>Tokens that were used, in the vendor's four kinds.</summary>
/// <param name="Input">Read anew.</param>
/// <param name="CacheWrite">Read and put into the cache.</param>
/// <param name="CacheRead">Read from the cache.</param>
/// <param name="Output">Written.</param>
/// <param name="CacheWriteHour">The part of <paramref name="CacheWrite"/> that is kept for an hour, as far as it is told.</param>
internal readonly record struct SpentTokens(long Input, long CacheWrite, long CacheRead, long Output, long CacheWriteHour = 0)
{
    /// <summary>Reads the <c>usage</c> of an event, keeping what it does not tell.</summary>
    public SpentTokens With(JsonView usage) => new(
        Number(usage["input_tokens"u8], Input), Number(usage["cache_creation_input_tokens"u8], CacheWrite), Number(usage["cache_read_input_tokens"u8], CacheRead),
        Number(usage["output_tokens"u8], Output), Number(usage["cache_creation"u8]["ephemeral_1h_input_tokens"u8], CacheWriteHour));

    /// <summary>
    /// Reads the <c>modelUsage</c> of a result: what every model used since the process began, agents of the program's own included, whose events do not come out.
    /// How long what they wrote to the cache is kept is not in it.
    /// </summary>
    public static SpentTokens OfProcess(JsonView models)
    {
        var all = default(SpentTokens);
        foreach (var model in models.Members)
        {
            var one = model.Value;
            all += new SpentTokens(
                Number(one["inputTokens"u8], 0), Number(one["cacheCreationInputTokens"u8], 0), Number(one["cacheReadInputTokens"u8], 0), Number(one["outputTokens"u8], 0));
        }

        return all;
    }

    /// <summary>Both together.</summary>
    public static SpentTokens operator +(SpentTokens one, SpentTokens other) =>
        new(one.Input + other.Input, one.CacheWrite + other.CacheWrite, one.CacheRead + other.CacheRead, one.Output + other.Output, one.CacheWriteHour + other.CacheWriteHour);

    /// <summary>What is new since an earlier count.</summary>
    public static SpentTokens operator -(SpentTokens one, SpentTokens earlier) =>
        new(one.Input - earlier.Input, one.CacheWrite - earlier.CacheWrite, one.CacheRead - earlier.CacheRead, one.Output - earlier.Output, one.CacheWriteHour - earlier.CacheWriteHour);

    /// <summary>Whether nothing was used less than in another count.</summary>
    public bool Covers(SpentTokens other) => Input >= other.Input && CacheWrite >= other.CacheWrite && CacheRead >= other.CacheRead && Output >= other.Output;

    private static long Number(JsonView value, long absent) => value.TryInteger(out var number) ? number : absent;
}
