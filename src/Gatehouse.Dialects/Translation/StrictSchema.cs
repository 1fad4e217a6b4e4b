using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Translation;

/// <summary>
/// What OpenAI demands of a schema that answers or calls are strictly held to: every object forbids further properties and requires all that it has
/// (developers.openai.com/api/docs/guides/structured-outputs). Asked for strictly, any other schema is refused.
/// </summary>
internal static class StrictSchema
{
    private const int DeepestSchema = 48;

    /// <summary>Whether a schema meets the demands.</summary>
    public static bool Holds(JsonView schema) => Holds(schema, 0);

    private static bool Holds(JsonView schema, int depth)
    {
        if (depth > DeepestSchema) return false;
        if (!schema.IsObject) return true;
        var properties = schema["properties"u8];
        if ((properties.IsObject || schema["type"u8].Is("object"u8)) && !(schema["additionalProperties"u8].IsFalse && RequiresAll(properties, schema["required"u8])))
            return false;
        foreach (var member in schema.Members)
        {
            if (member.Is("enum"u8) || member.Is("const"u8) || member.Is("default"u8) || member.Is("examples"u8)) continue;
            if (member.Is("properties"u8) || member.Is("$defs"u8) || member.Is("definitions"u8))
            {
                foreach (var named in member.Value.Members)
                {
                    if (!Holds(named.Value, depth + 1)) return false;
                }
            }
            else if (member.Value.IsArray)
            {
                foreach (var item in member.Value.Items)
                {
                    if (!Holds(item, depth + 1)) return false;
                }
            }
            else if (!Holds(member.Value, depth + 1)) return false;
        }

        return true;
    }

    private static bool RequiresAll(JsonView properties, JsonView required)
    {
        foreach (var property in properties.Members)
        {
            var found = false;
            foreach (var name in required.Items) found |= name.Escaped.SequenceEqual(property.EscapedName);
            if (!found) return false;
        }

        return true;
    }
}
