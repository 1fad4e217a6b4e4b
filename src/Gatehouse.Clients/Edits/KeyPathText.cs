using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Gatehouse.Clients.Edits;

/// <summary>Key paths as text, both ways.</summary>
internal static class KeyPathText
{
    /// <summary>Steps as text: keys joined by dots, items in brackets.</summary>
    public static string Write(IReadOnlyList<PathStep> steps)
    {
        var text = new StringBuilder();
        foreach (var step in steps)
        {
            if (step.IsItem) text.Append('[').Append(Key(step.Name)).Append('=').Append(Quoted(step.Value!)).Append(']');
            else text.Append(text.Length > 0 ? "." : "").Append(Key(step.Name));
        }
        return text.ToString();
    }

    /// <summary>The steps of a text, or a FormatException.</summary>
    public static IReadOnlyList<PathStep> Read(string text)
    {
        var steps = new List<PathStep>();
        var at = 0;
        while (at < text.Length)
        {
            if (text[at] == '[')
            {
                at++;
                var name = ReadKey(text, ref at);
                Expect(text, ref at, '=');
                steps.Add(new PathStep(name, ReadQuoted(text, ref at)));
                Expect(text, ref at, ']');
                continue;
            }
            if (steps.Count > 0) Expect(text, ref at, '.');
            steps.Add(new PathStep(ReadKey(text, ref at)));
        }
        return steps;
    }

    private static string Key(string name) => name.Length > 0 && name.All(IsBare) ? name : Quoted(name);

    private static string Quoted(string text) => $"\"{JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";

    private static bool IsBare(char letter) => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-' or '$';

    private static string ReadKey(string text, ref int at)
    {
        if (at < text.Length && text[at] == '"') return ReadQuoted(text, ref at);
        var start = at;
        while (at < text.Length && IsBare(text[at])) at++;
        return at > start ? text[start..at] : throw new FormatException($"a key is missing at {start} of the path {text}");
    }

    private static string ReadQuoted(string text, ref int at)
    {
        var start = at;
        Expect(text, ref at, '"');
        while (at < text.Length && text[at] != '"') at += text[at] == '\\' ? 2 : 1;
        Expect(text, ref at, '"');
        try
        {
            return JsonDocument.Parse(text[start..at]).RootElement.GetString()!;
        }
        catch (JsonException fault)
        {
            throw new FormatException($"a string is not closed in the path {text}", fault);
        }
    }

    private static void Expect(string text, ref int at, char letter)
    {
        if (at >= text.Length || text[at] != letter) throw new FormatException($"'{letter}' is missing at {at} of the path {text}");
        at++;
    }
}
