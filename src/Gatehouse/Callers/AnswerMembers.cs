using System.Text.Json;

namespace Gatehouse.Callers;

/// <summary>Reads what an answer has to have.</summary>
internal static class AnswerMembers
{
    /// <summary>A member that must be a text.</summary>
    /// <exception cref="JsonException">It is missing or something else.</exception>
    public static string Text(this JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : throw new JsonException($"'{name}' is missing or no text");
}
