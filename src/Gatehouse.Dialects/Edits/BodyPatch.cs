using System.Text;
using Gatehouse.Dialects.Envelope;

namespace Gatehouse.Dialects.Edits;

/// <summary>Asks for the removal of the text blocks of an array that begin with a prefix.</summary>
/// <param name="Path">Where the array stands, such as <c>system[]</c>.</param>
/// <param name="TextPrefix">How the <c>text</c> of the blocks begins.</param>
public sealed record BlockRemoval(string Path, string TextPrefix);

/// <summary>Something that a patch took out of a body: what the caller is told it lost.</summary>
/// <param name="Path">The path as the patch names it; for blocks, the path and the prefix.</param>
/// <param name="Count">How many members or blocks were removed.</param>
public readonly record struct PatchedPart(string Path, int Count);

/// <summary>
/// Takes named fields and blocks out of a request body, for hosts that speak a dialect but refuse parts of it. All other bytes stay:
/// a removed member goes with one comma and the white space around it. Made once from data; immutable and safe on any thread.
/// </summary>
public sealed class BodyPatch
{
    private readonly PatchPath _root = new();
    private readonly List<string> _names = [];

    private BodyPatch()
    {
    }

    /// <summary>Whether the patch removes nothing.</summary>
    public bool IsEmpty => _names.Count == 0;

    /// <summary>
    /// Makes a patch. Paths name members by dots, and <c>[]</c> behind a name stands for every element: <c>tools[].defer_loading</c>.
    /// </summary>
    /// <param name="removeFields">Members to remove.</param>
    /// <param name="removeBlocks">Blocks to remove; their paths end in <c>[]</c>.</param>
    /// <param name="patch">The patch; null when a path is wrong.</param>
    /// <param name="error">Which path is wrong and why; null when none is.</param>
    public static bool TryCreate(
        IEnumerable<string> removeFields, IEnumerable<BlockRemoval> removeBlocks, out BodyPatch? patch, out string? error)
    {
        var made = new BodyPatch();
        (patch, error) = (null, null);
        foreach (var path in removeFields)
        {
            if (!made.TryAddField(path))
                return Refuse(path, out error);
        }

        foreach (var block in removeBlocks)
        {
            if (!made.TryAddBlock(block))
                return Refuse(block.Path, out error);
        }

        patch = made;
        return true;
    }

    /// <summary>Finds what the patch removes and lays the removals over the body.</summary>
    /// <param name="body">The body, in which the envelope scan found no fault.</param>
    /// <param name="edits">Edits on the same body.</param>
    /// <returns>What was found, in the patch's order; empty when nothing was.</returns>
    public IReadOnlyList<PatchedPart> Apply(ReadOnlySpan<byte> body, BodyEdits edits)
    {
        if (IsEmpty)
            return [];
        var counts = new int[_names.Count];
        var scan = new PatchScan(body, edits, counts);
        scan.Run(_root);
        return [.. counts.Select((count, index) => new PatchedPart(_names[index], count)).Where(static part => part.Count > 0)];
    }

    private static bool Refuse(string path, out string? error)
    {
        error = $"'{path}' cannot be removed: a path names members by dots, with [] behind an array's name, "
            + "and may not be 'model', 'stream' or a member of 'stream_options', which the gateway itself reads and sets.";
        return false;
    }

    private bool TryAddField(string path)
    {
        if (path.EndsWith("[]", StringComparison.Ordinal) || !TryWalk(path, out var place))
            return false;
        place.RemoveAs = AddName(path);
        return true;
    }

    private bool TryAddBlock(BlockRemoval block)
    {
        if (!block.Path.EndsWith("[]", StringComparison.Ordinal) || block.TextPrefix.Length == 0 || !TryWalk(block.Path, out var place))
            return false;
        place.AddPrefix(block.TextPrefix, AddName($"{block.Path} {block.TextPrefix}"));
        return true;
    }

    private int AddName(string name)
    {
        _names.Add(name);
        return _names.Count - 1;
    }

    private bool TryWalk(string path, out PatchPath place)
    {
        place = _root;
        var steps = path.Split('.');
        if (IsProtected(steps))
            return false;
        foreach (var step in steps)
        {
            var isArray = step.EndsWith("[]", StringComparison.Ordinal);
            var name = isArray ? step[..^2] : step;
            if (name.Length == 0 || name.AsSpan().IndexOfAny('[', ']') >= 0)
                return false;
            place = place.Member(name);
            if (isArray)
                place = place.Element();
        }

        return true;
    }

    /// <summary>
    /// <c>model</c> always stays, so that the object is never left empty, and <c>stream</c> is what the answer is relayed by.
    /// <c>stream_options</c> may go as a whole; inside it another edit may add a member.
    /// </summary>
    private static bool IsProtected(string[] steps)
    {
        _ = DecidingKeys.Match(Encoding.UTF8.GetBytes(steps[0]), out var key);
        return key is DecidingKey.Model or DecidingKey.Stream || (key == DecidingKey.StreamOptions && steps.Length > 1);
    }
}
