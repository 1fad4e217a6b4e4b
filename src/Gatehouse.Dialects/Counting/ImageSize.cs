using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Counting;

/// <summary>
/// Tokens of an image, from its width and height where they can be read off its first bytes (PNG, GIF, JPEG, WebP). Vendors shrink large images to about
/// 1,568 pixels on the long side and charge an area of about 750 pixels per token (platform.claude.com/docs/en/build-with-claude/vision).
/// </summary>
internal static class ImageSize
{
    private const int Unknown = 1_000;
    private const double LongestSide = 1_568;
    private const double PixelsPerToken = 750;
    private const int HeadChars = 64 * 1024;

    /// <summary>Tokens of an image block of any dialect; an average for an image that is only named.</summary>
    public static long Tokens(JsonView block)
    {
        var data = block["source"u8]["data"u8];
        if (!data.IsString)
        {
            data = block["image_url"u8];
            if (data.IsObject) data = data["url"u8];
        }

        var text = data.Escaped;
        var comma = text.StartsWith("data:"u8) ? text.IndexOf((byte)',') : -1;
        if (comma >= 0) text = text[(comma + 1)..];
        else if (!block["source"u8]["data"u8].IsString) return Unknown;

        var taken = text[..Math.Min(text.Length, HeadChars)];
        using var decoded = new PooledBuffer();
        taken = taken[..(taken.Length / 4 * 4)];
        if (Base64.DecodeFromUtf8(taken, decoded.GetSpan(Base64.GetMaxDecodedFromUtf8Length(taken.Length)), out _, out var written, taken.Length == text.Length) is
            OperationStatus.InvalidData) return Unknown;
        decoded.Advance(written);
        return TryRead(decoded.Written, out var width, out var height) ? OfPixels(width, height) : Unknown;
    }

    private static long OfPixels(double width, double height)
    {
        var scale = Math.Min(1, LongestSide / Math.Max(1, Math.Max(width, height)));
        return (long)Math.Ceiling(width * scale * height * scale / PixelsPerToken);
    }

    private static bool TryRead(ReadOnlySpan<byte> bytes, out int width, out int height)
    {
        (width, height) = (0, 0);
        if (bytes.Length >= 24 && bytes[0] == 0x89 && bytes[1..].StartsWith("PNG"u8))
        {
            width = BinaryPrimitives.ReadInt32BigEndian(bytes[16..]);
            height = BinaryPrimitives.ReadInt32BigEndian(bytes[20..]);
        }
        else if (bytes.Length >= 10 && bytes.StartsWith("GIF8"u8))
        {
            width = BinaryPrimitives.ReadUInt16LittleEndian(bytes[6..]);
            height = BinaryPrimitives.ReadUInt16LittleEndian(bytes[8..]);
        }
        else if (bytes.Length >= 30 && bytes.StartsWith("RIFF"u8) && bytes[8..].StartsWith("WEBPVP8X"u8))
        {
            width = 1 + (bytes[24] | bytes[25] << 8 | bytes[26] << 16);
            height = 1 + (bytes[27] | bytes[28] << 8 | bytes[29] << 16);
        }
        else if (bytes.Length >= 4 && bytes[0] == 0xFF && bytes[1] == 0xD8)
            ReadJpeg(bytes, out width, out height);
        return width > 0 && height > 0;
    }

    /// <summary>Walks a JPEG's segments up to the frame header (SOF0 to SOF15, less the four that mean something else).</summary>
    private static void ReadJpeg(ReadOnlySpan<byte> bytes, out int width, out int height)
    {
        (width, height) = (0, 0);
        for (var at = 2; at + 9 < bytes.Length && bytes[at] == 0xFF;)
        {
            var marker = bytes[at + 1];
            if (marker is >= 0xC0 and <= 0xCF and not 0xC4 and not 0xC8 and not 0xCC)
            {
                height = BinaryPrimitives.ReadUInt16BigEndian(bytes[(at + 5)..]);
                width = BinaryPrimitives.ReadUInt16BigEndian(bytes[(at + 7)..]);
                return;
            }

            at += 2 + BinaryPrimitives.ReadUInt16BigEndian(bytes[(at + 2)..]);
        }
    }
}
