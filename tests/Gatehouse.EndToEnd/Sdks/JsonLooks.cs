using System.Text.Json;

namespace Gatehouse.EndToEnd.Sdks;

/// <summary>Short ways to look into a JSON answer.</summary>
internal static class JsonLooks
{
    /// <summary>A member as text; null when it is null or not there.</summary>
    public static string? Text(this JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value.ToString() : null;

    /// <summary>A member as a number; null when it is null or not there.</summary>
    public static long? Number(this JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetInt64() : null;

    /// <summary>A member that is a list of texts.</summary>
    public static IReadOnlyList<string> Texts(this JsonElement element, string name) =>
        [.. element.GetProperty(name).EnumerateArray().Select(value => value.GetString()!)];
}
