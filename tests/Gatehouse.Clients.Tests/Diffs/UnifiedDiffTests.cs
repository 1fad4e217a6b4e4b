using System.Text;
using Gatehouse.Clients.Diffs;

namespace Gatehouse.Clients.Tests.Diffs;

public sealed class UnifiedDiffTests
{
    [Fact]
    public void Equal_texts_have_no_difference() => UnifiedDiff.Of("f", "a\n"u8.ToArray(), "a\n"u8.ToArray()).ShouldBeEmpty();

    [Fact]
    public void Changed_lines_stand_between_three_that_did_not_change() =>
        UnifiedDiff.Of("f", Bytes("1\n2\n3\n4\n5\n6\n7\n8\n9\n"), Bytes("1\n2\n3\n4\nfive\n6\n7\n8\n9\n"))
            .ShouldBe("--- f\n+++ f\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n");

    [Fact]
    public void A_new_and_a_deleted_file_are_told_by_their_other_side()
    {
        UnifiedDiff.Of("f", null, Bytes("a\n")).ShouldBe("--- /dev/null\n+++ f\n@@ -0,0 +1,1 @@\n+a\n");
        UnifiedDiff.Of("f", Bytes("a\n"), null).ShouldBe("--- f\n+++ /dev/null\n@@ -1,1 +0,0 @@\n-a\n");
    }

    [Fact]
    public void A_last_line_without_its_end_is_marked() =>
        UnifiedDiff.Of("f", Bytes("a\nb"), Bytes("a\nb\n")).ShouldBe("--- f\n+++ f\n@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+b\n");

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void A_patch_that_follows_the_hunks_makes_the_new_text_of_the_old_one(int seed)
    {
        var random = new Random(seed);
        var before = Enumerable.Range(0, 60).Select(_ => $"line {random.Next(12)}").ToList();
        var after = before.Where(_ => random.Next(5) > 0).SelectMany(line => random.Next(6) == 0 ? new[] { line, $"new {random.Next(9)}" } : [line]).ToList();
        var old = string.Join('\n', before) + (seed % 2 == 0 ? "\n" : "");
        var wanted = string.Join('\n', after) + (seed % 3 == 0 ? "\n" : "");
        Patched(old, UnifiedDiff.Of("f", Bytes(old), Bytes(wanted))).ShouldBe(wanted);
    }

    // By the rules of patch: a hunk stands where its head says, and what it keeps or takes away must be there.
    private static string Patched(string text, string diff)
    {
        var old = Lines(text);
        var result = new List<string>();
        var at = 0;
        var lines = diff.Split('\n')[2..^1];
        for (var index = 0; index < lines.Length; index++)
        {
            var line = lines[index];
            if (line.StartsWith("@@", StringComparison.Ordinal))
            {
                var start = int.Parse(line[4..line.IndexOf(',', StringComparison.Ordinal)], System.Globalization.CultureInfo.InvariantCulture) - 1;
                result.AddRange(old[at..start]);
                at = start;
                continue;
            }

            var isLast = index + 1 < lines.Length && lines[index + 1].StartsWith('\\');
            var content = line[1..] + (isLast ? "" : "\n");
            if (line[0] is ' ' or '-') old[at++].ShouldBe(content);
            if (line[0] is ' ' or '+') result.Add(content);
            if (isLast) index++;
        }

        result.AddRange(old[at..]);
        return string.Concat(result);
    }

    private static List<string> Lines(string text) => [.. text.Split('\n').Select((line, index) => (line, index)).Where(at => at.index < text.Count(letter => letter == '\n') || at.line.Length > 0)
        .Select(at => at.index < text.Count(letter => letter == '\n') ? at.line + "\n" : at.line)];

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
