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
/// <param name="Names">Tokens' names by id, when it was summed by token.</param>
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
            "OF IT REASONING", "UNREPORTED")
            .Numbers(Enumerable.Range(1, 8));
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
                Count(row.WithUnknownUsage));
        }

        terminal.Write(listing);
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
            if (Group == UsageGroup.Token) json.WriteString("name", row.Key is { } id ? Names.GetValueOrDefault(id) : null);
            json.WriteNumber("exchanges", row.Exchanges);
            json.WriteNumber("failed", row.Failed);
            json.WriteNumber("unreported", row.WithUnknownUsage);
            Write(json, "input_tokens", row.InputTokens);
            Write(json, "output_tokens", row.OutputTokens);
            Write(json, "cache_read_tokens", row.CacheReadTokens);
            Write(json, "cache_write_tokens", row.CacheWriteTokens);
            Write(json, "reasoning_tokens", row.ReasoningTokens);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private string Word => Group.ToString().ToLowerInvariant();

    private string Shown(string? key) => key is null ? "(none)" : Names.TryGetValue(key, out var name) ? $"{name} ({key})" : key;

    private static string Count(long? count) => count is { } known ? known.ToString("#,0", CultureInfo.InvariantCulture) : "-";

    private static void Write(Utf8JsonWriter json, string name, long? value)
    {
        if (value is { } known) json.WriteNumber(name, known);
        else json.WriteNull(name);
    }
}
