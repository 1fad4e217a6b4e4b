using System.Text.Json;

namespace Gatehouse.Clients.Programs;

/// <summary>The sessions that Codex has kept, by provider. Each is a file whose first line tells the provider's id.</summary>
internal static class CodexSessions
{
    // A session's first line holds the whole prompt of the program; more than this is no first line of a session.
    private const int LongestLine = 1 << 20;
    private const int MostFiles = 2000;

    private static readonly string[] _folders = ["sessions", "archived_sessions"];

    /// <summary>Whether there is a session of a provider, among the newest two thousand.</summary>
    /// <param name="folder">The folder of Codex.</param>
    /// <param name="provider">The provider's id.</param>
    public static bool AnyOf(string folder, string provider)
    {
        try
        {
            return _folders.Select(name => new DirectoryInfo(Path.Combine(folder, name))).Where(at => at.Exists)
                .SelectMany(at => at.EnumerateFiles("rollout-*.jsonl", SearchOption.AllDirectories))
                .OrderByDescending(file => file.Name, StringComparer.Ordinal).Take(MostFiles)
                .Any(file => Provider(file.FullName) == provider);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Not to be read: as if there were some, for what is kept too long does no harm.
            return true;
        }
    }

    private static string? Provider(string file)
    {
        using var lines = new StreamReader(file);
        if (lines.ReadLine() is not { Length: <= LongestLine } line) return null;
        try
        {
            using var document = JsonDocument.Parse(line);
            return document.RootElement.TryGetProperty("payload", out var payload) && payload.ValueKind == JsonValueKind.Object
                && payload.TryGetProperty("model_provider", out var provider) && provider.ValueKind == JsonValueKind.String ? provider.GetString() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
