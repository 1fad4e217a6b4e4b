using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation.Chat;

namespace Gatehouse.Dialects.Translation.ChatToAnthropic;

/// <summary>Writes what a call of the history was made with as a <c>tool_use</c> block's <c>input</c>, which must be an object.</summary>
internal static class ToolInput
{
    /// <summary>
    /// A function's arguments: the object that the string holds, byte for byte. An empty string is an empty object; text that is no object is
    /// kept whole as the member <c>arguments</c> and disclosed.
    /// </summary>
    public static void WriteFunction(ChatToAnthropicRequest request, JsonWriter writer, JsonView arguments)
    {
        if (arguments.IsObject)
        {
            writer.Raw(arguments);
            return;
        }

        if (ChatText.IsBlank(arguments.Escaped))
        {
            writer.Raw("{}"u8);
            return;
        }

        if (JsonView.TryParse(request.Plain(arguments), out var input) && input.IsObject)
        {
            writer.Raw(input);
            return;
        }

        request.Lose(ChatToAnthropicLosses.Arguments);
        writer.BeginObject();
        writer.EscapedString("arguments"u8, arguments.Escaped);
        writer.EndObject();
    }

    /// <summary>A free-form tool's input: the string argument of the function that stands for it.</summary>
    public static void WriteCustom(JsonWriter writer, JsonView input)
    {
        writer.BeginObject();
        writer.EscapedString("input"u8, input.Escaped);
        writer.EndObject();
    }
}
