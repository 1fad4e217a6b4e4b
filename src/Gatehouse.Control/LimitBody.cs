using System.Text.Json;
using Gatehouse.Gateway.Admission;

namespace Gatehouse.Control;

/// <summary>
/// Reads limits as JSON bodies bring them. Numbers of tokens and percentages are cut to whole ones, dollars rounded to cents; what is left out or null is
/// not chosen; anything else than a number, and a member that is not known, is a fault. Pure.
/// </summary>
internal static class LimitBody
{
    private const decimal Nanodollars = 1_000_000_000;

    /// <summary>
    /// Reads what a user chooses: <c>dailyInputTokenLimit</c>, <c>dailyOutputTokenLimit</c>, <c>monthlyCostCapUsd</c>, <c>alertThresholdPercent</c>.
    /// </summary>
    public static Edited<LimitSettings> ReadSettings(JsonElement body) => Read(
        body,
        ["dailyInputTokenLimit", "dailyOutputTokenLimit", "monthlyCostCapUsd", "alertThresholdPercent"],
        static n => new LimitSettings
        {
            DailyInputTokens = Whole(n[0]),
            DailyOutputTokens = Whole(n[1]),
            MonthlyCostNanodollars = Cents(n[2]),
            AlertPercent = (int?)Whole(n[3]),
        });

    /// <summary>
    /// Reads what an administrator allows: <c>maxDailyInputTokens</c>, <c>maxDailyOutputTokens</c>, <c>maxMonthlyCostCapUsd</c>, <c>maxRequests</c>.
    /// </summary>
    public static Edited<LimitCeilings> ReadCeilings(JsonElement body) => Read(
        body,
        ["maxDailyInputTokens", "maxDailyOutputTokens", "maxMonthlyCostCapUsd", "maxRequests"],
        static n => new LimitCeilings
        {
            DailyInputTokens = Whole(n[0]),
            DailyOutputTokens = Whole(n[1]),
            MonthlyCostNanodollars = Cents(n[2]),
            Requests = (int?)Whole(n[3]),
        });

    /// <summary>
    /// Reads the platform's defaults: <c>dailyInputTokens</c>, <c>dailyOutputTokens</c>, <c>monthlyCostUsd</c>, <c>requests</c>, <c>alertPercent</c>, as the
    /// configuration calls them.
    /// </summary>
    public static Edited<LimitDefaults> ReadDefaults(JsonElement body) => Read(
        body,
        ["dailyInputTokens", "dailyOutputTokens", "monthlyCostUsd", "requests", "alertPercent"],
        static n => new LimitDefaults
        {
            DailyInputTokens = Whole(n[0]),
            DailyOutputTokens = Whole(n[1]),
            MonthlyCostNanodollars = Cents(n[2]),
            Requests = (int?)Whole(n[3]),
            AlertPercent = (int?)Whole(n[4]),
        });

    private static Edited<T> Read<T>(JsonElement body, string[] names, Func<decimal?[], T> make)
        where T : class
    {
        if (body.ValueKind != JsonValueKind.Object) return Edited.Refused<T>("The limits are no JSON object.");
        var numbers = new decimal?[names.Length];
        foreach (var member in body.EnumerateObject())
        {
            var at = Array.IndexOf(names, member.Name);
            if (at < 0) return Edited.Refused<T>($"'{member.Name}' is not a limit. Known are {string.Join(", ", names)}.");
            if (member.Value.ValueKind == JsonValueKind.Null) continue;
            if (member.Value.ValueKind != JsonValueKind.Number) return Edited.Refused<T>($"'{member.Name}' is not a number.");
            // What each becomes must fit: tokens a long, nanodollars a long, percentages and requests an int.
            var most = at switch { 2 => 1_000_000_000m, 3 or 4 => int.MaxValue, _ => 1_000_000_000_000_000m };
            if (!member.Value.TryGetDecimal(out var number) || Math.Abs(number) > most) return Edited.Refused<T>($"'{member.Name}' is out of range.");
            numbers[at] = number;
        }

        return Edited.Done(make(numbers));
    }

    private static long? Whole(decimal? number) => number is { } given ? (long)Math.Floor(given) : null;

    private static long? Cents(decimal? dollars) =>
        dollars is { } given ? (long)(Math.Round(given, 2, MidpointRounding.AwayFromZero) * Nanodollars) : null;
}
