using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation.Chat;
using Gatehouse.Dialects.Translation.Responses;

namespace Gatehouse.Dialects.Translation.ResponsesToChat;

/// <summary>Writes messages' contents and tools' results: text alone as a string, which every host takes, else a list of parts.</summary>
internal sealed class PartMap(ResponsesToChatRequest attempt, JsonWriter json)
{
    /// <summary>Writes a content as a value.</summary>
    /// <param name="content">A string or a list of parts.</param>
    /// <param name="item">The index of its item, or -1 for a field of the request itself.</param>
    public void Write(JsonView content, int item)
    {
        if (!InputParts.HasMedia(content))
        {
            json.BeginString();
            var isFirst = true;
            AppendText(content, item, ref isFirst);
            json.EndString();
            return;
        }

        json.BeginArray();
        WriteParts(content, item);
        json.EndArray();
    }

    /// <summary>Adds the text of a content to the string at hand, paragraphs apart.</summary>
    public void AppendText(JsonView content, int item, ref bool isFirst)
    {
        if (content.IsString) AppendParagraph(content.Escaped, ref isFirst);
        var at = 0;
        foreach (var part in content.Items)
        {
            var text = InputParts.Text(part);
            if (text.IsString)
            {
                Disclose(part);
                AppendParagraph(text.Escaped, ref isFirst);
            }
            else if (!InputParts.IsMedia(part)) NoteOther(part, item, at);
            at++;
        }
    }

    /// <summary>Adds the text of a tool's result to the string at hand.</summary>
    public void AppendOutput(ItemKind kind, JsonView item, int at)
    {
        var output = item["output"u8];
        var isFirst = true;
        if (kind == ItemKind.ToolSearchOutput) InputParts.AppendFound(json, item["tools"u8], attempt);
        else if (kind == ItemKind.ShellOutput) json.AppendPlain(output.Raw);
        else if (kind == ItemKind.ApplyPatchOutput && !output.IsString) json.AppendEscaped(item["status"u8].Escaped);
        else AppendText(output, at, ref isFirst);
    }

    /// <summary>Writes a tool's result as a value.</summary>
    public void WriteResult(ItemKind kind, JsonView item, int at)
    {
        var hasMedia = kind == ItemKind.Output && InputParts.HasMedia(item["output"u8]);
        if (hasMedia && attempt.Context.Traits.ImagesInToolResults)
        {
            Write(item["output"u8], at);
            return;
        }

        json.BeginString();
        AppendOutput(kind, item, at);
        if (hasMedia) json.AppendPlain("\n\n[See the images and files below.]"u8);
        json.EndString();
    }

    /// <summary>Writes the images and files of a content as parts.</summary>
    public void WriteMedia(JsonView content, int item)
    {
        var at = 0;
        foreach (var part in content.Items)
        {
            if (InputParts.IsMedia(part)) WritePart(part, item, at);
            at++;
        }
    }

    private void WriteParts(JsonView content, int item)
    {
        var at = 0;
        foreach (var part in content.Items)
        {
            var text = InputParts.Text(part);
            if (InputParts.IsMedia(part))
                WritePart(part, item, at);
            else if (text.IsString)
            {
                Disclose(part);
                json.BeginObject();
                json.String("type"u8, "text"u8);
                json.Raw("text"u8, text.Raw);
                json.EndObject();
            }
            else
                NoteOther(part, item, at);

            at++;
        }
    }

    private void WritePart(JsonView part, int item, int at)
    {
        Disclose(part);
        if (part["type"u8].Is("input_image"u8)) WriteImage(part, item, at);
        else WriteFile(part, item, at);
    }

    private void WriteImage(JsonView part, int item, int at)
    {
        if (!InputMedia.TryImage(part, item, at, attempt, json, out var url)) return;
        json.BeginObject();
        json.String("type"u8, "image_url"u8);
        json.BeginObject("image_url"u8);
        json.Raw("url"u8, url.Raw);
        var detail = part["detail"u8];
        if (detail.Is("low"u8) || detail.Is("high"u8) || detail.Is("auto"u8)) json.Raw("detail"u8, detail.Raw);
        else attempt.Lose(ResponsesLosses.ImageDetail, detail.IsString);
        json.EndObject();
        json.EndObject();
    }

    private void WriteFile(JsonView part, int item, int at)
    {
        if (!InputMedia.TryFile(part, item, at, attempt, json, out var data, out var url)) return;
        json.BeginObject();
        if (!data.IsString)
        {
            attempt.Lose(ResponsesToChatLosses.FileUrl);
            json.String("type"u8, "text"u8);
            json.Name("text"u8);
            json.BeginString();
            json.AppendPlain("[A file at "u8);
            json.AppendEscaped(url.Escaped);
            json.AppendPlain("]"u8);
            json.EndString();
        }
        else
        {
            json.String("type"u8, "file"u8);
            json.BeginObject("file"u8);
            json.EscapedString("filename"u8, part["filename"u8] is { IsString: true, IsEmpty: false } name ? name.Escaped : "document.pdf"u8);
            json.Name("file_data"u8);
            json.BeginString();
            if (!DataUrl.IsData(data.Escaped)) json.AppendPlain("data:application/pdf;base64,"u8);
            json.AppendEscaped(data.Escaped);
            json.EndString();
            json.EndObject();
        }

        json.EndObject();
    }

    private void AppendParagraph(ReadOnlySpan<byte> escaped, ref bool isFirst)
    {
        if (escaped.IsEmpty) return;
        if (!isFirst) json.AppendEscaped("\\n\\n"u8);
        json.AppendEscaped(escaped);
        isFirst = false;
    }

    private void NoteOther(JsonView part, int item, int at)
    {
        if (part["type"u8].Is("input_audio"u8)) attempt.Refuse(InputParts.Path(item, at), "This model's provider hears no audio: send the text.");
        else attempt.Lose(ResponsesLosses.UnknownContent);
    }

    private void Disclose(JsonView part)
    {
        attempt.Lose(ResponsesLosses.Annotations, part["annotations"u8].IsArray && !part["annotations"u8].IsEmpty);
        attempt.Lose(ResponsesToChatLosses.CacheBreakpoint, part["prompt_cache_breakpoint"u8].IsObject);
    }
}
