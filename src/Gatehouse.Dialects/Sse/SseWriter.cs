using System.Buffers;

namespace Gatehouse.Dialects.Sse;

/// <summary>Writes server-sent events as the vendors do: an optional <c>event:</c> line, one <c>data:</c> line, a blank line, LF endings.</summary>
public static class SseWriter
{
    /// <summary>Writes one event with a name and a single-line payload.</summary>
    public static void WriteEvent(IBufferWriter<byte> output, ReadOnlySpan<byte> name, ReadOnlySpan<byte> data)
    {
        output.Write("event: "u8);
        output.Write(name);
        output.Write("\n"u8);
        WriteData(output, data);
    }

    /// <summary>Writes one nameless event with a single-line payload.</summary>
    public static void WriteData(IBufferWriter<byte> output, ReadOnlySpan<byte> data)
    {
        output.Write("data: "u8);
        output.Write(data);
        output.Write("\n\n"u8);
    }

    /// <summary>Writes a comment, which every client ignores.</summary>
    public static void WriteComment(IBufferWriter<byte> output, ReadOnlySpan<byte> text)
    {
        output.Write(": "u8);
        output.Write(text);
        output.Write("\n\n"u8);
    }
}
