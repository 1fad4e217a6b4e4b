using System.Text;

namespace Gatehouse.Clients.Diffs;

/// <summary>Two versions of a file as people compare them: the unified form that <c>diff -u</c> and <c>patch</c> know.</summary>
internal static class UnifiedDiff
{
    private const int Context = 3;

    /// <summary>The difference; empty when there is none.</summary>
    /// <param name="name">The file, as it is shown.</param>
    /// <param name="before">The old content; null when there is no file.</param>
    /// <param name="after">The new content; null when there will be none.</param>
    public static string Of(string name, byte[]? before, byte[]? after)
    {
        if (before.AsSpan().SequenceEqual(after) && before is null == after is null) return "";
        var lines = LineDiff.Of(Lines(before), Lines(after));
        var text = new StringBuilder();
        text.Append("--- ").Append(before is null ? "/dev/null" : name).Append('\n').Append("+++ ").Append(after is null ? "/dev/null" : name).Append('\n');
        foreach (var (from, to) in Hunks(lines)) Write(text, lines, from, to);
        return text.ToString();
    }

    private static IEnumerable<(int From, int To)> Hunks(IReadOnlyList<DiffLine> lines)
    {
        var from = -1;
        var last = -1;
        for (var at = 0; at < lines.Count; at++)
        {
            if (lines[at].Mark == ' ') continue;
            if (from >= 0 && at - last > (2 * Context) + 1)
            {
                yield return (from, Math.Min(last + Context + 1, lines.Count));
                from = -1;
            }

            if (from < 0) from = Math.Max(0, at - Context);
            last = at;
        }

        if (from >= 0) yield return (from, Math.Min(last + Context + 1, lines.Count));
    }

    private static void Write(StringBuilder text, IReadOnlyList<DiffLine> lines, int from, int to)
    {
        var oldStart = lines.Take(from).Count(line => line.Mark != '+');
        var newStart = lines.Take(from).Count(line => line.Mark != '-');
        var hunk = lines.Skip(from).Take(to - from).ToList();
        var oldCount = hunk.Count(line => line.Mark != '+');
        var newCount = hunk.Count(line => line.Mark != '-');
        // An empty range is told by the line before it.
        text.Append("@@ -").Append(oldCount == 0 ? oldStart : oldStart + 1).Append(',').Append(oldCount)
            .Append(" +").Append(newCount == 0 ? newStart : newStart + 1).Append(',').Append(newCount).Append(" @@\n");
        foreach (var line in hunk)
        {
            text.Append(line.Mark).Append(line.Text.TrimEnd('\n'));
            text.Append(line.Text.EndsWith('\n') ? "\n" : "\n\\ No newline at end of file\n");
        }
    }

    // Each line with its end, so that a missing last one is a difference.
    private static List<string> Lines(byte[]? bytes)
    {
        var lines = new List<string>();
        var text = Encoding.UTF8.GetString(bytes ?? []);
        for (var at = 0; at < text.Length;)
        {
            var end = text.IndexOf('\n', at);
            var next = end < 0 ? text.Length : end + 1;
            lines.Add(text[at..next]);
            at = next;
        }

        return lines;
    }
}
