namespace Gatehouse.Clients.Diffs;

/// <summary>One line of a comparison: <c>' '</c> in both, <c>'-'</c> in the old text alone, <c>'+'</c> in the new one alone.</summary>
internal readonly record struct DiffLine(char Mark, string Text);

/// <summary>Compares texts line by line, with as few changed lines as possible (Myers' algorithm).</summary>
internal static class LineDiff
{
    // Beyond this the search would take too long to be worth its neatness: everything between the equal ends is told as replaced.
    private const int MostChanges = 2000;

    /// <summary>The lines of both texts in order.</summary>
    public static IReadOnlyList<DiffLine> Of(IReadOnlyList<string> before, IReadOnlyList<string> after)
    {
        var start = 0;
        while (start < before.Count && start < after.Count && before[start] == after[start]) start++;
        var end = 0;
        while (end < before.Count - start && end < after.Count - start && before[^(end + 1)] == after[^(end + 1)]) end++;
        var lines = before.Take(start).Select(line => new DiffLine(' ', line)).ToList();
        lines.AddRange(Middle([.. before.Skip(start).SkipLast(end)], [.. after.Skip(start).SkipLast(end)]));
        lines.AddRange(before.Skip(before.Count - end).Select(line => new DiffLine(' ', line)));
        return lines;
    }

    private static IEnumerable<DiffLine> Middle(string[] before, string[] after)
    {
        var trace = new List<int[]>();
        if (before.Length == 0 || after.Length == 0 || !Search(before, after, trace))
            return before.Select(line => new DiffLine('-', line)).Concat(after.Select(line => new DiffLine('+', line)));
        return Walk(before, after, trace);
    }

    // Each round notes, for every diagonal, how far into the old text one gets with so many changes.
    private static bool Search(string[] before, string[] after, List<int[]> trace)
    {
        var most = Math.Min(before.Length + after.Length, MostChanges);
        var furthest = new int[(2 * most) + 3];
        for (var changes = 0; changes <= most; changes++)
        {
            trace.Add((int[])furthest.Clone());
            for (var diagonal = -changes; diagonal <= changes; diagonal += 2)
            {
                var at = diagonal + most + 1;
                var x = diagonal == -changes || (diagonal != changes && furthest[at - 1] < furthest[at + 1]) ? furthest[at + 1] : furthest[at - 1] + 1;
                var y = x - diagonal;
                while (x < before.Length && y < after.Length && before[x] == after[y]) (x, y) = (x + 1, y + 1);
                furthest[at] = x;
                if (x >= before.Length && y >= after.Length) return true;
            }
        }

        return false;
    }

    private static List<DiffLine> Walk(string[] before, string[] after, List<int[]> trace)
    {
        var lines = new List<DiffLine>();
        var (x, y) = (before.Length, after.Length);
        var most = (trace[0].Length - 3) / 2;
        for (var changes = trace.Count - 1; changes >= 0 && (x > 0 || y > 0); changes--)
        {
            var furthest = trace[changes];
            var diagonal = x - y;
            var at = diagonal + most + 1;
            var down = diagonal == -changes || (diagonal != changes && furthest[at - 1] < furthest[at + 1]);
            var previous = changes == 0 ? 0 : down ? furthest[at + 1] : furthest[at - 1];
            var previousY = changes == 0 ? 0 : previous - (down ? diagonal + 1 : diagonal - 1);
            while (x > previous && y > previousY && x > 0 && y > 0 && before[x - 1] == after[y - 1])
            {
                lines.Add(new DiffLine(' ', before[--x]));
                y--;
            }

            if (changes == 0) break;
            if (down) lines.Add(new DiffLine('+', after[--y]));
            else lines.Add(new DiffLine('-', before[--x]));
        }

        lines.Reverse();
        return lines;
    }
}
