using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Translation;

/// <summary>
/// Writes a tool's or an output format's JSON schema for a host: as it stands, unless the host refuses keywords of it. Those are taken out wherever
/// they stand as a keyword; a property that has such a name stays.
/// </summary>
internal static class SchemaText
{
    private const int DeepestSchema = 48;

    /// <summary>Writes a schema as a value.</summary>
    /// <param name="json">Where to write.</param>
    /// <param name="schema">The schema; anything that is no object becomes that of an object without properties.</param>
    /// <param name="refused">The host's refused keywords.</param>
    /// <returns>Whether keywords were taken out.</returns>
    public static bool Write(JsonWriter json, JsonView schema, IReadOnlyList<string> refused)
    {
        if (!schema.IsObject)
        {
            json.Raw("""{"type":"object","properties":{}}"""u8);
            return false;
        }

        if (refused.Count > 0) return WriteSchema(json, schema, refused, 0);
        json.Raw(schema);
        return false;
    }

    /// <summary>
    /// Writes a function's parameters as a value. OpenAI refuses an object schema without <c>properties</c>, which the other dialects allow: it gets empty ones.
    /// </summary>
    /// <returns>Whether keywords were taken out.</returns>
    public static bool WriteParameters(JsonWriter json, JsonView schema, IReadOnlyList<string> refused)
    {
        if (!schema.IsObject || schema["properties"u8].Exists || !(schema["type"u8].Is("object"u8) || schema.IsEmpty)) return Write(json, schema, refused);
        var removed = false;
        json.BeginObject();
        if (schema.IsEmpty) json.String("type"u8, "object"u8);
        foreach (var member in schema.Members) removed |= WriteMember(json, member, refused, 0);
        json.BeginObject("properties"u8);
        json.EndObject();
        json.EndObject();
        return removed;
    }

    private static bool WriteSchema(JsonWriter json, JsonView schema, IReadOnlyList<string> refused, int depth)
    {
        if (!schema.IsObject || depth > DeepestSchema)
        {
            json.Raw(schema);
            return false;
        }

        var removed = false;
        json.BeginObject();
        foreach (var member in schema.Members) removed |= WriteMember(json, member, refused, depth);
        json.EndObject();
        return removed;
    }

    private static bool WriteMember(JsonWriter json, JsonMember member, IReadOnlyList<string> refused, int depth)
    {
        foreach (var keyword in refused)
        {
            if (IsNamed(member, keyword)) return true;
        }

        json.EscapedName(member.EscapedName);
        if (member.Is("properties"u8) || member.Is("$defs"u8) || member.Is("definitions"u8) || member.Is("patternProperties"u8) || member.Is("dependentSchemas"u8))
            return WriteNamed(json, member.Value, refused, depth);
        // What stands under these are values of the user's, not schemas.
        if (refused.Count == 0 || member.Is("enum"u8) || member.Is("const"u8) || member.Is("default"u8) || member.Is("examples"u8))
        {
            json.Raw(member.Value);
            return false;
        }

        if (!member.Value.IsArray) return WriteSchema(json, member.Value, refused, depth + 1);
        var removed = false;
        json.BeginArray();
        foreach (var item in member.Value.Items) removed |= WriteSchema(json, item, refused, depth + 1);
        json.EndArray();
        return removed;
    }

    private static bool WriteNamed(JsonWriter json, JsonView schemas, IReadOnlyList<string> refused, int depth)
    {
        if (!schemas.IsObject || refused.Count == 0)
        {
            json.Raw(schemas);
            return false;
        }

        var removed = false;
        json.BeginObject();
        foreach (var member in schemas.Members)
        {
            json.EscapedName(member.EscapedName);
            removed |= WriteSchema(json, member.Value, refused, depth + 1);
        }

        json.EndObject();
        return removed;
    }

    private static bool IsNamed(JsonMember member, string keyword)
    {
        Span<byte> plain = stackalloc byte[64];
        return System.Text.Encoding.UTF8.TryGetBytes(keyword, plain, out var written) && member.Is(plain[..written]);
    }
}
