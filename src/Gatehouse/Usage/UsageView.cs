using System.Globalization;
using System.Text.Json;
using Gatehouse.CommandLine;
using Gatehouse.Gateway.Metering;
using Gatehouse.Terminals;

namespace Gatehouse.Usage;

/// <summary>How sums of usage are shown. What nobody reported stays unknown: <c>-</c> in the table, null in JSON, never 0.</summary>
/// <param name="Group">What was summed by.</param>
/// <param name="Since">From when on; null for all.</param>
/// <param name="Rows">The sums.</param>
/// <param name="Pending">Finished exchanges that are not in them yet; null when that is not known.</param>
/// <param name="Names">Names by id, when it was summed by token or user.</param>
internal sealed record UsageView(
    UsageGroup Group, DateTimeOffset? Since, IReadOnlyList<UsageRow> Rows, long? Pending, IReadOnlyDictionary<string, string> Names)
{
    /// <summary>Prints it for people.</summary>
    public void Print(Terminal terminal)
    {
        if (Rows.Count == 0)
        {
            terminal.Note(Since is null ? "Nothing was used yet." : "Nothing was used in that time.");
            return;
        }

        var listing = new Listing(Word.ToUpperInvariant(), "EXCHANGES", "FAILED", "INPUT", "OF IT CACHED", "CACHE WRITES", "OUTPUT",
            "OF IT REASONING", "UNREPORTED", "COST", "UNPRICED")
            .Numbers(Enumerable.Range(1, 10));
        foreach (var row in Rows)
        {
            listing.Add(
                Shown(row.Key),
                Count(row.Exchanges),
                Count(row.Failed),
                Count(row.InputTokens),
                Count(row.CacheReadTokens),
                Count(row.CacheWriteTokens),
                Count(row.OutputTokens),
                Count(row.ReasoningTokens),
                Count(row.WithUnknownUsage),
                // A cost that holds estimates is about so much.
                (row is { WithEstimatedCost: > 0, CostNanodollars: not null } ? "~" : "") + Money.Text(row.CostNanodollars),
                Count(row.WithUnknownCost));
        }

        terminal.Write(listing);
    }

    /// <summary>Prints it as comma-separated values. Texts that a spreadsheet could take for a formula are quoted with an apostrophe.</summary>
    public void PrintCsv(Terminal terminal)
    {
        var named = IsNamed ? "name," : "";
        terminal.Say($"{Word},{named}exchanges,failed,unreported,input_tokens,output_tokens,cache_read_tokens,cache_write_tokens,reasoning_tokens,cost_usd,cost_estimated,cost_unknown");
        foreach (var row in Rows)
        {
            List<string> cells = [Cell(row.Key ?? "")];
            if (IsNamed) cells.Add(Cell(row.Key is { } id ? Names.GetValueOrDefault(id) ?? "" : ""));
            long?[] numbers =
            [
                row.Exchanges, row.Failed, row.WithUnknownUsage, row.InputTokens, row.OutputTokens, row.CacheReadTokens, row.CacheWriteTokens, row.ReasoningTokens,
            ];
            cells.AddRange(numbers.Select(static n => n?.ToString(CultureInfo.InvariantCulture) ?? ""));
            cells.Add(Money.Exact(row.CostNanodollars));
            cells.Add(row.WithEstimatedCost.ToString(CultureInfo.InvariantCulture));
            cells.Add(row.WithUnknownCost.ToString(CultureInfo.InvariantCulture));
            terminal.Say(string.Join(',', cells));
        }
    }

    /// <summary>Writes it as JSON.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("by", Word);
        json.WriteTime("since", Since);
        Write(json, "pending_exchanges", Pending);
        json.WriteStartArray("rows");
        foreach (var row in Rows)
        {
            json.WriteStartObject();
            json.WriteString(Word, row.Key);
            if (IsNamed) json.WriteString("name", row.Key is { } id ? Names.GetValueOrDefault(id) : null);
            json.WriteNumber("exchanges", row.Exchanges);
            json.WriteNumber("failed", row.Failed);
            json.WriteNumber("unreported", row.WithUnknownUsage);
            Write(json, "input_tokens", row.InputTokens);
            Write(json, "output_tokens", row.OutputTokens);
            Write(json, "cache_read_tokens", row.CacheReadTokens);
            Write(json, "cache_write_tokens", row.CacheWriteTokens);
            Write(json, "reasoning_tokens", row.ReasoningTokens);
            Write(json, "cost_nanodollars", row.CostNanodollars);
            json.WriteNumber("cost_estimated", row.WithEstimatedCost);
            json.WriteNumber("cost_unknown", row.WithUnknownCost);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private string Word => Group.ToString().ToLowerInvariant();

    private bool IsNamed => Group is UsageGroup.Token or UsageGroup.User;

    private string Shown(string? key) => key is null ? "(none)" : Names.TryGetValue(key, out var name) ? $"{name} ({key})" : key;

    // Callers choose names of models: control characters would break lines, and a leading sign would run in a spreadsheet.
    private static string Cell(string text)
    {
        var plain = string.Concat(text.Select(static c => char.IsControl(c) ? '?' : c));
        if (plain.Length > 0 && "=+-@".Contains(plain[0], StringComparison.Ordinal)) plain = "'" + plain;
        return plain.AsSpan().IndexOfAny(",\"") >= 0 ? $"\"{plain.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : plain;
    }

    private static string Count(long? count) => count is { } known ? known.ToString("#,0", CultureInfo.InvariantCulture) : "-";

    private static void Write(Utf8JsonWriter json, string name, long? value)
    {
        if (value is { } known) json.WriteNumber(name, known);
        else json.WriteNull(name);
    }
}
