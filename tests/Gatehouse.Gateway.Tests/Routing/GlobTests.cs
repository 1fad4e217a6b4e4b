using Gatehouse.Gateway.Routing;

namespace Gatehouse.Gateway.Tests.Routing;

public sealed class GlobTests
{
    [Theory]
    [InlineData("claude-*", "claude-opus-5", true)]
    [InlineData("claude-*", "claude-", true)]
    [InlineData("claude-*", "Claude-opus", false)]
    [InlineData("*", "", true)]
    [InlineData("*", "anything/at all", true)]
    [InlineData("*/*", "a/b/c", true)]
    [InlineData("*/*", "ab", false)]
    [InlineData("a*b", "ab", true)]
    [InlineData("a*a", "a", false)]
    [InlineData("ab*ba", "aba", false)]
    [InlineData("a*b*c", "a-b-b-c", true)]
    [InlineData("a**c", "ac", true)]
    [InlineData("gpt-5", "gpt-5", true)]
    [InlineData("gpt-5", "gpt-5-mini", false)]
    [InlineData("o1.*", "o1x", false)]
    [InlineData("[a]?", "[a]?", true)]
    public void A_star_matches_any_run_of_characters_and_nothing_else_is_special(string pattern, string name, bool matches) =>
        new Glob(pattern).IsMatch(name).ShouldBe(matches);

    [Fact]
    public void It_agrees_with_the_plain_definition_on_random_patterns()
    {
        var random = new Random(20261121);
        for (var i = 0; i < 200_000; i++)
        {
            var (pattern, name) = (Text(random, "ab*", 8), Text(random, "ab", 10));
            new Glob(pattern).IsMatch(name).ShouldBe(Naive(pattern, name), $"'{pattern}' and '{name}'");
        }
    }

    [Fact]
    public void A_hostile_name_ends_in_bounded_steps()
    {
        var glob = new Glob(string.Concat(Enumerable.Repeat("*a", 100)) + "*b");
        glob.IsMatch(new string('a', 100_000)).ShouldBeFalse();
    }

    private static bool Naive(ReadOnlySpan<char> pattern, ReadOnlySpan<char> name)
    {
        if (pattern.IsEmpty) return name.IsEmpty;
        if (pattern[0] != '*') return !name.IsEmpty && name[0] == pattern[0] && Naive(pattern[1..], name[1..]);
        for (var i = 0; i <= name.Length; i++)
            if (Naive(pattern[1..], name[i..])) return true;
        return false;
    }

    private static string Text(Random random, string alphabet, int longest) =>
        new([.. Enumerable.Range(0, random.Next(longest + 1)).Select(_ => alphabet[random.Next(alphabet.Length)])]);
}
