using System.Text;
using Gatehouse.Clients.Edits;

namespace Gatehouse.Clients.Toml;

/// <summary>How entries look beside which a new one is put: its indent, its equals sign, its quotes.</summary>
internal sealed record TomlStyle(string Indent, string Equal, bool Literal)
{
    /// <summary>The style of the entries in a section or inline table; of a document's first entries when there are none here.</summary>
    public static TomlStyle Of(TomlDocument document, IReadOnlyList<TomlEntry> entries, int start)
    {
        var text = document.Text;
        var near = entries.Count > 0 ? entries : document.Sections.Select(section => section.Entries).FirstOrDefault(section => section.Count > 0) ?? [];
        var indent = text.Indent(entries.Count > 0 ? entries[^1].Key.Start : start);
        var strings = near.LastOrDefault(entry => entry.Node.Value is ConfigString);
        var equal = near.Count > 0 && text.Slice(near[^1].Key.End, near[^1].Node.Start) == "=" ? "=" : " = ";
        return new TomlStyle(indent, equal, strings is not null && text[strings.Node.Start] == '\'');
    }

    /// <summary>A key with its value.</summary>
    public string Entry(IEnumerable<string> key, ConfigValue value) => TomlKeys.Write(key) + Equal + Write(value);

    /// <summary>A value on one line. Raw text is taken as it is.</summary>
    public string Write(ConfigValue value) => value switch
    {
        ConfigRaw at => at.Source,
        ConfigString at => TomlStrings.Write(at.Text, Literal),
        ConfigNumber at => at.Text,
        ConfigTime at => at.Text,
        ConfigBoolean at => at.Value ? "true" : "false",
        ConfigArray at => $"[{string.Join(", ", at.Items.Select(Write))}]",
        ConfigObject { Members.Count: 0 } => "{}",
        ConfigObject at => $"{{ {string.Join(", ", at.Members.Select(member => TomlKeys.Write(member.Key) + " = " + Write(member.Value)))} }}",
        _ => throw new ArgumentException($"TOML has no way to write {value.Kind}", nameof(value)),
    };

    /// <summary>Whether TOML has a way to write a value: it has no null, and no half of a surrogate pair.</summary>
    public static bool CanWrite(ConfigValue value) => value switch
    {
        ConfigNull => false,
        ConfigString at => IsPaired(at.Text),
        ConfigArray at => at.Items.All(CanWrite),
        ConfigObject at => at.Members.All(member => IsPaired(member.Key) && CanWrite(member.Value)),
        _ => true,
    };

    private static bool IsPaired(string text) => !text.EnumerateRunes().Any(rune => rune == Rune.ReplacementChar) || text.Contains('\uFFFD', StringComparison.Ordinal);
}
