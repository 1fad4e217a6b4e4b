using System.Text.Json;
using System.Text.Json.Nodes;
using Gatehouse.Simulator.Wire;

namespace Gatehouse.Simulator.Scripts;

/// <summary>Makes the smallest value that obeys a JSON schema, for forced tools and structured output.</summary>
internal static class SchemaSample
{
    private const int DeepestLevel = 16;

    /// <summary>A value as JSON text; <c>{}</c> when there is no schema.</summary>
    public static string Json(string? schema)
    {
        if (schema is null) return "{}";
        using var document = JsonDocument.Parse(schema);
        return Make(document.RootElement, 0)?.ToJsonString() ?? "null";
    }

    private static JsonNode? Make(JsonElement schema, int level)
    {
        if (level > DeepestLevel) return null;
        if (schema.Get("const") is { } constant) return Wire.Json.Copy(constant);
        if (schema.Items("enum").ToList() is { Count: > 0 } values) return Wire.Json.Copy(values[0]);
        if (schema.Items("anyOf").Concat(schema.Items("oneOf")).ToList() is { Count: > 0 } choices) return Make(choices[0], level + 1);
        return TypeOf(schema) switch
        {
            "object" => MakeObject(schema, level),
            "array" => MakeArray(schema, level),
            "string" => "text",
            "integer" => schema.Number("minimum") ?? 1,
            "number" => schema.Number("minimum") ?? 1,
            "boolean" => true,
            _ => null,
        };
    }

    private static string? TypeOf(JsonElement schema) =>
        schema.Text("type") ?? Texts(schema, "type").FirstOrDefault()
        ?? (schema.Get("properties") is null ? null : "object");

    // Schemas of callers may hold anything.
    private static IEnumerable<string> Texts(JsonElement schema, string name) =>
        schema.Items(name).Where(static value => value.ValueKind == JsonValueKind.String).Select(static value => value.GetString()!);

    private static JsonObject MakeObject(JsonElement schema, int level)
    {
        var made = new JsonObject();
        foreach (var name in Texts(schema, "required"))
            made[name] = schema.Get("properties")?.Get(name) is { } property ? Make(property, level + 1) : null;
        return made;
    }

    private static JsonArray MakeArray(JsonElement schema, int level)
    {
        var made = new JsonArray();
        for (long i = 0; i < Math.Min(schema.Number("minItems") ?? 0, 100); i++)
            made.Add(schema.Get("items") is { } item ? Make(item, level + 1) : null);
        return made;
    }
}
