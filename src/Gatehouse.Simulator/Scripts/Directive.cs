namespace Gatehouse.Simulator.Scripts;

/// <summary>One bracketed order in a prompt, for instance <c>[tool Bash {"command":"ls"}]</c>.</summary>
/// <param name="Verb">The first word.</param>
/// <param name="Name">The tool named, for <c>tool</c> and <c>custom</c>; else empty.</param>
/// <param name="Argument">The rest: JSON for <c>tool</c>, text or a number otherwise.</param>
internal sealed record Directive(string Verb, string Name, string Argument)
{
    private static readonly string[] s_verbs = ["tool", "custom", "say", "think", "redacted", "long", "slow", "then", "refuse", "hosted"];

    /// <summary>The argument as a number of at most <paramref name="most"/>; 0 when it is none.</summary>
    public int Number(int most) =>
        int.TryParse(Argument, System.Globalization.CultureInfo.InvariantCulture, out var n) ? Math.Clamp(n, 0, most) : 0;

    /// <summary>Reads every directive of a text, in order. What is not one is left alone.</summary>
    public static List<Directive> ReadAll(string text)
    {
        var found = new List<Directive>();
        var at = 0;
        while ((at = text.IndexOf('[', at)) >= 0)
        {
            var (directive, end) = ReadAt(text, at + 1);
            if (directive is not null) found.Add(directive);
            at = end;
        }
        return found;
    }

    private static (Directive? Found, int End) ReadAt(string text, int start)
    {
        foreach (var verb in s_verbs)
        {
            var after = start + verb.Length;
            if (after >= text.Length || string.CompareOrdinal(text, start, verb, 0, verb.Length) != 0) continue;
            if (text[after] == ']') return (new Directive(verb, "", ""), after + 1);
            if (text[after] == ' ') return ReadArgument(text, verb, after + 1);
        }
        return (null, start);
    }

    private static (Directive? Found, int End) ReadArgument(string text, string verb, int at)
    {
        var name = "";
        if (verb is "tool" or "custom")
        {
            var stop = text.AsSpan(at).IndexOfAny(" ]{\n");
            if (stop <= 0) return (null, at);
            name = text.Substring(at, stop);
            at += stop;
            while (at < text.Length && text[at] is ' ' or '\n') at++;
        }
        var end = verb == "tool" && at < text.Length && text[at] == '{' ? EndOfObject(text, at) : text.IndexOf(']', at);
        if (end < 0 || end >= text.Length || text.IndexOf(']', end) is var close && close < 0) return (null, at);
        return (new Directive(verb, name, text[at..end].Trim()), close + 1);
    }

    /// <summary>Finds the end of a JSON object by its braces, so that brackets inside it do not end the directive. -1 = none.</summary>
    private static int EndOfObject(string text, int at)
    {
        var depth = 0;
        var quoted = false;
        for (; at < text.Length; at++)
        {
            var c = text[at];
            if (quoted)
            {
                if (c == '\\') at++;
                else if (c == '"') quoted = false;
            }
            else if (c == '"') quoted = true;
            else if (c == '{') depth++;
            else if (c == '}' && --depth == 0) return at + 1;
        }
        return -1;
    }
}
