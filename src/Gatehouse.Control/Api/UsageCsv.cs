using System.Globalization;
using System.Text;
using Gatehouse.Gateway.Metering;

namespace Gatehouse.Control.Api;

/// <summary>Usage as comma-separated values with a heading. What is not known is empty; costs are US dollars.</summary>
internal static class UsageCsv
{
    /// <summary>Writes the rows of a group.</summary>
    public static string Of(string group, IEnumerable<UsageRow> rows)
    {
        var text = new StringBuilder(group).Append(
            ",exchanges,failed,unreported,input_tokens,output_tokens,cache_read_tokens,cache_write_tokens,reasoning_tokens,cost_usd,cost_estimated,cost_unknown\r\n");
        foreach (var row in rows)
        {
            decimal?[] numbers =
            [
                row.Exchanges, row.Failed, row.WithUnknownUsage, row.InputTokens, row.OutputTokens, row.CacheReadTokens, row.CacheWriteTokens,
                row.ReasoningTokens, row.CostNanodollars / 1_000_000_000m, row.WithEstimatedCost, row.WithUnknownCost,
            ];
            text.Append(Cell(row.Key ?? "")).Append(',')
                .AppendJoin(',', numbers.Select(static number => number?.ToString("0.#########", CultureInfo.InvariantCulture))).Append("\r\n");
        }

        return text.ToString();
    }

    // Callers choose names of models: control characters would break lines, and a leading sign would run in a spreadsheet.
    private static string Cell(string text)
    {
        var plain = string.Concat(text.Select(static letter => char.IsControl(letter) ? '?' : letter));
        if (plain.Length > 0 && "=+-@".Contains(plain[0], StringComparison.Ordinal)) plain = "'" + plain;
        return plain.AsSpan().IndexOfAny(",\"") >= 0 ? $"\"{plain.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : plain;
    }
}
