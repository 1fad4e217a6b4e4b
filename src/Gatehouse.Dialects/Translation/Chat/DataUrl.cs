using System.Text;

namespace Gatehouse.Dialects.Translation.Chat;

/// <summary>A <c>data:</c> URL taken apart: media type and base64 content. Valid as long as the text that it was read from.</summary>
internal readonly ref struct DataUrl
{
    private DataUrl(ReadOnlySpan<byte> mediaType, ReadOnlySpan<byte> data)
    {
        MediaType = mediaType;
        Data = data;
    }

    /// <summary>The media type without parameters, as written; empty when the URL names none.</summary>
    public ReadOnlySpan<byte> MediaType { get; }

    /// <summary>The content in base64.</summary>
    public ReadOnlySpan<byte> Data { get; }

    /// <summary>Whether a text begins as such a URL.</summary>
    public static bool IsData(ReadOnlySpan<byte> plain) => plain.Length >= 5 && Ascii.EqualsIgnoreCase(plain[..5], "data:"u8);

    /// <summary>Reads one; false when it is none, or its content is not base64.</summary>
    public static bool TryRead(ReadOnlySpan<byte> plain, out DataUrl url)
    {
        url = default;
        if (!IsData(plain)) return false;
        var comma = plain.IndexOf((byte)',');
        if (comma < 0) return false;
        var head = plain[5..comma];
        if (!head.EndsWith(";base64"u8)) return false;
        var end = head.IndexOf((byte)';');
        var data = plain[(comma + 1)..];
        if (data.IsEmpty || data.IndexOfAnyExcept(Base64Letters) >= 0) return false;
        url = new DataUrl(head[..end], data);
        return true;
    }

    private static readonly System.Buffers.SearchValues<byte> Base64Letters =
        System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="u8);
}
