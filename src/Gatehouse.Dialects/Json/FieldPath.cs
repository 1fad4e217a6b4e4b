using System.Text;

namespace Gatehouse.Dialects.Json;

/// <summary>
/// A place in a JSON document whose value is wanted, or that leads to one: a node of a small tree that <see cref="FieldScanner"/> walks.
/// Everything that the tree does not name is skipped. Immutable.
/// </summary>
internal sealed class FieldPath
{
    private readonly byte[][] _names;
    private readonly FieldPath[] _children;

    private FieldPath(Field field, (string Name, FieldPath Path)[] members, FieldPath? element, FieldPath? others, string[]? words = null)
    {
        Words = words is null ? null : [.. words.Select(Encoding.UTF8.GetBytes)];
        Field = field;
        Element = element;
        Others = others;
        _names = [.. members.Select(static member => Encoding.UTF8.GetBytes(member.Name))];
        _children = [.. members.Select(static member => member.Path)];
    }

    /// <summary>The field that a value here fills; None for places that are only passed through.</summary>
    public Field Field { get; }

    /// <summary>Where each element of an array here leads, or null when arrays are skipped.</summary>
    public FieldPath? Element { get; }

    /// <summary>Where members lead that have no path of their own, or null when they are skipped.</summary>
    public FieldPath? Others { get; }

    /// <summary>The words of which each occurrence here is counted, or null where values are kept.</summary>
    public byte[][]? Words { get; }

    /// <summary>Whether an object here is worth walking.</summary>
    public bool HasMembers => _names.Length > 0 || Others is not null;

    /// <summary>A wanted value.</summary>
    public static FieldPath Leaf(Field field) => new(field, [], null, null);

    /// <summary>A place that may occur many times, where each of these words counts as one <see cref="Field.ServerTool"/> and all else as nothing.</summary>
    public static FieldPath Counted(params string[] words) => new(Field.ServerTool, [], null, null, words);

    /// <summary>An object with members that are wanted or lead on.</summary>
    public static FieldPath Object(Field field, params (string Name, FieldPath Path)[] members) => new(field, members, null, null);

    /// <summary>An array whose elements are wanted or lead on.</summary>
    public static FieldPath Array(Field field, FieldPath element) => new(field, [], element, null);

    /// <summary>An object all of whose members are wanted, but for those named.</summary>
    public static FieldPath AnyMember(FieldPath others, params (string Name, FieldPath Path)[] members) =>
        new(Field.None, members, null, others);

    /// <summary>Where the member with this plain name leads, or null.</summary>
    public FieldPath? Find(ReadOnlySpan<byte> name)
    {
        for (var i = 0; i < _names.Length; i++)
        {
            if (name.SequenceEqual(_names[i]))
                return _children[i];
        }

        return Others;
    }
}
