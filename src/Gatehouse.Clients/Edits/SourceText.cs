using System.Buffers;
using System.Text;

namespace Gatehouse.Clients.Edits;

/// <summary>
/// The bytes of a document that are known to be UTF-8, with or without a byte order mark. Offsets are byte offsets into the whole file, the
/// mark included, so that splices need no translation. Immutable and thread-safe.
/// </summary>
internal sealed class SourceText
{
    /// <summary>How deep values may nest. Far beyond any configuration file, and far below what would exhaust a stack.</summary>
    public const int DepthLimit = 100;

    /// <summary>The largest document that is read, in bytes.</summary>
    public const int SizeLimit = 16 * 1024 * 1024;

    private static readonly UTF8Encoding _strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly byte[] _bytes;

    private SourceText(byte[] bytes, int start) => (_bytes, Start, NewLine) = (bytes, start, CommonNewLine(bytes));

    /// <summary>The whole file.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>Where the text begins: behind the byte order mark, if there is one.</summary>
    public int Start { get; }

    /// <summary>The length of the whole file in bytes.</summary>
    public int Length => _bytes.Length;

    /// <summary>What most lines end in; a line feed when there is no line end yet.</summary>
    public string NewLine { get; }

    /// <summary>The byte at an offset; 0 at and behind the end, which no document may hold.</summary>
    public byte this[int offset] => (uint)offset < (uint)_bytes.Length ? _bytes[offset] : (byte)0;

    /// <summary>Takes the bytes of a file, or says why they are not text that can be edited.</summary>
    public static SourceText? Read(ReadOnlySpan<byte> bytes, out SyntaxFault? fault)
    {
        fault = null;
        if (bytes.Length > SizeLimit) fault = new SyntaxFault(1, 1, $"the file has more than {SizeLimit / 1024 / 1024} MiB");
        else if (bytes.StartsWith<byte>([0xFF, 0xFE]) || bytes.StartsWith<byte>([0xFE, 0xFF]))
            fault = new SyntaxFault(1, 1, "the file is UTF-16 or UTF-32; only UTF-8 is edited");
        if (fault is not null) return null;
        var text = new SourceText(bytes.ToArray(), bytes.StartsWith<byte>([0xEF, 0xBB, 0xBF]) ? 3 : 0);
        if (InvalidByte(bytes) is { } at) fault = text.Fault(at, "not valid UTF-8 here; only UTF-8 is edited");
        else if (bytes.IndexOf((byte)0) is >= 0 and var zero) fault = text.Fault(zero, "a NUL character; the file is not UTF-8 text");
        return fault is null ? text : null;
    }

    /// <summary>A fault at an offset.</summary>
    public SyntaxFault Fault(int offset, string message)
    {
        var (line, column) = Place(offset);
        return new SyntaxFault(line, column, message);
    }

    /// <summary>Line and column of an offset, both from 1.</summary>
    public (int Line, int Column) Place(int offset)
    {
        var before = Bytes[Start..Math.Clamp(offset, Start, _bytes.Length)];
        var lineStart = before.LastIndexOf((byte)'\n') + 1;
        var column = 1;
        foreach (var part in before[lineStart..])
        {
            if ((part & 0xC0) != 0x80) column++;
        }
        return (before.Count((byte)'\n') + 1, column);
    }

    /// <summary>The text between two offsets.</summary>
    public string Slice(int start, int end) => _strict.GetString(_bytes, start, end - start);

    /// <summary>The offset where the line of an offset begins.</summary>
    public int LineStart(int offset) => Start + Bytes[Start..offset].LastIndexOf((byte)'\n') + 1;

    /// <summary>The offset behind the line end of the line of an offset, or the end of the file.</summary>
    public int NextLine(int offset)
    {
        var at = Bytes[offset..].IndexOf((byte)'\n');
        return at < 0 ? _bytes.Length : offset + at + 1;
    }

    /// <summary>The blanks and tabs that the line of an offset begins with.</summary>
    public string Indent(int offset)
    {
        var start = LineStart(offset);
        var end = start;
        while (this[end] is (byte)' ' or (byte)'\t') end++;
        return Slice(start, Math.Min(end, offset));
    }

    private static int? InvalidByte(ReadOnlySpan<byte> bytes)
    {
        for (var at = 0; at < bytes.Length;)
        {
            if (Rune.DecodeFromUtf8(bytes[at..], out _, out var length) != OperationStatus.Done) return at;
            at += length;
        }
        return null;
    }

    private static string CommonNewLine(ReadOnlySpan<byte> bytes)
    {
        var pairs = bytes.Count("\r\n"u8);
        return pairs > bytes.Count((byte)'\n') - pairs ? "\r\n" : "\n";
    }
}
