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
    public static bool Write(JsonWriter json, JsonView schema, IReadOnlyList<string> refused) => Write(json, schema, new Cut(refused, Limits: false));

    /// <summary>Writes a schema that an Anthropic model is held to: where limits in it would be refused (<see cref="HeldSchema.IsLimit"/>), they are taken out too.</summary>
    /// <param name="json">Where to write.</param>
    /// <param name="schema">The schema.</param>
    /// <param name="refused">The host's refused keywords.</param>
    /// <returns>Whether keywords were taken out.</returns>
    public static bool WriteHeld(JsonWriter json, JsonView schema, IReadOnlyList<string> refused) => Write(json, schema, new Cut(refused, !HeldSchema.Takes(schema)));

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
        foreach (var member in schema.Members) removed |= WriteMember(json, member, new Cut(refused, Limits: false), 0);
        json.BeginObject("properties"u8);
        json.EndObject();
        json.EndObject();
        return removed;
    }

    private static bool Write(JsonWriter json, JsonView schema, Cut cut)
    {
        if (!schema.IsObject)
        {
            json.Raw("""{"type":"object","properties":{}}"""u8);
            return false;
        }

        if (!cut.IsNothing) return WriteSchema(json, schema, cut, 0);
        json.Raw(schema);
        return false;
    }

    private static bool WriteSchema(JsonWriter json, JsonView schema, Cut cut, int depth)
    {
        if (!schema.IsObject || depth > DeepestSchema)
        {
            json.Raw(schema);
            return false;
        }

        var removed = false;
        json.BeginObject();
        foreach (var member in schema.Members) removed |= WriteMember(json, member, cut, depth);
        json.EndObject();
        return removed;
    }

    private static bool WriteMember(JsonWriter json, JsonMember member, Cut cut, int depth)
    {
        if (cut.Holds(member)) return true;
        json.EscapedName(member.EscapedName);
        if (member.Is("properties"u8) || member.Is("$defs"u8) || member.Is("definitions"u8) || member.Is("patternProperties"u8) || member.Is("dependentSchemas"u8))
            return WriteNamed(json, member.Value, cut, depth);
        // What stands under these are values of the user's, not schemas.
        if (cut.IsNothing || member.Is("enum"u8) || member.Is("const"u8) || member.Is("default"u8) || member.Is("examples"u8))
        {
            json.Raw(member.Value);
            return false;
        }

        if (!member.Value.IsArray) return WriteSchema(json, member.Value, cut, depth + 1);
        var removed = false;
        json.BeginArray();
        foreach (var item in member.Value.Items) removed |= WriteSchema(json, item, cut, depth + 1);
        json.EndArray();
        return removed;
    }

    private static bool WriteNamed(JsonWriter json, JsonView schemas, Cut cut, int depth)
    {
        if (!schemas.IsObject || cut.IsNothing)
        {
            json.Raw(schemas);
            return false;
        }

        var removed = false;
        json.BeginObject();
        foreach (var member in schemas.Members)
        {
            json.EscapedName(member.EscapedName);
            removed |= WriteSchema(json, member.Value, cut, depth + 1);
        }

        json.EndObject();
        return removed;
    }

    /// <summary>What is taken out of a schema.</summary>
    /// <param name="Refused">The host's refused keywords.</param>
    /// <param name="Limits">Whether limits are taken out.</param>
    private readonly record struct Cut(IReadOnlyList<string> Refused, bool Limits)
    {
        public bool IsNothing => Refused.Count == 0 && !Limits;

        public bool Holds(JsonMember member)
        {
            foreach (var keyword in Refused)
            {
                if (IsNamed(member, keyword)) return true;
            }

            return Limits && HeldSchema.IsLimit(member);
        }

        private static bool IsNamed(JsonMember member, string keyword)
        {
            Span<byte> plain = stackalloc byte[64];
            return System.Text.Encoding.UTF8.TryGetBytes(keyword, plain, out var written) && member.Is(plain[..written]);
        }
    }
}
