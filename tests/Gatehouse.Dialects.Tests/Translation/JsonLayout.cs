using System.Text;

namespace Gatehouse.Dialects.Tests.Translation;

/// <summary>
/// Lays JSON out for reading and packs it again, token by token: strings, numbers and the order of members stay as they are to the byte, which
/// a parser and a printer would not promise.
/// </summary>
internal static class JsonLayout
{
    private const int LongestLine = 120;

    /// <summary>Takes away all white space between tokens.</summary>
    public static string Pack(string json)
    {
        var packed = new StringBuilder(json.Length);
        var inString = false;
        for (var at = 0; at < json.Length; at++)
        {
            var character = json[at];
            if (inString && character == '\\')
            {
                packed.Append(character).Append(json[++at]);
                continue;
            }

            if (character == '"') inString = !inString;
            if (inString || !char.IsWhiteSpace(character)) packed.Append(character);
        }

        return packed.ToString();
    }

    /// <summary>Lays packed JSON out: what fits on one line stays on one.</summary>
    public static string Unfold(string json)
    {
        var output = new StringBuilder();
        Write(Pack(json), 0, 0, output);
        return output.ToString();
    }

    private static void Write(string value, int depth, int before, StringBuilder output)
    {
        if (value.Length < 3 || value[0] is not ('{' or '[') || (depth > 0 && value.Length + before + 2 * depth <= LongestLine))
        {
            output.Append(value);
            return;
        }

        output.Append(value[0]).Append('\n');
        var parts = Parts(value[1..^1]);
        for (var i = 0; i < parts.Count; i++)
        {
            output.Append(' ', 2 * (depth + 1));
            var name = value[0] == '{' ? StringEnd(parts[i]) + 1 : 0;
            if (name > 0) output.Append(parts[i].AsSpan(0, name)).Append(' ');
            Write(parts[i][name..], depth + 1, name + 1, output);
            output.Append(i + 1 < parts.Count ? ",\n" : "\n");
        }

        output.Append(' ', 2 * depth).Append(value[^1]);
    }

    private static List<string> Parts(string inside)
    {
        var parts = new List<string>();
        var (depth, start) = (0, 0);
        for (var at = 0; at < inside.Length; at++)
        {
            if (inside[at] == '"') at += StringEnd(inside[at..]) - 1;
            else if (inside[at] is '{' or '[') depth++;
            else if (inside[at] is '}' or ']') depth--;
            else if (inside[at] == ',' && depth == 0)
            {
                parts.Add(inside[start..at]);
                start = at + 1;
            }
        }

        parts.Add(inside[start..]);
        return parts;
    }

    private static int StringEnd(string text)
    {
        var at = 1;
        while (text[at] != '"') at += text[at] == '\\' ? 2 : 1;
        return at + 1;
    }
}
