using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Translation;

/// <summary>
/// What Anthropic takes of a schema that answers or calls are held to, a part of JSON Schema
/// (platform.claude.com/docs/en/build-with-claude/structured-outputs#json-schema-limitations). A request with any other is refused. OpenAI, for which
/// clients make their schemas, takes limits of numbers and texts as well: <c>z.int()</c> alone gives a least and a greatest number.
/// </summary>
internal static class HeldSchema
{
    private const int DeepestSchema = 48;

    private static ReadOnlySpan<byte> DefinitionPath => "#/$defs/"u8;

    /// <summary>Whether Anthropic takes a schema as it is.</summary>
    public static bool Takes(JsonView schema) => Holds(schema, mayLimit: false, 0, default);

    /// <summary>Whether a call's arguments can be held to it as it is.</summary>
    public static bool TakesArguments(JsonView schema) => schema["additionalProperties"u8].IsFalse && Takes(schema);

    /// <summary>Whether Anthropic takes it without the limits in it: those that <see cref="IsLimit"/> names.</summary>
    public static bool TakesWithoutLimits(JsonView schema) => Holds(schema, mayLimit: true, 0, default);

    /// <summary>
    /// Whether a member of a schema only limits values of the same shape: without it more is allowed, and all that was allowed still is. Anthropic refuses those.
    /// </summary>
    public static bool IsLimit(JsonMember member) =>
        member.Is("minimum"u8) || member.Is("maximum"u8) || member.Is("exclusiveMinimum"u8) || member.Is("exclusiveMaximum"u8) || member.Is("multipleOf"u8)
        || member.Is("minLength"u8) || member.Is("maxLength"u8) || member.Is("pattern"u8) || member.Is("maxItems"u8) || member.Is("uniqueItems"u8)
        || member.Is("minProperties"u8) || member.Is("maxProperties"u8)
        || member.Is("minItems"u8) && !(member.Value.TryInteger(out var least) && least is 0 or 1)
        || member.Is("format"u8) && !IsKnownFormat(member.Value);

    private static bool IsKnownFormat(JsonView format) =>
        format.Is("date-time"u8) || format.Is("time"u8) || format.Is("date"u8) || format.Is("duration"u8) || format.Is("email"u8) || format.Is("hostname"u8)
        || format.Is("uri"u8) || format.Is("ipv4"u8) || format.Is("ipv6"u8) || format.Is("uuid"u8);

    /// <summary>Keywords that say what a value is in ways that Anthropic does not know.</summary>
    private static bool IsForeign(JsonMember member) =>
        member.Is("oneOf"u8) || member.Is("not"u8) || member.Is("if"u8) || member.Is("patternProperties"u8) || member.Is("propertyNames"u8) || member.Is("prefixItems"u8)
        || member.Is("contains"u8) || member.Is("dependentSchemas"u8) || member.Is("dependentRequired"u8) || member.Is("unevaluatedProperties"u8);

    /// <summary>Whether Anthropic takes it.</summary>
    /// <param name="schema">A schema, or a part of one.</param>
    /// <param name="mayLimit">Whether limits are overlooked.</param>
    /// <param name="depth">How deep it lies.</param>
    /// <param name="definition">The name of the definition that it stands in, escaped; empty outside of any.</param>
    private static bool Holds(JsonView schema, bool mayLimit, int depth, ReadOnlySpan<byte> definition)
    {
        if (depth > DeepestSchema) return false;
        if (!schema.IsObject) return true;
        if (IsOpen(schema)) return false;
        foreach (var member in schema.Members)
        {
            if (IsForeign(member) || !mayLimit && IsLimit(member)) return false;
            if (member.Is("enum"u8) || member.Is("const"u8))
            {
                if (HoldsContainer(member.Value)) return false;
            }
            else if (member.Is("$ref"u8))
            {
                if (!IsReference(member.Value, definition)) return false;
            }
            else if (member.Is("properties"u8) || member.Is("$defs"u8) || member.Is("definitions"u8))
            {
                var isDefinition = !member.Is("properties"u8);
                foreach (var named in member.Value.Members)
                {
                    if (!Holds(named.Value, mayLimit, depth + 1, isDefinition ? named.EscapedName : definition)) return false;
                }
            }
            else if (member.Is("anyOf"u8) || member.Is("allOf"u8) || member.Is("items"u8))
            {
                if (member.Is("allOf"u8) && HoldsReference(member.Value) || !HoldsEach(member.Value, mayLimit, depth, definition)) return false;
            }
        }

        return true;
    }

    private static bool HoldsEach(JsonView value, bool mayLimit, int depth, ReadOnlySpan<byte> definition)
    {
        foreach (var item in value.Items)
        {
            if (!Holds(item, mayLimit, depth + 1, definition)) return false;
        }

        return !value.IsObject || Holds(value, mayLimit, depth + 1, definition);
    }

    /// <summary>Whether it is an object's and does not forbid further properties.</summary>
    private static bool IsOpen(JsonView schema)
    {
        var type = schema["type"u8];
        var isObject = type.Is("object"u8) || schema["properties"u8].IsObject;
        foreach (var one in type.Items) isObject |= one.Is("object"u8);
        return isObject && !schema["additionalProperties"u8].IsFalse;
    }

    /// <summary>Only values without parts can be enumerated.</summary>
    private static bool HoldsContainer(JsonView values)
    {
        foreach (var value in values.Items)
        {
            if (value.IsObject || value.IsArray) return true;
        }

        return values.IsObject;
    }

    private static bool HoldsReference(JsonView schemas)
    {
        foreach (var schema in schemas.Items)
        {
            if (schema["$ref"u8].Exists) return true;
        }

        return false;
    }

    /// <summary>Whether a reference leads to a definition of the same schema, and not back to the one that it stands in: those may not go in circles.</summary>
    private static bool IsReference(JsonView target, ReadOnlySpan<byte> definition)
    {
        if (!target.StartsWith(DefinitionPath) && !target.StartsWith("#/definitions/"u8)) return false;
        var name = target.Escaped[(target.Escaped.LastIndexOf((byte)'/') + 1)..];
        return !name.SequenceEqual(definition);
    }
}
