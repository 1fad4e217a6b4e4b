using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Translation.Anthropic;

/// <summary>
/// The input of a tool call: an object in a Messages request, JSON in a string in the OpenAI dialects. Arguments that were no JSON object reached a Messages
/// client as the one member <see cref="RawName"/>, and go back as they were.
/// </summary>
internal static class ToolInput
{
    /// <summary>The member under which arguments stand that are no JSON object.</summary>
    public static ReadOnlySpan<byte> RawName => "_raw_arguments"u8;

    /// <summary>Writes an input as the string that the OpenAI dialects have for it, as a value.</summary>
    /// <param name="json">Where to write.</param>
    /// <param name="tree">The body.</param>
    /// <param name="input">The input.</param>
    public static void Write(JsonWriter json, scoped in JsonTree tree, int input)
    {
        if (input == 0 || tree.First(input) == 'n') json.EscapedString("{}"u8);
        else if (IsRaw(tree, input)) json.Raw(tree.Raw(input + 2));
        else json.String(tree.Raw(input));
    }

    /// <summary>Writes arguments as an input, as a value.</summary>
    /// <param name="json">Where to write.</param>
    /// <param name="arguments">The arguments, plain.</param>
    public static void WriteObject(JsonWriter json, ReadOnlySpan<byte> arguments)
    {
        if (IsBlank(arguments)) json.Raw("{}"u8);
        else if (JsonView.TryParse(arguments, out var view) && view.IsObject) json.Raw(view);
        else
        {
            json.BeginObject();
            json.String(RawName, arguments);
            json.EndObject();
        }
    }

    /// <summary>Whether arguments are a JSON object, or nothing at all, which counts as an empty one.</summary>
    public static bool IsObject(ReadOnlySpan<byte> arguments) => IsBlank(arguments) || (JsonView.TryParse(arguments, out var view) && view.IsObject);

    private static bool IsBlank(ReadOnlySpan<byte> text) => text.IndexOfAnyExcept(" \t\r\n"u8) < 0;

    /// <summary>Whether an input has one member alone, arguments that were no object.</summary>
    private static bool IsRaw(scoped in JsonTree tree, int input) =>
        tree.IsObject(input) && tree.Behind(input) == input + 3 && tree.IsString(input + 2) && JsonText.Is(tree.Inside(input + 1), RawName);
}
