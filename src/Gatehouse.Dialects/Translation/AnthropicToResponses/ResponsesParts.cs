using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation.Anthropic;

namespace Gatehouse.Dialects.Translation.AnthropicToResponses;

/// <summary>Writes content as input parts of a Responses request.</summary>
internal sealed class ResponsesParts(MessagesEdgeRequest request, JsonWriter json) : ContentParts(request, json)
{
    /// <inheritdoc/>
    protected override bool TakesFileAddresses => true;

    /// <inheritdoc/>
    protected override void BeginTextPart()
    {
        Json.BeginObject();
        Json.String("type"u8, "input_text"u8);
        Json.Name("text"u8);
        Json.BeginString();
    }

    /// <inheritdoc/>
    protected override void ImagePart(JsonView source)
    {
        Json.BeginObject();
        Json.String("type"u8, "input_image"u8);
        Json.String("detail"u8, "auto"u8);
        WriteAddress("image_url"u8, source);
        Json.EndObject();
    }

    /// <inheritdoc/>
    protected override void FilePart(JsonView source, JsonView title)
    {
        Json.BeginObject();
        Json.String("type"u8, "input_file"u8);
        if (source["url"u8].IsString) Json.EscapedString("file_url"u8, source["url"u8].Escaped);
        else
        {
            Json.EscapedString("filename"u8, title is { IsString: true, IsEmpty: false } ? title.Escaped : "document.pdf"u8);
            WriteAddress("file_data"u8, source);
        }

        Json.EndObject();
    }

    private void WriteAddress(ReadOnlySpan<byte> name, JsonView source)
    {
        Json.Name(name);
        Json.BeginString();
        if (source["url"u8] is { IsString: true } url) Json.AppendEscaped(url.Escaped);
        else AppendDataUrl(source);
        Json.EndString();
    }
}
