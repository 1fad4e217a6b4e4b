using System.Text;
using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Edits;

/// <summary>A place in a body that a patch removes or goes through. Built once, then only read.</summary>
internal sealed class PatchPath
{
    private const int LongestKey = 256;

    private readonly List<(byte[] Name, PatchPath Path)> _members = [];
    private readonly List<(byte[] Prefix, int RemoveAs)> _prefixes = [];

    /// <summary>The number of the removal that this place is named by, or -1.</summary>
    public int RemoveAs { get; set; } = -1;

    /// <summary>Where the elements of an array here lead; null when the patch enters none.</summary>
    public PatchPath? Elements { get; private set; }

    /// <summary>Whether something is removed inside an object here.</summary>
    public bool HasMembers => _members.Count > 0;

    /// <summary>Whether blocks here are removed for their text.</summary>
    public bool HasPrefixes => _prefixes.Count > 0;

    /// <summary>The place of a member, made when it is new.</summary>
    public PatchPath Member(string name)
    {
        var bytes = Encoding.UTF8.GetBytes(name);
        if (Find(bytes) is { } known)
            return known;
        var made = new PatchPath();
        _members.Add((bytes, made));
        return made;
    }

    /// <summary>The place of the elements, made when it is new.</summary>
    public PatchPath Element() => Elements ??= new PatchPath();

    /// <summary>Removes blocks here whose text begins so.</summary>
    public void AddPrefix(string prefix, int removeAs) => _prefixes.Add((Encoding.UTF8.GetBytes(prefix), removeAs));

    /// <summary>The place of the member with this raw key, compared unescaped; null when the patch does not name it.</summary>
    public PatchPath? FindRaw(ReadOnlySpan<byte> raw)
    {
        if (!raw.Contains((byte)'\\'))
            return Find(raw);
        Span<byte> plain = stackalloc byte[LongestKey];
        return raw.Length <= LongestKey && JsonText.TryUnescape(raw, plain, out var length) ? Find(plain[..length]) : null;
    }

    /// <summary>The number of the removal for a block whose text has this raw content, or -1.</summary>
    public int RemovalFor(ReadOnlySpan<byte> rawText)
    {
        foreach (var (prefix, removeAs) in _prefixes)
        {
            if (JsonText.StartsWith(rawText, prefix))
                return removeAs;
        }

        return -1;
    }

    private PatchPath? Find(ReadOnlySpan<byte> name)
    {
        foreach (var (known, path) in _members)
        {
            if (name.SequenceEqual(known))
                return path;
        }

        return null;
    }
}
