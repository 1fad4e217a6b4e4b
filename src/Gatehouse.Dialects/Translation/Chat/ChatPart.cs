using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Translation.Chat;

/// <summary>What a content part is.</summary>
internal enum PartKind : byte
{
    /// <summary>Nothing to carry: blank text, or a part that is refused.</summary>
    None,

    /// <summary><c>text</c> or <c>refusal</c>.</summary>
    Text,

    /// <summary><c>image_url</c>.</summary>
    Image,

    /// <summary><c>file</c>.</summary>
    File,
}

/// <summary>Tells content parts apart, and refuses what no edge can carry.</summary>
internal static class ChatPart
{
    /// <summary>Whether a part is text, where nothing else can stand: images and files there are left out, and the client is told.</summary>
    /// <inheritdoc cref="Classify"/>
    public static bool IsText(JsonView part, int message, int index, ChatEdgeRequest request, out ReadOnlySpan<byte> text)
    {
        var kind = Classify(part, message, index, request, out text);
        if (kind is PartKind.Image or PartKind.File) request.Lose(ChatLosses.Unknown);
        return kind == PartKind.Text;
    }

    /// <summary>What a part is, and its text when it is one; half-known kinds refuse the request with a way out.</summary>
    /// <param name="part">The part, or the string that stands for one.</param>
    /// <param name="message">The message's index, for the refusal.</param>
    /// <param name="index">The part's index, for the refusal.</param>
    /// <param name="request">Gets the refusal.</param>
    /// <param name="text">The text, still escaped.</param>
    public static PartKind Classify(JsonView part, int message, int index, ChatEdgeRequest request, out ReadOnlySpan<byte> text)
    {
        text = part.Escaped;
        if (part.IsString) return PartKind.Text;
        var type = part["type"u8];
        if (type.Is("text"u8) || type.Is("input_text"u8) || type.Is("output_text"u8) || type.Is("refusal"u8))
        {
            var value = part[type.Is("refusal"u8) ? "refusal"u8 : "text"u8];
            if (!value.IsString) request.Refuse($"messages[{message}].content[{index}]", $"Part {index} of message {message} needs its text as a string.");
            text = value.Escaped;
            return PartKind.Text;
        }

        if (type.Is("image_url"u8)) return PartKind.Image;
        if (type.Is("file"u8)) return PartKind.File;
        if (type.Is("input_audio"u8))
        {
            request.Refuse(
                $"messages[{message}].content[{index}].input_audio",
                "The provider of this model can't hear audio: send a transcript as text, or choose a model that takes 'input_audio'.");
        }
        else
        {
            request.Refuse(
                $"messages[{message}].content[{index}].type",
                $"Part {index} of message {message} must be of type text, image_url, file or refusal: other kinds can't be carried to this model's provider.");
        }

        return PartKind.None;
    }

    /// <summary>Refuses a content that is neither a string, nor parts, nor null.</summary>
    public static void Check(JsonView content, int message, ChatEdgeRequest request)
    {
        if (!content.IsString && !content.IsArray && !content.IsNullOrAbsent)
            request.Refuse($"messages[{message}].content", $"The content of message {message} must be a string or an array of parts.");
    }
}
