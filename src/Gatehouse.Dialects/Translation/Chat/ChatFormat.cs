using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Translation.Chat;

/// <summary>What <c>response_format</c> asks for.</summary>
internal ref struct ChatFormat
{
    /// <summary>Whether the answer must be JSON.</summary>
    public bool IsJson { get; private set; }

    /// <summary>The object that holds name, description, strict and schema; no value for any JSON object.</summary>
    public JsonView Definition { get; private set; }

    /// <summary>The schema that the answer must follow; no value for any JSON object.</summary>
    public readonly JsonView Schema => Definition["schema"u8];

    /// <summary>Reads it; a format that nobody knows refuses the request.</summary>
    public static ChatFormat Read(JsonView format, ChatEdgeRequest request)
    {
        var read = default(ChatFormat);
        if (format.IsNullOrAbsent || format["type"u8].Is("text"u8)) return read;
        read.IsJson = true;
        if (format["type"u8].Is("json_schema"u8))
        {
            read.Definition = format["json_schema"u8];
            if (!read.Schema.IsObject) request.Refuse("response_format.json_schema.schema", "A response format of type json_schema needs its schema, an object.");
        }
        else if (!format["type"u8].Is("json_object"u8))
            request.Refuse("response_format.type", "'response_format.type' must be text, json_object or json_schema.");

        return read;
    }
}
