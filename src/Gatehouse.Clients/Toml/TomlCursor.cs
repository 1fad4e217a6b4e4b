using System.Text;
using Gatehouse.Clients.Edits;

namespace Gatehouse.Clients.Toml;

/// <summary>A place in a TOML text that moves forward, with what every part of the grammar needs. Used once, by one thread.</summary>
internal sealed class TomlCursor(SourceText text)
{
    /// <summary>The text.</summary>
    public SourceText Text { get; } = text;

    /// <summary>The offset of the next byte.</summary>
    public int At { get; set; } = text.Start;

    /// <summary>How many arrays and inline tables are open.</summary>
    public int Depth { get; set; }

    /// <summary>Whether the text is at its end.</summary>
    public bool AtEnd => At >= Text.Length;

    /// <summary>The next byte; 0 at the end.</summary>
    public byte Next => Text[At];

    /// <summary>Whether the text goes on with these bytes.</summary>
    public bool Sees(ReadOnlySpan<byte> bytes) => Text.Bytes[At..].StartsWith(bytes);

    /// <summary>Moves over a byte if it is the next one.</summary>
    public bool Take(char letter)
    {
        if (Next != letter || AtEnd) return false;
        At++;
        return true;
    }

    /// <summary>Moves over blanks and tabs.</summary>
    public void SkipSpaces()
    {
        while (Next is (byte)' ' or (byte)'\t') At++;
    }

    /// <summary>Moves over a comment, if one begins here, up to its line end.</summary>
    public void SkipComment()
    {
        if (Next != '#') return;
        while (!AtEnd && Next != '\n' && !Sees("\r\n"u8))
        {
            if (IsControl(Next)) throw Fault(At, Next == '\r' ? "a carriage return without a line feed" : "a control character in a comment");
            At++;
        }
    }

    /// <summary>Moves over one line end; false when none is here.</summary>
    public bool TakeLineEnd()
    {
        if (Sees("\r\n"u8)) At += 2;
        else if (!Take('\n')) return false;
        return true;
    }

    /// <summary>Moves over blanks, comments and line ends.</summary>
    public void SkipLines()
    {
        do
        {
            SkipSpaces();
            SkipComment();
        }
        while (TakeLineEnd());
    }

    /// <summary>Moves over the rest of a line that may hold a comment only.</summary>
    public void EndLine(string after)
    {
        SkipSpaces();
        SkipComment();
        if (!TakeLineEnd() && !AtEnd) throw Fault(At, $"nothing but a comment may follow {after} on its line");
    }

    /// <summary>Whether a byte is a control character that TOML bans from text (a tab is not).</summary>
    public static bool IsControl(byte letter) => letter is < 0x20 and not (byte)'\t' or 0x7F;

    /// <summary>Appends the bytes between two offsets to a text.</summary>
    public void Append(StringBuilder result, int start) => result.Append(Text.Slice(start, At));

    /// <summary>A fault at an offset, to be thrown.</summary>
    public SyntaxException Fault(int offset, string message) => new(Text.Fault(offset, message));
}
