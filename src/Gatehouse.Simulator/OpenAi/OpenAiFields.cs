using System.Text.Json;
using Gatehouse.Simulator.Wire;

namespace Gatehouse.Simulator.OpenAi;

/// <summary>Checks the fields of an OpenAI request against a table, and words the refusals as the vendor does.</summary>
internal static class OpenAiFields
{
    private static readonly string[] s_formats = ["text", "json_object", "json_schema"];
    private static readonly string[] s_choices = ["none", "auto", "required"];

    /// <summary>Refuses unknown fields and wrong types.</summary>
    public static ApiError? Check(JsonElement root, IReadOnlyDictionary<string, FieldKind> fields)
    {
        foreach (var field in root.EnumerateObject())
        {
            if (!fields.TryGetValue(field.Name, out var kind))
                return ApiError.Invalid($"Unknown parameter: '{field.Name}'.", field.Name, "unknown_parameter");
            if (!kind.Allows(field.Value)) return WrongType(field.Name, kind, field.Value);
        }
        return null;
    }

    /// <summary>The refusal of an absent field.</summary>
    public static ApiError Missing(string name) =>
        ApiError.Invalid($"Missing required parameter: '{name}'.", name, "missing_required_parameter");

    /// <summary>The refusal of a value that is none of the possible ones.</summary>
    public static ApiError BadValue(string place, string? value, IReadOnlyList<string> supported) => ApiError.Invalid(
        $"Invalid value: '{value}'. Supported values are: {string.Join(", ", supported.Take(supported.Count - 1).Select(s => $"'{s}'"))}{(supported.Count > 2 ? "," : "")} and '{supported[^1]}'.",
        place, "invalid_value");

    /// <summary>The refusal of a value of the wrong type.</summary>
    public static ApiError WrongType(string place, FieldKind kind, JsonElement value) => ApiError.Invalid(
        $"Invalid type for '{place}': expected {Expected(kind)}, but got {Given(value)} instead.", place, "invalid_type");

    /// <summary>Refuses a number outside its range.</summary>
    public static ApiError? CheckRange(JsonElement root, string name, double least, double most)
    {
        if (root.Get(name) is not { ValueKind: JsonValueKind.Number } value) return null;
        var (number, kind) = (value.GetDouble(), value.TryGetInt64(out _) ? "integer" : "decimal");
        if (number < least)
            return ApiError.Invalid(
                $"Invalid '{name}': {kind} below minimum value. Expected a value >= {least}, but got {value.GetRawText()} instead.", name,
                $"{kind}_below_min_value");
        return number > most
            ? ApiError.Invalid(
                $"Invalid '{name}': {kind} above maximum value. Expected a value <= {most}, but got {value.GetRawText()} instead.", name,
                $"{kind}_above_max_value")
            : null;
    }

    /// <summary>Refuses a tool's name that is absent or not made of letters, digits, <c>_</c> and <c>-</c>.</summary>
    public static ApiError? CheckToolName(JsonElement holder, string place)
    {
        if (holder.Text("name") is not { } name) return Missing(place + ".name");
        return name.Length > 0 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-') ? null : ApiError.Invalid(
            $"Invalid '{place}.name': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.", place
                + ".name", "invalid_value");
    }

    /// <summary>Refuses a member that is absent or not text.</summary>
    public static ApiError? CheckText(JsonElement holder, string name, string place) =>
        holder.Get(name) is not { } value ? Missing($"{place}.{name}")
        : value.ValueKind == JsonValueKind.String ? null : WrongType($"{place}.{name}", FieldKind.Text, value);

    /// <summary>Refuses a wish for a format of the answer that there is not, and a schema without a name.</summary>
    /// <param name="format">The wish, if there is one.</param>
    /// <param name="place">Where it stands.</param>
    /// <param name="schemaMember">The member that holds name and schema; null where the wish itself does.</param>
    public static ApiError? CheckFormat(JsonElement? format, string place, string? schemaMember)
    {
        if (format is not { } wish) return null;
        if (wish.Get("type") is null) return Missing(place + ".type");
        if (!s_formats.Contains(wish.Text("type"))) return BadValue(place + ".type", wish.Get("type")!.Value.ToString(), s_formats);
        if (wish.Text("type") != "json_schema") return null;
        if (schemaMember is null) return CheckText(wish, "name", place);
        return wish.Get(schemaMember) is { ValueKind: JsonValueKind.Object } schema ? CheckText(schema, "name", $"{place}.{schemaMember}") : Missing($"{place}.{schemaMember}");
    }

    /// <summary>Refuses a word for the choice of tools that there is not.</summary>
    public static ApiError? CheckChoice(JsonElement root) =>
        root.Text("tool_choice") is { } word && !s_choices.Contains(word) ? BadValue("tool_choice", word, s_choices) : null;

    private static string Expected(FieldKind kind) => kind switch
    {
        FieldKind.Text => "a string",
        FieldKind.Whole => "an integer",
        FieldKind.Number => "a decimal",
        FieldKind.Flag => "a boolean",
        FieldKind.List => "an array",
        FieldKind.Object => "an object",
        FieldKind.Text | FieldKind.List => "one of a string or array",
        _ => "one of a string or object",
    };

    private static string Given(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => "a string",
        JsonValueKind.Number => value.TryGetInt64(out _) ? "an integer" : "a decimal",
        JsonValueKind.Array => "an array",
        JsonValueKind.Object => "an object",
        _ => "a boolean",
    };
}
