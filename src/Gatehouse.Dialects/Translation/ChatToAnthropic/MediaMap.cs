using System.Buffers;
using System.Buffers.Text;
using System.Text;
using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation.Chat;

namespace Gatehouse.Dialects.Translation.ChatToAnthropic;

/// <summary>Opens Anthropic's image and document blocks from a chat message's images and files; the caller closes them.</summary>
internal static class MediaMap
{
    /// <summary>Opens a block for an image: <c>image</c>, or <c>text</c> where the model sees none.</summary>
    public static void WriteImage(ChatToAnthropicRequest request, JsonWriter writer, JsonView image, string path)
    {
        var url = image.IsString ? image : image["url"u8];
        if (!url.IsString || url.IsEmpty)
        {
            request.Refuse(path, "An image part needs 'image_url.url': a https address, or data:image/png;base64,….");
            return;
        }

        if (image["detail"u8] is { IsString: true } detail && !detail.Is("auto"u8)) request.Lose(ChatToAnthropicLosses.ImageDetail);
        writer.BeginObject();
        if (!request.Context.Traits.Images)
        {
            request.Lose(ChatLosses.Image);
            writer.String("type"u8, "text"u8);
            writer.String("text"u8, "[An image was left out: this model sees none.]"u8);
            return;
        }

        writer.String("type"u8, "image"u8);
        writer.BeginObject("source"u8);
        var plain = request.Plain(url);
        if (DataUrl.TryRead(plain, out var data))
            WriteImageData(request, writer, data, path);
        else if (DataUrl.IsData(plain))
            request.Refuse(path, "A data: URL must hold base64, as in data:image/png;base64,….");
        else
        {
            writer.String("type"u8, "url"u8);
            writer.EscapedString("url"u8, url.Escaped);
        }

        writer.EndObject();
    }

    /// <summary>Opens a block for a file: a PDF or a text as <c>document</c>.</summary>
    public static void WriteFile(ChatToAnthropicRequest request, JsonWriter writer, JsonView file, string path)
    {
        if (file["file_id"u8].IsString)
        {
            request.Refuse(path + ".file_id", "Uploaded files stay with their provider: send the content as 'file_data' (data:application/pdf;base64,…).");
            return;
        }

        var plain = request.Plain(file["file_data"u8]);
        if (!DataUrl.TryRead(plain, out var data))
        {
            request.Refuse(path + ".file_data", "A file part needs 'file_data' as a data: URL in base64, as in data:application/pdf;base64,….");
            return;
        }

        writer.BeginObject();
        if (!request.Context.Traits.Documents)
        {
            request.Lose(ChatLosses.Document);
            writer.String("type"u8, "text"u8);
            writer.String("text"u8, "[A document was left out: this model reads none.]"u8);
            return;
        }

        writer.String("type"u8, "document"u8);
        WriteDocumentSource(request, writer, data, path);
        if (file["filename"u8].IsString && !file["filename"u8].IsEmpty) writer.EscapedString("title"u8, file["filename"u8].Escaped);
    }

    private static void WriteImageData(ChatToAnthropicRequest request, JsonWriter writer, DataUrl data, string path)
    {
        var type = Ascii.EqualsIgnoreCase(data.MediaType, "image/jpg"u8) || Ascii.EqualsIgnoreCase(data.MediaType, "image/jpeg"u8) ? "image/jpeg"u8
            : Ascii.EqualsIgnoreCase(data.MediaType, "image/png"u8) ? "image/png"u8
            : Ascii.EqualsIgnoreCase(data.MediaType, "image/gif"u8) ? "image/gif"u8
            : Ascii.EqualsIgnoreCase(data.MediaType, "image/webp"u8) ? "image/webp"u8
            : default;
        if (type.IsEmpty) request.Refuse(path, "This model's provider takes images as JPEG, PNG, GIF or WebP: convert the image.");
        writer.String("type"u8, "base64"u8);
        writer.String("media_type"u8, type);
        writer.EscapedString("data"u8, data.Data);
    }

    private static void WriteDocumentSource(ChatToAnthropicRequest request, JsonWriter writer, DataUrl data, string path)
    {
        writer.BeginObject("source"u8);
        if (data.MediaType.Length > 5 && Ascii.EqualsIgnoreCase(data.MediaType[..5], "text/"u8))
        {
            writer.String("type"u8, "text"u8);
            writer.String("media_type"u8, "text/plain"u8);
            using var text = new PooledBuffer();
            var isWhole = Base64.DecodeFromUtf8(data.Data, text.GetSpan(data.Data.Length), out _, out var written) == OperationStatus.Done;
            text.Advance(written);
            if (!isWhole || !System.Text.Unicode.Utf8.IsValid(text.Written)) request.Refuse(path + ".file_data", "A text file must be UTF-8, in whole base64.");
            writer.String("data"u8, text.Written);
        }
        else if (Ascii.EqualsIgnoreCase(data.MediaType, "application/pdf"u8))
        {
            writer.String("type"u8, "base64"u8);
            writer.String("media_type"u8, "application/pdf"u8);
            writer.EscapedString("data"u8, data.Data);
        }
        else
            request.Refuse(path + ".file_data", "This model's provider reads PDF and text files: convert the file.");

        writer.EndObject();
    }
}
