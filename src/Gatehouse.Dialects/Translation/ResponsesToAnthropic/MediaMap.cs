using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Unicode;
using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation.Chat;
using Gatehouse.Dialects.Translation.Responses;

namespace Gatehouse.Dialects.Translation.ResponsesToAnthropic;

/// <summary>Writes images and files as Anthropic's image and document blocks, or a note where the model takes none.</summary>
internal sealed class MediaMap(ResponsesToAnthropicRequest attempt, JsonWriter json)
{
    /// <summary>Writes an <c>input_image</c>.</summary>
    public void WriteImage(JsonView part, int item, int at)
    {
        if (part["detail"u8] is { IsString: true } detail && !detail.Is("auto"u8)) attempt.Lose(ResponsesLosses.ImageDetail);
        if (!InputMedia.TryImage(part, item, at, attempt, json, out var url)) return;
        attempt.Scratch.Clear();
        _ = url.TryAppendPlain(attempt.Scratch);
        var plain = attempt.Scratch.Written;
        json.BeginObject();
        json.String("type"u8, "image"u8);
        json.BeginObject("source"u8);
        if (DataUrl.TryRead(plain, out var data))
            WriteImageData(data, item, at);
        else if (DataUrl.IsData(plain))
            attempt.Refuse(InputParts.Path(item, at), "A data: URL must hold base64, as in data:image/png;base64,….");
        else
        {
            json.String("type"u8, "url"u8);
            json.EscapedString("url"u8, url.Escaped);
        }

        json.EndObject();
        json.EndObject();
    }

    /// <summary>Writes an <c>input_file</c>.</summary>
    public void WriteFile(JsonView part, int item, int at)
    {
        if (!InputMedia.TryFile(part, item, at, attempt, json, out var data, out var url)) return;
        json.BeginObject();
        json.String("type"u8, "document"u8);
        json.BeginObject("source"u8);
        if (data.IsString)
            WriteFileData(data, item, at);
        else
        {
            json.String("type"u8, "url"u8);
            json.EscapedString("url"u8, url.Escaped);
        }

        json.EndObject();
        if (part["filename"u8] is { IsString: true, IsEmpty: false } name) json.EscapedString("title"u8, name.Escaped);
        json.EndObject();
    }

    private void WriteImageData(DataUrl data, int item, int at)
    {
        var type = Ascii.EqualsIgnoreCase(data.MediaType, "image/jpg"u8) || Ascii.EqualsIgnoreCase(data.MediaType, "image/jpeg"u8) ? "image/jpeg"u8
            : Ascii.EqualsIgnoreCase(data.MediaType, "image/png"u8) ? "image/png"u8
            : Ascii.EqualsIgnoreCase(data.MediaType, "image/gif"u8) ? "image/gif"u8
            : Ascii.EqualsIgnoreCase(data.MediaType, "image/webp"u8) ? "image/webp"u8
            : default;
        if (type.IsEmpty) attempt.Refuse(InputParts.Path(item, at), "This model's provider takes images as JPEG, PNG, GIF or WebP: convert the image.");
        json.String("type"u8, "base64"u8);
        json.String("media_type"u8, type);
        json.EscapedString("data"u8, data.Data);
    }

    /// <summary>A file's content: a <c>data:</c> URL, or base64 alone, which then is a PDF's.</summary>
    private void WriteFileData(JsonView content, int item, int at)
    {
        attempt.Scratch.Clear();
        _ = content.TryAppendPlain(attempt.Scratch);
        if (!DataUrl.IsData(attempt.Scratch.Written)) attempt.Scratch.Insert(0, "data:application/pdf;base64,"u8);
        if (!DataUrl.TryRead(attempt.Scratch.Written, out var data))
        {
            attempt.Refuse(InputParts.Path(item, at), "The field 'file_data' must be base64, or a data: URL in base64 as in data:application/pdf;base64,….");
            return;
        }

        if (data.MediaType.Length > 5 && Ascii.EqualsIgnoreCase(data.MediaType[..5], "text/"u8))
            WriteTextFile(data, item, at);
        else if (Ascii.EqualsIgnoreCase(data.MediaType, "application/pdf"u8))
        {
            json.String("type"u8, "base64"u8);
            json.String("media_type"u8, "application/pdf"u8);
            json.EscapedString("data"u8, data.Data);
        }
        else
            attempt.Refuse(InputParts.Path(item, at), "This model's provider reads PDF and text files: convert the file.");
    }

    private void WriteTextFile(DataUrl data, int item, int at)
    {
        using var text = new PooledBuffer();
        var isWhole = Base64.DecodeFromUtf8(data.Data, text.GetSpan(data.Data.Length), out _, out var written) == OperationStatus.Done;
        text.Advance(written);
        if (!isWhole || !Utf8.IsValid(text.Written)) attempt.Refuse(InputParts.Path(item, at), "A text file must be UTF-8, in whole base64.");
        json.String("type"u8, "text"u8);
        json.String("media_type"u8, "text/plain"u8);
        json.String("data"u8, text.Written);
    }
}
