namespace Gatehouse.Gateway.Configuration;

/// <summary>What a value of the configuration is.</summary>
internal enum ConfigKind : byte
{
    Null,
    Boolean,
    Number,
    Text,
    List,
    Section,
}

/// <summary>
/// A value of the configuration with the place it comes from. Kept apart from the JSON library's own tree because that one knows no line
/// numbers and can't be overlaid. Built and changed by one thread while a configuration is read.
/// </summary>
internal sealed class ConfigNode
{
    public required ConfigKind Kind { get; set; }

    /// <summary>The value of a text, or the literal of a number or boolean.</summary>
    public string Text { get; init; } = "";

    /// <summary>The text as given, for values from the environment or the command line, where 8080 may be meant as a text.</summary>
    public string? Given { get; set; }

    /// <summary>The line in the file; null for values from elsewhere.</summary>
    public int? Line { get; init; }

    /// <summary>The environment variable or option it comes from; null for values of the file.</summary>
    public string? Origin { get; init; }

    /// <summary>The members of a section in order.</summary>
    public List<KeyValuePair<string, ConfigNode>> Members { get; } = [];

    /// <summary>The elements of a list in order.</summary>
    public List<ConfigNode> Items { get; } = [];

    /// <summary>What to call the kind in a message.</summary>
    public string KindName => Kind switch
    {
        ConfigKind.Null => "null",
        ConfigKind.Boolean => "true or false",
        ConfigKind.Number => "a number",
        ConfigKind.Text => "a text",
        ConfigKind.List => "a list",
        _ => "a section",
    };

    /// <summary>The member of that name: exactly as written in the file, whatever its case when it comes from elsewhere.</summary>
    public ConfigNode? Find(string name)
    {
        foreach (var (key, value) in Members)
            if (Named(key, value, name)) return value;
        return null;
    }

    /// <summary>Whether a member's name stands for a known one.</summary>
    public static bool Named(string key, ConfigNode value, string name) =>
        string.Equals(key, name, value.Origin is null ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase);
}
