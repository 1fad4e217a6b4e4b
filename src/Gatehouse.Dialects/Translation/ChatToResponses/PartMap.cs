using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation.Chat;

namespace Gatehouse.Dialects.Translation.ChatToResponses;

/// <summary>Writes the contents of chat messages as those of Responses' items.</summary>
internal sealed class PartMap(ChatToResponsesRequest request, JsonWriter writer)
{
    /// <summary>Writes a message of the user's or of the system's. One without content is left out.</summary>
    public void WriteMessage(ReadOnlySpan<byte> role, JsonView content, int message)
    {
        ChatPart.Check(content, message, request);
        if (content.IsNullOrAbsent || content.IsEmpty) return;
        Begin(role);
        if (content.IsString) writer.Raw("content"u8, content.Raw);
        else WriteParts("content"u8, content, message);
        writer.EndObject();
    }

    /// <summary>Writes what the model said: its content, and its refusal. Nothing when it only called tools.</summary>
    public void WriteAnswer(ChatMessage message, int index)
    {
        var content = message.Content;
        ChatPart.Check(content, index, request);
        var refusal = message.Refusal;
        var hasRefusal = refusal.IsString && !refusal.IsEmpty;
        if (content.IsEmpty && !hasRefusal) return;
        Begin("assistant"u8);
        writer.BeginArray("content"u8);
        var part = 0;
        foreach (var piece in new ChatParts(content))
        {
            if (!ChatPart.IsText(piece, index, part++, request, out var text)) continue;
            WriteSaid(text, piece["type"u8].Is("refusal"u8));
        }

        if (hasRefusal) WriteSaid(refusal.Escaped, isRefusal: true);
        writer.EndArray();
        writer.EndObject();
    }

    /// <summary>Writes a result's content as the member <c>output</c>.</summary>
    public void WriteOutput(JsonView content, int message)
    {
        ChatPart.Check(content, message, request);
        if (content.IsArray) WriteParts("output"u8, content, message);
        else writer.EscapedString("output"u8, content.Escaped);
    }

    /// <summary>Writes a result whose call is gone as a message of the user's.</summary>
    public void WriteLooseResult(JsonView content, int message)
    {
        ChatPart.Check(content, message, request);
        Begin("user"u8);
        writer.BeginArray("content"u8);
        writer.BeginObject();
        writer.String("type"u8, "input_text"u8);
        writer.String("text"u8, "Result of an earlier tool call:"u8);
        writer.EndObject();
        WriteEach(content, message);
        writer.EndArray();
        writer.EndObject();
    }

    private void Begin(ReadOnlySpan<byte> role)
    {
        writer.BeginObject();
        writer.String("type"u8, "message"u8);
        writer.String("role"u8, role);
    }

    private void WriteSaid(ReadOnlySpan<byte> escaped, bool isRefusal)
    {
        writer.BeginObject();
        writer.String("type"u8, isRefusal ? "refusal"u8 : "output_text"u8);
        writer.EscapedString(isRefusal ? "refusal"u8 : "text"u8, escaped);
        writer.EndObject();
    }

    private void WriteParts(ReadOnlySpan<byte> name, JsonView content, int message)
    {
        writer.BeginArray(name);
        WriteEach(content, message);
        writer.EndArray();
    }

    private void WriteEach(JsonView content, int message)
    {
        var index = -1;
        foreach (var part in new ChatParts(content))
        {
            var kind = ChatPart.Classify(part, message, ++index, request, out var text);
            if (kind == PartKind.None) continue;
            writer.BeginObject();
            if (kind == PartKind.Text)
            {
                writer.String("type"u8, "input_text"u8);
                writer.EscapedString("text"u8, text);
            }
            else if (kind == PartKind.Image)
                WriteImage(part["image_url"u8], message, index);
            else
                WriteFile(part["file"u8], message, index);

            if (part["prompt_cache_breakpoint"u8].IsObject) writer.Raw("prompt_cache_breakpoint"u8, part["prompt_cache_breakpoint"u8].Raw);
            if (part["cache_control"u8].IsObject) request.Lose(ChatLosses.CacheMarkers);
            writer.EndObject();
        }
    }

    private void WriteImage(JsonView image, int message, int index)
    {
        var url = image.IsString ? image : image["url"u8];
        if (!url.IsString || url.IsEmpty)
        {
            request.Refuse($"messages[{message}].content[{index}].image_url", "An image part needs 'image_url.url': a https address, or data:image/png;base64,….");
            return;
        }

        if (!request.Context.Traits.Images)
        {
            request.Lose(ChatLosses.Image);
            WriteOmission("[An image was left out: this model sees none.]"u8);
            return;
        }

        writer.String("type"u8, "input_image"u8);
        writer.Raw("image_url"u8, url.Raw);
        if (image["detail"u8].IsString) writer.Raw("detail"u8, image["detail"u8].Raw);
        else writer.String("detail"u8, "auto"u8);
    }

    private void WriteFile(JsonView file, int message, int index)
    {
        if (file["file_id"u8].IsString)
            request.Refuse($"messages[{message}].content[{index}].file.file_id", "Uploaded files stay with their provider: send the content as 'file_data' (data:application/pdf;base64,…).");
        else if (!file["file_data"u8].IsString)
            request.Refuse($"messages[{message}].content[{index}].file.file_data", "A file part needs 'file_data' as a data: URL in base64, as in data:application/pdf;base64,….");
        else if (!request.Context.Traits.Documents)
        {
            request.Lose(ChatLosses.Document);
            WriteOmission("[A document was left out: this model reads none.]"u8);
        }
        else
        {
            writer.String("type"u8, "input_file"u8);
            if (file["filename"u8].IsString) writer.Raw("filename"u8, file["filename"u8].Raw);
            else writer.String("filename"u8, "file"u8);
            writer.Raw("file_data"u8, file["file_data"u8].Raw);
        }
    }

    private void WriteOmission(ReadOnlySpan<byte> text)
    {
        writer.String("type"u8, "input_text"u8);
        writer.String("text"u8, text);
    }
}
