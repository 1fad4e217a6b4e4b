using Gatehouse.Clients.Edits;

namespace Gatehouse.Clients.Toml;

/// <summary>A value in a TOML text and where it stands. Offsets are in bytes.</summary>
/// <param name="Start">Its first byte.</param>
/// <param name="End">Behind its last byte.</param>
/// <param name="Value">What it says.</param>
/// <param name="Entries">The entries of an inline table; null for anything else.</param>
internal sealed record TomlNode(int Start, int End, ConfigValue Value, IReadOnlyList<TomlEntry>? Entries = null);

/// <summary>A key, dotted or not: its parts without quotes, and where it stands.</summary>
internal sealed record TomlKey(IReadOnlyList<string> Parts, int Start, int End);

/// <summary>A key with its value.</summary>
internal sealed record TomlEntry(TomlKey Key, TomlNode Node);

/// <summary>A header with the entries below it, or the entries before the first header.</summary>
/// <param name="Header">The table's path; null for the entries before the first header.</param>
/// <param name="IsArray">Whether the header is of an array of tables.</param>
/// <param name="Start">Where the header's first bracket stands; the start of the text when there is none.</param>
/// <param name="End">Behind the header's last bracket; the start of the text when there is none.</param>
/// <param name="Entries">The entries, in order.</param>
/// <param name="IsInArray">Whether the table is an item of an array of tables, or lies in one.</param>
internal sealed record TomlSection(TomlKey? Header, bool IsArray, int Start, int End, List<TomlEntry> Entries, bool IsInArray)
{
    /// <summary>The table's path; empty for the root.</summary>
    public IReadOnlyList<string> Path => Header?.Parts ?? [];

    /// <summary>Behind the last thing of the section: its last value, or the header.</summary>
    public int ContentEnd => Entries.Count > 0 ? Entries[^1].Node.End : End;
}
