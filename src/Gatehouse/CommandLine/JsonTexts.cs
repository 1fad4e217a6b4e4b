using System.Text.Json;

namespace Gatehouse.CommandLine;

/// <summary>Shapes that the commands' JSON shares.</summary>
internal static class JsonTexts
{
    /// <summary>Writes a list of texts as a member.</summary>
    public static void WriteTexts(this Utf8JsonWriter json, string name, IEnumerable<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts) json.WriteStringValue(text);
        json.WriteEndArray();
    }

    /// <summary>Writes a time in UTC (ISO 8601), or null.</summary>
    public static void WriteTime(this Utf8JsonWriter json, string name, DateTimeOffset? time)
    {
        if (time is { } known) json.WriteString(name, known.UtcDateTime);
        else json.WriteNull(name);
    }
}
