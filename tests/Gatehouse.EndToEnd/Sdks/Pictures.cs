using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Gatehouse.EndToEnd.Sdks;

/// <summary>What is shown to models.</summary>
internal static class Pictures
{
    /// <summary>One pixel, as the Node scripts show it: a PNG in base64.</summary>
    public const string Png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

    /// <summary>A black square of that many pixels a side: a PNG in base64.</summary>
    public static string Square(int side)
    {
        using var file = new MemoryStream();
        file.Write([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]);
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, side);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), side);
        // Eight bits of grey.
        header[8] = 8;
        Chunk(file, "IHDR", header);
        using var pixels = new MemoryStream();
        using (var packed = new ZLibStream(pixels, CompressionLevel.Fastest, leaveOpen: true)) packed.Write(new byte[(side + 1) * side]);
        Chunk(file, "IDAT", pixels.ToArray());
        Chunk(file, "IEND", []);
        return Convert.ToBase64String(file.ToArray());
    }

    private static void Chunk(MemoryStream file, string name, byte[] data)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        file.Write(number);
        byte[] named = [.. Encoding.ASCII.GetBytes(name), .. data];
        file.Write(named);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc(named));
        file.Write(number);
    }

    private static uint Crc(byte[] bytes)
    {
        var crc = uint.MaxValue;
        foreach (var one in bytes)
        {
            crc ^= one;
            for (var bit = 0; bit < 8; bit++) crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ 0xEDB88320;
        }

        return ~crc;
    }
}
