using System.Runtime.InteropServices;
using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Translation.Chat;

/// <summary>
/// A JSON value put together from the deltas of a chat stream: texts grow, objects are merged member by member, elements with an <c>index</c> are
/// merged with their like, other elements are added, and everything else is replaced by what comes later. Fields that nobody knows are kept. The
/// elements of <c>reasoning_details</c> are told apart by kind and id as well, and keep their number, which the provider wants back. Not thread-safe.
/// </summary>
internal sealed class MergedJson : IDisposable
{
    private const int DeepestMerge = 16;
    private const int MostIndexed = 1024;

    private readonly PooledBuffer _own = new();
    private readonly int _depth;
    private List<(byte[] Name, MergedJson Value)>? _members;
    private List<(long Index, MergedJson Value)>? _items;
    private bool _isText;
    private bool _holdsDetails;

    /// <summary>An empty value.</summary>
    public MergedJson()
    {
    }

    private MergedJson(int depth) => _depth = depth;

    /// <summary>Whether something was said, even if it was null.</summary>
    public bool Exists => _isText || _own.Length > 0 || _members is not null || _items is not null;

    /// <summary>Whether it is an empty text.</summary>
    public bool IsEmptyText => _isText && _own.Length == 0;

    /// <summary>Whether it is null, or nothing was said.</summary>
    public bool IsNull => !Exists || (!_isText && _own.Written.SequenceEqual("null"u8));

    /// <summary>The elements with an index, in the order in which they came up.</summary>
    public ReadOnlySpan<(long Index, MergedJson Value)> Items => CollectionsMarshal.AsSpan(_items);

    /// <summary>The members, in the order in which they came up; names still escaped.</summary>
    public ReadOnlySpan<(byte[] Name, MergedJson Value)> Members => CollectionsMarshal.AsSpan(_members);

    /// <summary>The member with this name, made when it is missing.</summary>
    public MergedJson Member(ReadOnlySpan<byte> escapedName)
    {
        if (Find(escapedName) is { } known) return known;
        var added = new MergedJson(_depth + 1);
        (_members ??= []).Add((escapedName.ToArray(), added));
        return added;
    }

    /// <summary>The member with this name, or null.</summary>
    public MergedJson? Find(ReadOnlySpan<byte> escapedName)
    {
        foreach (var (name, value) in Members)
        {
            if (escapedName.SequenceEqual(name)) return value;
        }

        return null;
    }

    /// <summary>Takes what a delta says of this value.</summary>
    /// <param name="escapedName">The name of the member that it is.</param>
    /// <param name="value">What the delta says.</param>
    public void Take(ReadOnlySpan<byte> escapedName, JsonView value)
    {
        if (value.IsNullOrAbsent && Exists) return;
        if (value.IsString && Grows(escapedName)) Grow(value.Escaped);
        else if (value.IsObject && _depth < DeepestMerge) Merge(value);
        else if (value.IsArray && _depth < DeepestMerge && escapedName.SequenceEqual("reasoning_details"u8)) AddDetails(value);
        else if (value.IsArray && _depth < DeepestMerge) Add(value);
        else if (!value.IsString || !value.IsEmpty || !Exists) Replace(value.Raw);
    }

    /// <summary>Takes a value for what was said before, unless it says nothing.</summary>
    public void Set(JsonView value)
    {
        if (!value.IsNullOrAbsent || !Exists) Replace(value.Raw);
    }

    /// <summary>Makes it an array, unless it is one.</summary>
    public void BeginItems()
    {
        if (_items is null) Forget();
        _items ??= [];
    }

    private void Merge(JsonView value)
    {
        Forget();
        _members ??= [];
        foreach (var member in value.Members) Member(member.EscapedName).Take(member.EscapedName, member.Value);
    }

    /// <summary>Writes the value.</summary>
    public void Write(JsonWriter writer)
    {
        if (_isText) writer.EscapedString(_own.Written);
        else if (_items is not null) WriteItems(writer);
        else if (_members is not null) WriteMembers(writer);
        else if (_own.Length > 0) writer.Raw(_own.Written);
        else writer.Null();
    }

    /// <summary>Writes the members without braces; those of a name are left out.</summary>
    public void WriteMembersBut(JsonWriter writer, ReadOnlySpan<byte> escapedName)
    {
        foreach (var (name, value) in Members)
        {
            if (escapedName.SequenceEqual(name)) continue;
            writer.EscapedName(name);
            value.Write(writer);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _own.Dispose();
        foreach (var (_, value) in Members) value.Dispose();
        foreach (var (_, value) in Items) value.Dispose();
    }

    /// <summary>Words that are said once, or again and again the same; every other text comes in pieces.</summary>
    private static bool Grows(ReadOnlySpan<byte> name) =>
        !(name.SequenceEqual("id"u8) || name.SequenceEqual("role"u8) || name.SequenceEqual("type"u8) || name.SequenceEqual("name"u8)
            || name.SequenceEqual("model"u8) || name.SequenceEqual("object"u8) || name.SequenceEqual("finish_reason"u8) || name.SequenceEqual("service_tier"u8)
            || name.SequenceEqual("system_fingerprint"u8) || name.SequenceEqual("format"u8) || name.SequenceEqual("native_finish_reason"u8)
            || name.SequenceEqual("provider"u8) || name.SequenceEqual("token"u8) || name.SequenceEqual("obfuscation"u8));

    private void Grow(ReadOnlySpan<byte> escaped)
    {
        if (!_isText) _own.Clear();
        _isText = true;
        _own.Append(escaped);
    }

    private void Replace(ReadOnlySpan<byte> raw)
    {
        _isText = false;
        _own.Clear();
        _own.Append(raw);
    }

    private void Forget()
    {
        if (!_isText && _own.Length == 0) return;
        _isText = false;
        _own.Clear();
    }

    private void Add(JsonView array)
    {
        BeginItems();
        foreach (var item in array.Items)
        {
            if (item["index"u8].TryInteger(out var index) && index >= 0) At(index)?.Merge(item);
            else AddPlain(item);
        }
    }

    /// <summary>
    /// A summary and the encrypted state that belongs to it have one number, parallel calls' states as well; pieces of a text without a number
    /// follow each other.
    /// </summary>
    private void AddDetails(JsonView array)
    {
        BeginItems();
        _holdsDetails = true;
        foreach (var item in array.Items)
        {
            var hasNumber = item["index"u8].TryInteger(out var index);
            if (!item.IsObject) AddPlain(item);
            else if (FindDetail(item, hasNumber ? index : -2) is { } known) known.Merge(item);
            else if (Items.Length < MostIndexed) New(hasNumber ? index : -2).Merge(item);
        }
    }

    private MergedJson? FindDetail(JsonView item, long index)
    {
        for (var i = Items.Length - 1; i >= 0; i--)
        {
            var (number, known) = Items[i];
            if (number == index && known.IsAlike("type"u8, item) && known.IsAlike("id"u8, item)) return known;
            if (index < 0) return null;
        }

        return null;
    }

    /// <summary>Whether a member says nothing else in another value.</summary>
    private bool IsAlike(ReadOnlySpan<byte> name, JsonView other) =>
        Find(name) is not { IsNull: false } mine || other[name].IsNullOrAbsent || mine._own.Written.SequenceEqual(other[name].Raw);

    private MergedJson New(long index)
    {
        var added = new MergedJson(_depth + 1);
        _items!.Add((index, added));
        return added;
    }

    /// <summary>The element with an index, made when it is missing; null when there are too many.</summary>
    public MergedJson? At(long index)
    {
        foreach (var (known, value) in Items)
        {
            if (known == index) return value;
        }

        return Items.Length < MostIndexed ? New(index) : null;
    }

    /// <summary>Elements without an index are told apart by nothing: each stays as it is, behind those before it.</summary>
    private void AddPlain(JsonView item)
    {
        if (_items!.Count > 0 && _items[^1].Index == -1)
        {
            _items[^1].Value._own.Append(","u8);
            _items[^1].Value._own.Append(item.Raw);
            return;
        }

        New(-1)._own.Append(item.Raw);
    }

    private void WriteItems(JsonWriter writer)
    {
        writer.BeginArray();
        foreach (var (index, value) in Items)
        {
            if (index == -1)
                writer.Raw(value._own.Written);
            else
            {
                writer.BeginObject();
                value.WriteMembersBut(writer, _holdsDetails ? default : "index"u8);
                writer.EndObject();
            }
        }

        writer.EndArray();
    }

    private void WriteMembers(JsonWriter writer)
    {
        writer.BeginObject();
        WriteMembersBut(writer, default);
        writer.EndObject();
    }
}
