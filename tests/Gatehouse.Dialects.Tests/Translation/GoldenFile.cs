using System.Text;

namespace Gatehouse.Dialects.Tests.Translation;

/// <summary>One fixture: a few words of what it shows, then sections under lines of the form <c>=== name</c>.</summary>
internal sealed class GoldenFile
{
    private const string Heading = "=== ";
    private static readonly string[] s_order =
    [
        "context", "request", "refusal", "upstream request", "headers", "losses", "answer", "facts", "client events", "client document", "failure", "answer losses", "remembered",
    ];

    private readonly Dictionary<string, string> _sections = [];
    private string _about = "";

    /// <summary>The folder that the fixtures were copied to.</summary>
    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "Translation", "Goldens");

    /// <summary>The text of a section, or null.</summary>
    public string? this[string name]
    {
        get => _sections.GetValueOrDefault(name);
        set
        {
            if (value is null) _sections.Remove(name);
            else _sections[name] = value;
        }
    }

    /// <summary>Reads a fixture; a section that nobody knows is a mistake.</summary>
    public static GoldenFile Read(string path)
    {
        var file = new GoldenFile();
        var text = new StringBuilder();
        string? section = null;
        foreach (var line in File.ReadAllLines(path).Append(Heading))
        {
            if (!line.StartsWith(Heading, StringComparison.Ordinal))
            {
                text.Append(line).Append('\n');
                continue;
            }

            var whole = text.ToString().Trim('\n');
            if (section is null) file._about = whole;
            else if (!file._sections.TryAdd(section, whole)) throw new InvalidDataException($"{path}: two sections '{section}'.");
            text.Clear();
            section = line[Heading.Length..].Trim();
            if (section.Length > 0 && !s_order.Contains(section)) throw new InvalidDataException($"{path}: unknown section '{section}'.");
        }

        return file;
    }

    /// <summary>The fixture as it is kept: sections in their order.</summary>
    public override string ToString()
    {
        var text = new StringBuilder(_about).Append('\n');
        foreach (var name in s_order)
        {
            if (_sections.TryGetValue(name, out var section)) text.Append(Heading).Append(name).Append('\n').Append(section).Append('\n');
        }

        return text.ToString();
    }
}
