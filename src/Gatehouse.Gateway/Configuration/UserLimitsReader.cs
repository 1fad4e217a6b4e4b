using System.Globalization;
using Gatehouse.Gateway.Admission;

namespace Gatehouse.Gateway.Configuration;

/// <summary>Reads the section <c>userLimits</c>: what users may use unless something else is stored for them. 0 is no limit.</summary>
internal static class UserLimitsReader
{
    /// <summary>The most tokens that a budget may be written with.</summary>
    public const long MostTokens = 1_000_000_000_000;

    /// <summary>The highest monthly cap that may be written, US dollars.</summary>
    public const long MostDollars = 1_000_000;

    /// <summary>The most requests a window: each takes eight bytes of memory while it lies in it.</summary>
    public const int MostRequests = 100_000;

    public static UserLimitsConfig Read(ConfigSection section)
    {
        var usual = new UserLimitsConfig();
        var limits = new UserLimitsConfig
        {
            Requests = (int?)Limit(section, "requests", usual.Requests, MostRequests),
            Window = section.Seconds("windowSeconds", usual.Window, 1, 3600),
            DailyInputTokens = Limit(section, "dailyInputTokens", usual.DailyInputTokens, MostTokens),
            DailyOutputTokens = Limit(section, "dailyOutputTokens", usual.DailyOutputTokens, MostTokens),
            MonthlyCostNanodollars = Dollars(section, "monthlyCostUsd"),
            AlertPercent = (int)section.Whole("alertPercent", usual.AlertPercent, 1, 100),
            AllowsUnpriced = section.Bool("allowUnpricedModels", usual.AllowsUnpriced),
        };
        section.Finish();
        return limits;
    }

    private static long? Limit(ConfigSection section, string key, long? usual, long most) =>
        section.Whole(key, usual ?? 0, 0, most) is > 0 and var limit ? limit : null;

    private static long? Dollars(ConfigSection section, string key)
    {
        if (section.Node(key) is not { } node) return null;
        if (node.Kind == ConfigKind.Number && decimal.TryParse(node.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var dollars)
            && dollars is >= 0 and <= MostDollars && dollars * 100 % 1 == 0)
            return dollars == 0 ? null : (long)(dollars * 1_000_000_000);
        section.Fault(key, "is not an amount of US dollars", $"Write dollars and cents from 0.01 to {MostDollars}, such as 200 or 12.50; 0 is no limit");
        return null;
    }
}
