using System.Text.Json;

namespace Gatehouse.Callers;

/// <summary>What an error answer says, in one line for people.</summary>
internal static class ErrorText
{
    private const int Longest = 300;

    /// <summary>The message of an error body or event of any dialect; of anything else its beginning.</summary>
    public static string Of(string text)
    {
        var said = (Message(text) ?? text).ReplaceLineEndings(" ").Trim();
        return said.Length <= Longest ? said : said[..Longest] + "…";
    }

    // {"error":{"message":…}} in all three; a Responses event has it inside "response", or is the error itself.
    private static string? Message(string text)
    {
        try
        {
            using var parsed = JsonDocument.Parse(text);
            var root = parsed.RootElement;
            return Member(Member(root, "error"), "message")?.GetString()
                ?? Member(Member(Member(root, "response"), "error"), "message")?.GetString()
                ?? Member(root, "message")?.GetString();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static JsonElement? Member(JsonElement? parent, string name) =>
        parent is { ValueKind: JsonValueKind.Object } found && found.TryGetProperty(name, out var value) ? value : null;
}
