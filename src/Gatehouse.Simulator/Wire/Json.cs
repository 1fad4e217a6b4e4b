using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Gatehouse.Simulator.Wire;

/// <summary>
/// Reading requests as <see cref="JsonElement"/> (which forgives duplicate keys, as the vendors do) and writing answers from <see
/// cref="JsonNode"/>.
/// </summary>
internal static class Json
{
    /// <summary>The vendors send non-ASCII text and quotes of HTML as they are; the framework's default escapes both.</summary>
    private static readonly JsonWriterOptions s_compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly JsonWriterOptions s_indented =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, Indented = true, NewLine = "\n" };

    /// <summary>One line, as in event payloads and Anthropic's bodies.</summary>
    public static byte[] Compact(JsonNode node) => Write(node, s_compact);

    /// <summary>Two-space indentation, as in OpenAI's bodies.</summary>
    public static byte[] Indented(JsonNode node) => Write(node, s_indented);

    /// <summary>A detached copy that can be placed into an answer.</summary>
    public static JsonNode? Copy(JsonElement element) =>
        element.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined ? null : JsonNode.Parse(element.GetRawText());

    /// <summary>The member's value, or null when it is absent or JSON null.</summary>
    public static JsonElement? Get(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null
            ? value : null;

    /// <summary>The member's text, or null when it is absent or not a string.</summary>
    public static string? Text(this JsonElement element, string name) =>
        element.Get(name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    /// <summary>The member as a whole number, or null.</summary>
    public static long? Number(this JsonElement element, string name) =>
        element.Get(name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt64(out var number) ? number : null;

    /// <summary>Whether the member is JSON <c>true</c>.</summary>
    public static bool IsTrue(this JsonElement element, string name) => element.Get(name) is { ValueKind: JsonValueKind.True };

    /// <summary>The member's elements; none when it is absent or not an array.</summary>
    public static IEnumerable<JsonElement> Items(this JsonElement element, string name) =>
        element.Get(name) is { ValueKind: JsonValueKind.Array } value ? value.EnumerateArray() : [];

    /// <summary>The size of the value as it was sent, in bytes.</summary>
    public static int Size(this JsonElement element) =>
        element.ValueKind == JsonValueKind.Undefined ? 0 : Encoding.UTF8.GetByteCount(element.GetRawText());

    private static byte[] Write(JsonNode node, JsonWriterOptions options)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(buffer, options))
            node.WriteTo(writer);
        return buffer.WrittenSpan.ToArray();
    }
}
