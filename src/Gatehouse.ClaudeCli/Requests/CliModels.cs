namespace Gatehouse.ClaudeCli.Requests;

/// <summary>Which model the program is asked for. Exact names stay; any other is a tier by what it holds.</summary>
internal static class CliModels
{
    private const string Million = "[1m]";

    /// <summary>The names that <c>GET /v1/models</c> lists: the tiers, which every version of the program knows.</summary>
    public static IReadOnlyList<string> Listed { get; } = ["opus", "sonnet", "haiku"];

    /// <summary>The program's word for a model asked for; the middle tier when none is.</summary>
    public static string Named(string? asked)
    {
        if (string.IsNullOrWhiteSpace(asked)) return "sonnet";
        if (asked.StartsWith("claude-", StringComparison.Ordinal)) return asked;
        var suffix = asked.EndsWith(Million, StringComparison.OrdinalIgnoreCase) ? Million : "";
        if (asked.Contains("opus", StringComparison.OrdinalIgnoreCase)) return "opus" + suffix;
        return asked.Contains("haiku", StringComparison.OrdinalIgnoreCase) ? "haiku" : "sonnet" + suffix;
    }
}
