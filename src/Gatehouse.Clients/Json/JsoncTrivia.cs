using Gatehouse.Clients.Edits;

namespace Gatehouse.Clients.Json;

/// <summary>Blanks, line ends and comments between JSON's tokens.</summary>
internal static class JsoncTrivia
{
    /// <summary>Behind the blanks and line ends that begin at an offset.</summary>
    public static int Blanks(SourceText text, int at)
    {
        while (text[at] is (byte)' ' or (byte)'\t' or (byte)'\n' or (byte)'\r') at++;
        return at;
    }

    /// <summary>Behind the blanks and tabs that begin at an offset, on the same line.</summary>
    public static int Spaces(SourceText text, int at)
    {
        while (text[at] is (byte)' ' or (byte)'\t') at++;
        return at;
    }

    /// <summary>Where the blanks and line ends begin that end at an offset.</summary>
    public static int BlanksBefore(SourceText text, int at)
    {
        while (at > text.Start && text[at - 1] is (byte)' ' or (byte)'\t' or (byte)'\n' or (byte)'\r') at--;
        return at;
    }

    /// <summary>Behind the comment that begins at an offset, a line comment without its line end; -1 when none begins there or it is not closed.</summary>
    public static int Comment(SourceText text, int at)
    {
        var rest = text.Bytes[at..];
        if (rest.StartsWith("//"u8))
        {
            var end = rest.IndexOfAny((byte)'\n', (byte)'\r');
            return end < 0 ? text.Length : at + end;
        }
        if (!rest.StartsWith("/*"u8)) return -1;
        var close = rest[2..].IndexOf("*/"u8);
        return close < 0 ? -1 : at + 2 + close + 2;
    }

    /// <summary>Behind the comments that follow an offset on its line, or the offset itself.</summary>
    public static int CommentsOnLine(SourceText text, int at)
    {
        while (Spaces(text, at) is var next && text[next] == '/') at = Comment(text, next);
        return at;
    }

    /// <summary>The comments between two offsets that hold nothing else: where the last one ends, -1 when there is none.</summary>
    public static int LastCommentEnd(SourceText text, int at, int end)
    {
        var last = -1;
        while (Blanks(text, at) is var next && next < end && text[next] == '/') at = last = Comment(text, next);
        return last;
    }

    /// <summary>Whether the last comment between two offsets that hold nothing else is one that the line end closes.</summary>
    public static bool EndsInLineComment(SourceText text, int at, int end)
    {
        var isLine = false;
        while (Blanks(text, at) is var next && next < end && text[next] == '/')
        {
            isLine = text[next + 1] == '/';
            at = Comment(text, next);
        }
        return isLine;
    }

    /// <summary>Whether there is a line end between two offsets.</summary>
    public static bool HasLineEnd(SourceText text, int start, int end) => text.Bytes[start..end].ContainsAny((byte)'\n', (byte)'\r');
}
