using System.Globalization;

namespace Gatehouse.Clients.Edits;

/// <summary>
/// A value of a client's configuration, whatever language it is written in: what a document says, and what an edit wants it to say. Equality
/// is deep; the order of an object's members does not count, that of an array's items does. Immutable and thread-safe.
/// </summary>
internal abstract record ConfigValue
{
    /// <summary>What kind of value it is, as a person reads it in a message: "a string", "an object".</summary>
    public abstract string Kind { get; }

    /// <summary>A string.</summary>
    public static ConfigValue From(string text) => new ConfigString(text);

    /// <summary>A whole number.</summary>
    public static ConfigValue From(long number) => new ConfigNumber(number.ToString(CultureInfo.InvariantCulture));

    /// <summary>True or false.</summary>
    public static ConfigValue From(bool value) => new ConfigBoolean(value);

    /// <summary>An array of strings.</summary>
    public static ConfigValue Strings(params IEnumerable<string> texts) => new ConfigArray([.. texts.Select(From)]);

    /// <summary>An object with these members, in this order.</summary>
    public static ConfigObject Object(params IEnumerable<(string Key, ConfigValue Value)> members) =>
        new([.. members.Select(member => new ConfigMember(member.Key, member.Value))]);

    /// <summary>Source text in the document's own language, written as it is when it is one whole value of that language.</summary>
    public static ConfigValue Raw(string source) => new ConfigRaw(source);
}

/// <summary>A string, unescaped.</summary>
internal sealed record ConfigString(string Text) : ConfigValue
{
    /// <inheritdoc/>
    public override string Kind => "a string";
}

/// <summary>
/// A number as text, because a configuration may hold what no number type does. JSON: as it is written. TOML: integers in decimal without
/// underscores, floats without underscores.
/// </summary>
internal sealed record ConfigNumber(string Text) : ConfigValue
{
    /// <inheritdoc/>
    public override string Kind => "a number";
}

/// <summary>True or false.</summary>
internal sealed record ConfigBoolean(bool Value) : ConfigValue
{
    /// <inheritdoc/>
    public override string Kind => "a boolean";
}

/// <summary>The null of JSON.</summary>
internal sealed record ConfigNull : ConfigValue
{
    /// <inheritdoc/>
    public override string Kind => "null";
}

/// <summary>One of TOML's four date and time kinds, as it is written.</summary>
internal sealed record ConfigTime(string Text) : ConfigValue
{
    /// <inheritdoc/>
    public override string Kind => "a date or time";
}

/// <summary>Source text that is still to be read in the language of a document; only edits hold it, never a document.</summary>
internal sealed record ConfigRaw(string Source) : ConfigValue
{
    /// <inheritdoc/>
    public override string Kind => "source text";
}

/// <summary>An array; TOML's arrays of tables are arrays of objects.</summary>
internal sealed record ConfigArray(IReadOnlyList<ConfigValue> Items) : ConfigValue
{
    /// <inheritdoc/>
    public override string Kind => "an array";

    /// <summary>Whether the items are equal, one by one.</summary>
    public bool Equals(ConfigArray? other) => other is not null && Items.SequenceEqual(other.Items);

    /// <inheritdoc/>
    public override int GetHashCode() => Items.Count;
}

/// <summary>A member of an object.</summary>
internal sealed record ConfigMember(string Key, ConfigValue Value);

/// <summary>An object (a table, in TOML). No key stands twice.</summary>
internal sealed record ConfigObject(IReadOnlyList<ConfigMember> Members) : ConfigValue
{
    /// <summary>The object without members.</summary>
    public static readonly ConfigObject Empty = new([]);

    private Dictionary<string, ConfigValue>? _byKey;

    /// <inheritdoc/>
    public override string Kind => "an object";

    /// <summary>The value of a key, or null.</summary>
    public ConfigValue? this[string key] =>
        (_byKey ??= Members.ToDictionary(member => member.Key, member => member.Value, StringComparer.Ordinal)).GetValueOrDefault(key);

    /// <summary>Whether the same keys have equal values; their order does not count.</summary>
    public bool Equals(ConfigObject? other) =>
        other is not null && Members.Count == other.Members.Count && Members.All(member => member.Value.Equals(other[member.Key]));

    /// <inheritdoc/>
    public override int GetHashCode() => Members.Count;
}
