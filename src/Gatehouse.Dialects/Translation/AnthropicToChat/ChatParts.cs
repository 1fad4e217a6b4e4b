using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation.Anthropic;

namespace Gatehouse.Dialects.Translation.AnthropicToChat;

/// <summary>Writes content as parts of a chat message.</summary>
internal sealed class ChatParts(MessagesEdgeRequest request, JsonWriter json) : ContentParts(request, json)
{
    /// <inheritdoc/>
    protected override bool TakesFileAddresses => false;

    /// <inheritdoc/>
    public override bool TakesMarks => Request.Words.CacheControl && Request.Context.Traits.CacheMarkers;

    /// <inheritdoc/>
    protected override void BeginTextPart()
    {
        Json.BeginObject();
        Json.String("type"u8, "text"u8);
        Json.Name("text"u8);
        Json.BeginString();
    }

    /// <inheritdoc/>
    protected override void ImagePart(JsonView source)
    {
        Json.BeginObject();
        Json.String("type"u8, "image_url"u8);
        Json.BeginObject("image_url"u8);
        Json.Name("url"u8);
        Json.BeginString();
        if (source["url"u8] is { IsString: true } url) Json.AppendEscaped(url.Escaped);
        else AppendDataUrl(source);
        Json.EndString();
        Json.EndObject();
        Json.EndObject();
    }

    /// <inheritdoc/>
    protected override void FilePart(JsonView source, JsonView title)
    {
        Json.BeginObject();
        Json.String("type"u8, "file"u8);
        Json.BeginObject("file"u8);
        Json.EscapedString("filename"u8, title is { IsString: true, IsEmpty: false } ? title.Escaped : "document.pdf"u8);
        Json.Name("file_data"u8);
        Json.BeginString();
        AppendDataUrl(source);
        Json.EndString();
        Json.EndObject();
        Json.EndObject();
    }
}
