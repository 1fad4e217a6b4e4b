using Gatehouse.Clients.Edits;

namespace Gatehouse.Clients.Toml;

/// <summary>Reads a TOML 1.0 document into its sections and tables. Used once, by one thread.</summary>
internal sealed class TomlReader(SourceText text)
{
    private readonly TomlCursor _cursor = new(text);

    /// <summary>The sections in the order of the text; the first has no header.</summary>
    public List<TomlSection> Sections { get; } = [];

    /// <summary>The root table.</summary>
    public TomlTable Root { get; } = new(TomlTableKind.Header);

    /// <summary>Reads the whole document. Throws <see cref="SyntaxException"/>.</summary>
    public void Read()
    {
        Sections.Add(new TomlSection(null, false, text.Start, text.Start, [], false));
        var table = Root;
        while (true)
        {
            _cursor.SkipLines();
            if (_cursor.AtEnd) return;
            if (_cursor.Next == '[') table = Header();
            else
            {
                var entry = TomlValues.Entry(_cursor);
                table.Add(entry, _cursor);
                Sections[^1].Entries.Add(entry);
                _cursor.EndLine("a value");
            }
        }
    }

    private TomlTable Header()
    {
        var start = _cursor.At;
        _cursor.Take('[');
        var isArray = _cursor.Take('[');
        var key = TomlKeys.Read(_cursor);
        if (!_cursor.Take(']') || (isArray && !_cursor.Take(']'))) throw _cursor.Fault(_cursor.At, isArray ? "']]' is missing behind the table's name" : "']' is missing behind the table's name");
        var table = Root.ByHeader(key, isArray, _cursor, out var isInArray);
        Sections.Add(new TomlSection(key, isArray, start, _cursor.At, [], isInArray));
        _cursor.Depth = key.Parts.Count;
        _cursor.EndLine("a table's header");
        return table;
    }
}
