using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation.Chat;

namespace Gatehouse.Dialects.Translation.Responses;

/// <summary>Looks at the contents of messages and tools' results: a string, or a list of parts.</summary>
internal static class InputParts
{
    /// <summary>A part's text, whatever it is called; absent when the part is no text.</summary>
    public static JsonView Text(JsonView part)
    {
        var type = part["type"u8];
        if (type.Is("input_text"u8) || type.Is("output_text"u8) || type.Is("text"u8) || type.Is("summary_text"u8)) return part["text"u8];
        return type.Is("refusal"u8) ? part["refusal"u8] : default;
    }

    /// <summary>Whether there is anything to write: text that is not blank, an image, a file.</summary>
    public static bool HasContent(JsonView content)
    {
        if (content.IsString) return !ChatText.IsBlank(content.Escaped);
        foreach (var part in content.Items)
        {
            var text = Text(part);
            if (text.IsString ? !ChatText.IsBlank(text.Escaped) : IsMedia(part) || part["type"u8].Is("input_audio"u8)) return true;
        }

        return false;
    }

    /// <summary>Whether there is an image or a file.</summary>
    public static bool HasMedia(JsonView content)
    {
        foreach (var part in content.Items)
        {
            if (IsMedia(part)) return true;
        }

        return false;
    }

    /// <summary>Whether a part is an image or a file.</summary>
    public static bool IsMedia(JsonView part) => part["type"u8].Is("input_image"u8) || part["type"u8].Is("input_file"u8);

    /// <summary>The place of a part, for messages about it.</summary>
    /// <param name="item">The index of its item, or -1 for a field of the request itself.</param>
    /// <param name="part">The index of the part.</param>
    public static string Path(int item, int part) => item < 0 ? "input" : $"input[{item}].content[{part}]";

    /// <summary>Adds what a tool search found to the string at hand: the tools by the names under which they can be called.</summary>
    public static void AppendFound(JsonWriter json, JsonView tools, ResponsesEdgeRequest attempt)
    {
        json.AppendPlain(tools.IsEmpty ? "No tools were found."u8 : "These tools can be called now:"u8);
        foreach (var tool in tools.Items)
        {
            AppendName(json, tool, default, attempt);
            foreach (var inner in tool["tools"u8].Items) AppendName(json, inner, tool["name"u8], attempt);
        }
    }

    private static void AppendName(JsonWriter json, JsonView tool, JsonView toolNamespace, ResponsesEdgeRequest attempt)
    {
        var kind = tool["type"u8].Is("custom"u8) ? ItemKind.CustomCall : ItemKind.FunctionCall;
        if (!tool["name"u8].IsString || tool["tools"u8].IsArray) return;
        json.AppendPlain(" "u8);
        json.AppendPlain(CallItems.Tool(kind, tool["name"u8], toolNamespace, attempt).Sent);
    }
}
