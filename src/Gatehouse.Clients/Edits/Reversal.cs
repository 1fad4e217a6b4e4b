using System.Text.Json.Serialization;

namespace Gatehouse.Clients.Edits;

/// <summary>
/// What takes one step of an edit back, to be kept until then. It finds its place by key, so it works in a document that changed meanwhile;
/// in one that did not, it gives the bytes back that were there. Serialisable; <see cref="Previous"/> and <see cref="Around"/> may hold a
/// person's own secrets: what it is stored in must be as private as the document. What we wrote is kept as a hash only. Immutable.
/// </summary>
internal sealed record Reversal
{
    /// <summary>What was set or removed.</summary>
    public required KeyPath Path { get; init; }

    /// <summary>How many of the path's last steps were made by the edit: 0 when a value was replaced or removed, 2 when the object that holds it was made as well.</summary>
    public int Created { get; init; }

    /// <summary>The hash of the value that was written (<see cref="ValueHash"/>); null when the path was removed.</summary>
    public string? Written { get; init; }

    /// <summary>The hash of the value that was replaced or removed; null when there was none.</summary>
    public string? Found { get; init; }

    /// <summary>The source text of the value that was replaced or removed.</summary>
    public string? Previous { get; init; }

    /// <summary>What stood between the neighbours of the change before it, the removed member included; null when the syntax itself tells.</summary>
    public string? Around { get; init; }

    /// <summary>What a removal left between the neighbours.</summary>
    public string? Left { get; init; }

    /// <summary>Where the removed thing stood: the key (in TOML, the place) before it, null when it was the first; its index when it was an item of an array.</summary>
    public string? After { get; init; }

    /// <summary>Line ends put before what was added.</summary>
    public string Lead { get; init; } = "";

    /// <summary>Line ends put behind what was added.</summary>
    public string Trail { get; init; } = "";

    /// <summary>Whether a header was written for the table that holds the path, though the table itself was there (TOML).</summary>
    public bool Header { get; init; }

    /// <summary>Whether the edit took something away rather than writing it.</summary>
    [JsonIgnore]
    public bool Removed => Written is null;

    /// <summary>
    /// Joins what an earlier edit and a later one recorded for a document, so that one undo takes both back: of a path that both wrote, what
    /// stood there before the first, and the hash of what was written last.
    /// </summary>
    public static IReadOnlyList<Reversal> Join(IEnumerable<Reversal> earlier, IEnumerable<Reversal> later)
    {
        var joined = earlier.ToList();
        foreach (var next in later)
        {
            var at = joined.FindLastIndex(first => first.Path.Equals(next.Path));
            if (at < 0) joined.Add(next);
            else if (Join(joined[at], next) is { } both) joined[at] = both;
            else joined.RemoveAt(at);
        }
        return joined;
    }

    private static Reversal? Join(Reversal first, Reversal next)
    {
        // Somebody else wrote there between the two: what the later edit found is theirs, and the truth to go back to.
        if (next.Found != first.Written) return next;
        if (first.Removed) return next with { Created = 0, Previous = first.Previous, Found = first.Found, Around = null, Left = null };
        if (!next.Removed) return first with { Written = next.Written };
        return first.Created > 0 ? null : first with { Written = null, After = next.After, Around = null, Left = null };
    }
}
