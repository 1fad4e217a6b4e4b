using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Translation.Responses;

/// <summary>
/// The images and files of an input, read the same for every upstream: what is only named by an id of the client's provider is refused, and where the model
/// takes none, a note stands in its place.
/// </summary>
internal static class InputMedia
{
    /// <summary>The address of an image, a <c>data:</c> URL or another one. False when none is to be written: it was refused, or a note was written.</summary>
    /// <param name="part">The <c>input_image</c>.</param>
    /// <param name="item">The index of its item, or -1 for a field of the request itself.</param>
    /// <param name="at">Its index.</param>
    /// <param name="attempt">Takes what is wrong and what is lost.</param>
    /// <param name="json">The upstream's body.</param>
    /// <param name="url">The address.</param>
    public static bool TryImage(JsonView part, int item, int at, ResponsesEdgeRequest attempt, JsonWriter json, out JsonView url)
    {
        url = part["image_url"u8].IsObject ? part["image_url"u8]["url"u8] : part["image_url"u8];
        if (!url.IsString || url.IsEmpty)
        {
            attempt.Refuse(InputParts.Path(item, at), "Uploaded images stay with their provider: send the image itself as 'image_url' (data:image/png;base64,… or an https address).");
            return false;
        }

        if (attempt.Context.Traits.Images) return true;
        attempt.Lose(ResponsesLosses.Images);
        WriteNote(json, "[An image was left out: this model sees none.]"u8);
        return false;
    }

    /// <summary>The content of a file, or its address. False as for images.</summary>
    /// <param name="part">The <c>input_file</c>.</param>
    /// <param name="item">The index of its item, or -1 for a field of the request itself.</param>
    /// <param name="at">Its index.</param>
    /// <param name="attempt">Takes what is wrong and what is lost.</param>
    /// <param name="json">The upstream's body.</param>
    /// <param name="data">Its content; no string when there is only an address.</param>
    /// <param name="url">Its address.</param>
    public static bool TryFile(JsonView part, int item, int at, ResponsesEdgeRequest attempt, JsonWriter json, out JsonView data, out JsonView url)
    {
        data = part["file_data"u8];
        url = part["file_url"u8];
        if (!data.IsString && !url.IsString)
        {
            attempt.Refuse(InputParts.Path(item, at), "Uploaded files stay with their provider: send the content as 'file_data' (data:application/pdf;base64,…).");
            return false;
        }

        if (attempt.Context.Traits.Documents) return true;
        attempt.Lose(ResponsesLosses.Documents);
        WriteNote(json, "[A document was left out: this model reads none.]"u8);
        return false;
    }

    /// <summary>Writes a part with text of our own, in the form that Messages and Chat share.</summary>
    public static void WriteNote(JsonWriter json, ReadOnlySpan<byte> text)
    {
        json.BeginObject();
        json.String("type"u8, "text"u8);
        json.String("text"u8, text);
        json.EndObject();
    }
}
