using System.Globalization;
using System.Text.Json;
using Gatehouse.CommandLine;
using Gatehouse.Control;
using Gatehouse.Terminals;
using Gatehouse.Usage;

namespace Gatehouse.Limits;

/// <summary>How a user's limits and their use are shown.</summary>
internal sealed class LimitView(LimitReport report)
{
    /// <summary>Prints them for people.</summary>
    public void Print(Terminal terminal)
    {
        var (chosen, allowed, holds, used) = (report.Stored.Settings, report.Stored.Ceilings, report.Effective, report.Used);
        var listing = new Listing("LIMIT", "USED", "OF", "%", "CHOSEN", "CEILING", "BEGINS ANEW").Numbers(1, 2, 3, 4, 5);
        listing.Add(
            "input tokens a day", Count(used.DailyInput), Count(holds.DailyInputTokens), Percent(report.DailyInputPercent), Count(chosen.DailyInputTokens),
            Count(allowed.DailyInputTokens), Time(report.DayEndsAt));
        listing.Add(
            "output tokens a day", Count(used.DailyOutput), Count(holds.DailyOutputTokens), Percent(report.DailyOutputPercent), Count(chosen.DailyOutputTokens),
            Count(allowed.DailyOutputTokens), Time(report.DayEndsAt));
        listing.Add(
            "cost a month", Money.Text(used.MonthlyCost), Money.Text(holds.MonthlyCostNanodollars), Percent(report.MonthlyCostPercent),
            Money.Text(chosen.MonthlyCostNanodollars), Money.Text(allowed.MonthlyCostNanodollars), Time(report.MonthEndsAt));
        listing.Add($"requests in {holds.Window.TotalSeconds:0.#} s", "", Count(holds.Requests), "", "", Count(allowed.Requests), "");
        terminal.Write(listing);
        if (used.Unpriced > 0) terminal.Note($"{Count(used.Unpriced)} exchanges of this month have a cost that nobody knows: no price, or no usage reported.");
        if (report.IsExceeded) terminal.Note("A budget is used up: requests are refused until it begins anew.");
        else if (report.IsAlert) terminal.Note($"A budget is used to {holds.AlertPercent} % or more.");
    }

    /// <summary>Writes them as JSON.</summary>
    public void Write(Utf8JsonWriter json)
    {
        var (chosen, allowed, holds, used) = (report.Stored.Settings, report.Stored.Ceilings, report.Effective, report.Used);
        json.WriteStartObject();
        json.WriteString("user", report.Stored.UserId);
        json.WriteBoolean("is_custom", report.IsCustom);
        json.WriteBoolean("exceeded", report.IsExceeded);
        json.WriteBoolean("alert", report.IsAlert);
        json.WriteTime("day_ends_at", report.DayEndsAt);
        json.WriteTime("month_ends_at", report.MonthEndsAt);
        Object(json, "chosen", ("daily_input_tokens", chosen.DailyInputTokens), ("daily_output_tokens", chosen.DailyOutputTokens),
            ("monthly_cost_nanodollars", chosen.MonthlyCostNanodollars), ("alert_percent", chosen.AlertPercent));
        Object(json, "ceilings", ("daily_input_tokens", allowed.DailyInputTokens), ("daily_output_tokens", allowed.DailyOutputTokens),
            ("monthly_cost_nanodollars", allowed.MonthlyCostNanodollars), ("requests", allowed.Requests));
        Object(json, "limits", ("daily_input_tokens", holds.DailyInputTokens), ("daily_output_tokens", holds.DailyOutputTokens),
            ("monthly_cost_nanodollars", holds.MonthlyCostNanodollars), ("requests", holds.Requests), ("alert_percent", holds.AlertPercent));
        Object(json, "used", ("daily_input_tokens", used.DailyInput), ("daily_output_tokens", used.DailyOutput),
            ("monthly_cost_nanodollars", used.MonthlyCost), ("unpriced", used.Unpriced));
        Object(json, "percent", ("daily_input", report.DailyInputPercent), ("daily_output", report.DailyOutputPercent), ("monthly_cost", report.MonthlyCostPercent));
        json.WriteEndObject();
    }

    private static void Object(Utf8JsonWriter json, string name, params ReadOnlySpan<(string Name, long? Value)> members)
    {
        json.WriteStartObject(name);
        foreach (var (member, value) in members)
        {
            if (value is { } known) json.WriteNumber(member, known);
            else json.WriteNull(member);
        }

        json.WriteEndObject();
    }

    private static string Count(long? count) => count is { } known ? known.ToString("#,0", CultureInfo.InvariantCulture) : "-";

    private static string Percent(int? percent) => percent is { } known ? known.ToString(CultureInfo.InvariantCulture) : "-";

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture);
}
