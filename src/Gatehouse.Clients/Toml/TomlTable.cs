using Gatehouse.Clients.Edits;

namespace Gatehouse.Clients.Toml;

/// <summary>How a table came to be, which decides what may still be added to it.</summary>
internal enum TomlTableKind
{
    /// <summary>Named on the way of a header; a header of its own may follow once.</summary>
    Implied,

    /// <summary>It has its header (or is the root, or an item of an array of tables).</summary>
    Header,

    /// <summary>Made by dotted keys: no header may name it, headers below it may.</summary>
    Dotted,

    /// <summary>Written in braces: complete where it stands.</summary>
    Inline,
}

/// <summary>
/// A table while a document is read: it refuses what TOML forbids to define twice. Afterwards it tells how each table was written. Not
/// thread-safe while it is read; unchanged afterwards.
/// </summary>
internal sealed class TomlTable(TomlTableKind kind)
{
    private readonly List<string> _order = [];
    private readonly Dictionary<string, object> _children = new(StringComparer.Ordinal);

    /// <summary>How the table came to be.</summary>
    public TomlTableKind Kind { get; private set; } = kind;

    /// <summary>Adds an entry, through the tables that its dots name.</summary>
    public void Add(TomlEntry entry, TomlCursor cursor)
    {
        var table = this;
        for (var part = 0; part < entry.Key.Parts.Count - 1; part++) table = table.ByDot(entry.Key, part, cursor);
        var name = entry.Key.Parts[^1];
        if (table._children.ContainsKey(name)) throw cursor.Fault(entry.Key.Start, $"{TomlKeys.Write(entry.Key.Parts)} stands twice");
        table.Put(name, entry.Node);
    }

    /// <summary>The table of a header: made, or taken once when it was only implied before. For an array of tables, its new item.</summary>
    public TomlTable ByHeader(TomlKey header, bool isArray, TomlCursor cursor, out bool isInArray)
    {
        var table = this;
        isInArray = isArray;
        for (var part = 0; part < header.Parts.Count - 1; part++) table = table.OnTheWay(header, part, cursor, ref isInArray);
        var name = header.Parts[^1];
        var present = table._children.GetValueOrDefault(name);
        if (isArray)
        {
            if (present is not (null or List<TomlTable>)) throw cursor.Fault(header.Start, $"{TomlKeys.Write(header.Parts)} is something else than an array of tables already");
            var items = present as List<TomlTable> ?? table.Put(name, new List<TomlTable>());
            items.Add(new TomlTable(TomlTableKind.Header));
            return items[^1];
        }
        if (present is null) return table.Put(name, new TomlTable(TomlTableKind.Header));
        if (present is not TomlTable { Kind: TomlTableKind.Implied } implied) throw cursor.Fault(header.Start, $"{TomlKeys.Write(header.Parts)} stands twice");
        implied.Kind = TomlTableKind.Header;
        return implied;
    }

    /// <summary>The table below this at a path of keys; null when something else, or nothing, is there. Inline tables are values, not tables here.</summary>
    public TomlTable? Find(IEnumerable<string> path)
    {
        var table = this;
        foreach (var name in path)
        {
            if (table._children.GetValueOrDefault(name) is not TomlTable inner) return null;
            table = inner;
        }
        return table;
    }

    /// <summary>Whether nothing is in it but what is at one key.</summary>
    public bool HoldsOnly(string key) => _order.Count == 1 && _order[0] == key;

    /// <summary>Whether the key names an array of tables.</summary>
    public bool IsArrayOfTables(string key) => _children.GetValueOrDefault(key) is List<TomlTable>;

    /// <summary>What the table says.</summary>
    public ConfigObject ToValue() => new([.. _order.Select(name => new ConfigMember(name, _children[name] switch
    {
        TomlNode node => node.Value,
        TomlTable table => table.ToValue(),
        List<TomlTable> items => new ConfigArray([.. items.Select(item => item.ToValue())]),
        _ => throw new InvalidOperationException("a child of an unknown kind"),
    }))]);

    private T Put<T>(string name, T child) where T : notnull
    {
        _children.Add(name, child);
        _order.Add(name);
        return child;
    }

    private TomlTable ByDot(TomlKey key, int part, TomlCursor cursor)
    {
        var present = _children.GetValueOrDefault(key.Parts[part]);
        if (present is null) return Put(key.Parts[part], new TomlTable(TomlTableKind.Dotted));
        if (present is TomlTable { Kind: TomlTableKind.Dotted or TomlTableKind.Implied } table)
        {
            table.Kind = TomlTableKind.Dotted;
            return table;
        }
        throw cursor.Fault(key.Start, $"{TomlKeys.Write(key.Parts.Take(part + 1))} is complete already; a dotted key can't add to it");
    }

    private TomlTable OnTheWay(TomlKey header, int part, TomlCursor cursor, ref bool isInArray)
    {
        switch (_children.GetValueOrDefault(header.Parts[part]))
        {
            case null: return Put(header.Parts[part], new TomlTable(TomlTableKind.Implied));
            case TomlTable table: return table;
            case List<TomlTable> items:
                isInArray = true;
                return items[^1];
            default: throw cursor.Fault(header.Start, $"{TomlKeys.Write(header.Parts.Take(part + 1))} is a value already, not a table");
        }
    }
}
