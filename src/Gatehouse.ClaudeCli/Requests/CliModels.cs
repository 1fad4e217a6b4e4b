using System.Text.Json;

namespace Gatehouse.ClaudeCli.Requests;

/// <summary>Which model the program is asked for. Exact names stay; any other is a tier by what it holds.</summary>
internal static class CliModels
{
    private const string Million = "[1m]";

    /// <summary>The names that <c>GET /v1/models</c> lists: the tiers, which every version of the program knows.</summary>
    public static IReadOnlyList<string> Listed { get; } = ["opus", "sonnet", "haiku"];

    /// <summary>The answer to <c>GET /v1/models</c>: the tiers and these ids.</summary>
    public static byte[] Document(IEnumerable<string> more)
    {
        var listed = Listed.Concat(more).Distinct(StringComparer.Ordinal).ToList();
        return JsonSerializer.SerializeToUtf8Bytes(new
        {
            data = listed.Select(static name => new { type = "model", id = name, display_name = name, created_at = "2025-01-01T00:00:00Z" }),
            has_more = false,
            first_id = listed[0],
            last_id = listed[^1],
        });
    }

    /// <summary>The program's word for a model asked for; the middle tier when none is.</summary>
    public static string Named(string? asked)
    {
        if (string.IsNullOrWhiteSpace(asked)) return "sonnet";
        // Routers put the vendor's name in front.
        var id = asked.StartsWith("anthropic/", StringComparison.OrdinalIgnoreCase) ? asked["anthropic/".Length..] : asked;
        if (id.StartsWith("claude-", StringComparison.Ordinal)) return id;
        var suffix = asked.EndsWith(Million, StringComparison.OrdinalIgnoreCase) ? Million : "";
        if (asked.Contains("opus", StringComparison.OrdinalIgnoreCase)) return "opus" + suffix;
        return asked.Contains("haiku", StringComparison.OrdinalIgnoreCase) ? "haiku" : "sonnet" + suffix;
    }
}
