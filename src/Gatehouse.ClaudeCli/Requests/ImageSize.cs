using System.Buffers.Binary;

namespace Gatehouse.ClaudeCli.Requests;

/// <summary>How large an image is, read off the first bytes of its file. Formats: PNG, JPEG, GIF, WebP, which are those that the vendor takes.</summary>
internal static class ImageSize
{
    /// <summary>Reads width and height in pixels; false when the bytes are no image that is known here.</summary>
    public static bool TryRead(ReadOnlySpan<byte> file, out int width, out int height)
    {
        (width, height) = (0, 0);
        if (file.Length < 30) return false;
        if (file[0] == 0x89 && file[1..].StartsWith("PNG\r\n"u8))
            (width, height) = (BinaryPrimitives.ReadInt32BigEndian(file[16..]), BinaryPrimitives.ReadInt32BigEndian(file[20..]));
        else if (file.StartsWith("GIF8"u8))
            (width, height) = (BinaryPrimitives.ReadUInt16LittleEndian(file[6..]), BinaryPrimitives.ReadUInt16LittleEndian(file[8..]));
        else if (file.StartsWith("RIFF"u8) && file[8..].StartsWith("WEBP"u8)) (width, height) = WebP(file[12..]);
        else if (file[0] == 0xFF && file[1] == 0xD8) (width, height) = Jpeg(file);
        return width > 0 && height > 0;
    }

    // The chunk's name says how the picture is packed; each packing has its own place for the size.
    private static (int Width, int Height) WebP(ReadOnlySpan<byte> chunk)
    {
        if (chunk.StartsWith("VP8X"u8)) return (1 + Of24(chunk[12..]), 1 + Of24(chunk[15..]));
        if (chunk.StartsWith("VP8 "u8))
            return (BinaryPrimitives.ReadUInt16LittleEndian(chunk[14..]) & 0x3FFF, BinaryPrimitives.ReadUInt16LittleEndian(chunk[16..]) & 0x3FFF);
        if (!chunk.StartsWith("VP8L"u8)) return default;
        var packed = BinaryPrimitives.ReadUInt32LittleEndian(chunk[9..]);
        return (1 + (int)(packed & 0x3FFF), 1 + (int)((packed >> 14) & 0x3FFF));
    }

    // Segments follow one another, each with its length; the frame's header (C0 to CF but for C4, C8 and CC) has the size.
    private static (int Width, int Height) Jpeg(ReadOnlySpan<byte> file)
    {
        for (var at = 2; at + 9 < file.Length && file[at] == 0xFF;)
        {
            var marker = file[at + 1];
            if (marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC))
                return (BinaryPrimitives.ReadUInt16BigEndian(file[(at + 7)..]), BinaryPrimitives.ReadUInt16BigEndian(file[(at + 5)..]));
            at += 2 + BinaryPrimitives.ReadUInt16BigEndian(file[(at + 2)..]);
        }

        return default;
    }

    private static int Of24(ReadOnlySpan<byte> bytes) => bytes[0] | bytes[1] << 8 | bytes[2] << 16;
}
