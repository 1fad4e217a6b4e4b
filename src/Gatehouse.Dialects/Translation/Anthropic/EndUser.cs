using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Translation.Anthropic;

/// <summary>The end user, as Anthropic is told of him.</summary>
internal static class EndUser
{
    /// <summary>The most bytes of an id that Anthropic takes.</summary>
    private const int Longest = 256;

    /// <summary>Writes the id of the user, unless it is longer than Anthropic takes: false then.</summary>
    public static bool TryWrite(JsonWriter json, JsonView id)
    {
        if (id.Escaped.Length > Longest) return false;
        json.BeginObject("metadata"u8);
        json.EscapedString("user_id"u8, id.Escaped);
        json.EndObject();
        return true;
    }
}
