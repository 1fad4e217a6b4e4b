namespace Gatehouse.Gateway.Routing;

/// <summary>Finds, among known names, those that a mistyped one was probably meant to be. For error messages: not made for the hot path.</summary>
internal static class NearestNames
{
    // Longer names are compared by their beginning: what a person mistypes is short, and a hostile name must not cost quadratic time.
    private const int Longest = 64;

    /// <summary>
    /// The nearest names, nearest first, at most <paramref name="count"/>, by how much of them is different: counted in characters alone, short names would be
    /// near to everything. Patterns are compared by the text before their <c>*</c>.
    /// </summary>
    public static IReadOnlyList<string> Find(string name, IEnumerable<string> known, int count) =>
        [.. known.Distinct(StringComparer.Ordinal)
            .Select(k => (Name: k, Distance: PatternDistance(name, k)))
            .OrderBy(k => k.Distance).ThenBy(k => k.Name, StringComparer.Ordinal)
            .Take(count).Select(k => k.Name)];

    /// <summary>The nearest name when it is near enough to be what was meant (a third of the length), else null.</summary>
    public static string? Suggest(string name, IEnumerable<string> known) =>
        known.Select(k => (Name: k, Distance: Distance(name, k)))
            .Where(k => k.Distance <= Math.Max(1, Math.Max(name.Length, k.Name.Length) / 3))
            .OrderBy(k => k.Distance).ThenBy(k => k.Name, StringComparer.Ordinal)
            .Select(k => k.Name).FirstOrDefault();

    /// <summary>How many characters must be put in, taken out or changed, regardless of case.</summary>
    public static int Distance(ReadOnlySpan<char> a, ReadOnlySpan<char> b)
    {
        a = a.Length > Longest ? a[..Longest] : a;
        b = b.Length > Longest ? b[..Longest] : b;
        Span<int> row = stackalloc int[Longest + 1];
        for (var j = 0; j <= b.Length; j++) row[j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var change = diagonal + (char.ToLowerInvariant(a[i - 1]) == char.ToLowerInvariant(b[j - 1]) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(change, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[b.Length];
    }

    // "claude-*" is as near to "cluade-opus-5" as "claude-" is to its first seven letters.
    private static double PatternDistance(string name, string known)
    {
        var star = known.IndexOf('*', StringComparison.Ordinal);
        if (star < 0) return Share(name, known);
        if (star == 0) return double.MaxValue; // It is near to everything, which helps nobody.
        return Share(name.AsSpan(0, Math.Min(star, name.Length)), known.AsSpan(0, star));
    }

    // One more of each: that one of two letters is the same says less than that six of twelve are.
    private static double Share(ReadOnlySpan<char> a, ReadOnlySpan<char> b) =>
        (Distance(a, b) + 1) / (Math.Min(Math.Max(a.Length, b.Length), Longest) + 1.0);
}
