using System.Text.Json;
using System.Text.Json.Serialization;

namespace Gatehouse.Clients.Edits;

/// <summary>One step into a value: a member by its key or, when <see cref="Value"/> is given, the item of an array that is an object whose member of that name is that string.</summary>
internal readonly record struct PathStep(string Name, string? Value = null)
{
    /// <summary>Whether the step selects an item of an array.</summary>
    public bool IsItem => Value is not null;
}

/// <summary>
/// The way from a document's root to a value: <c>env.ANTHROPIC_BASE_URL</c>, <c>provider."a.b"</c>, <c>customModels[model="x"]</c>. Keys that
/// are not bare (letters, digits, <c>_ - $</c>) are written as JSON strings. Immutable; equal when the steps are.
/// </summary>
[JsonConverter(typeof(TextConverter))]
internal sealed class KeyPath : IEquatable<KeyPath>
{
    /// <summary>The document itself.</summary>
    public static readonly KeyPath Root = new([]);

    private KeyPath(IReadOnlyList<PathStep> steps) => Steps = steps;

    /// <summary>The steps, from the root on.</summary>
    public IReadOnlyList<PathStep> Steps { get; }

    /// <summary>Whether this is the document itself.</summary>
    public bool IsRoot => Steps.Count == 0;

    /// <summary>The last step. Not for the root.</summary>
    public PathStep Last => Steps[^1];

    /// <summary>The path without its last step. Not for the root.</summary>
    public KeyPath Parent => Up(1);

    /// <summary>A path of keys.</summary>
    public static KeyPath Of(params IEnumerable<string> keys) => new([.. keys.Select(key => new PathStep(key))]);

    /// <summary>Reads what <see cref="ToString"/> writes. Throws a FormatException on anything else: paths are ours, not a person's.</summary>
    public static KeyPath Parse(string text) => new(KeyPathText.Read(text));

    /// <summary>The member of that key below this.</summary>
    public KeyPath Key(string key) => new([.. Steps, new PathStep(key)]);

    /// <summary>The item of the array here whose member has that string value.</summary>
    public KeyPath Item(string member, string value) => new([.. Steps, new PathStep(member, value)]);

    /// <summary>The path without its last steps.</summary>
    public KeyPath Up(int steps) => new([.. Steps.Take(Steps.Count - steps)]);

    /// <summary>Whether the other path is this one or leads through it.</summary>
    public bool Contains(KeyPath other) => other.Steps.Count >= Steps.Count && other.Steps.Take(Steps.Count).SequenceEqual(Steps);

    /// <inheritdoc/>
    public bool Equals(KeyPath? other) => other is not null && Steps.SequenceEqual(other.Steps);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as KeyPath);

    /// <inheritdoc/>
    public override int GetHashCode() => Steps.Aggregate(0, HashCode.Combine);

    /// <summary>The path as text; <see cref="Parse"/> reads it.</summary>
    public override string ToString() => KeyPathText.Write(Steps);

    internal sealed class TextConverter : JsonConverter<KeyPath>
    {
        public override KeyPath Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            try
            {
                return Parse(reader.GetString() ?? "");
            }
            catch (FormatException fault)
            {
                throw new JsonException(fault.Message, fault);
            }
        }

        public override void Write(Utf8JsonWriter writer, KeyPath value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
    }
}
