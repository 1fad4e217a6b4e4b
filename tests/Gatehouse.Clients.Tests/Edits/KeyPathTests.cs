using Gatehouse.Clients.Edits;

namespace Gatehouse.Clients.Tests.Edits;

public class KeyPathTests
{
    public static TheoryData<string, string[]> Written => new()
    {
        { "env.ANTHROPIC_BASE_URL", ["env", "ANTHROPIC_BASE_URL"] },
        { "$schema", ["$schema"] },
        { "provider.\"a.b\".x-y", ["provider", "a.b", "x-y"] },
        { "\"\"", [""] },
        { "\"a \\\"b\\\\ é\"", ["a \"b\\ é"] },
        { "\"x[y=1]\"", ["x[y=1]"] },
    };

    [Theory]
    [MemberData(nameof(Written))]
    public void A_path_is_written_and_read(string text, string[] keys)
    {
        KeyPath.Of(keys).ToString().ShouldBe(text);
        KeyPath.Parse(text).ShouldBe(KeyPath.Of(keys));
    }

    [Fact]
    public void Items_are_written_and_read()
    {
        var path = KeyPath.Of("customModels").Item("model", "a \"b\"]").Key("baseUrl");
        path.ToString().ShouldBe("customModels[model=\"a \\\"b\\\"]\"].baseUrl");
        KeyPath.Parse(path.ToString()).ShouldBe(path);
        KeyPath.Parse("a[\"x y\"=\"1\"][z=\"2\"]").ShouldBe(KeyPath.Of("a").Item("x y", "1").Item("z", "2"));
    }

    [Theory]
    [InlineData("a.")]
    [InlineData(".a")]
    [InlineData("a..b")]
    [InlineData("a b")]
    [InlineData("a[b]")]
    [InlineData("a[b=c]")]
    [InlineData("a[b=\"c\"")]
    [InlineData("\"a")]
    [InlineData("\"a\\q\"")]
    [InlineData("a]")]
    public void What_is_no_path_is_refused(string text) => Should.Throw<FormatException>(() => KeyPath.Parse(text));

    [Fact]
    public void A_path_contains_itself_and_what_is_below_it()
    {
        var path = KeyPath.Of("a", "b");
        path.Contains(path).ShouldBeTrue();
        path.Contains(path.Key("c")).ShouldBeTrue();
        path.Contains(path.Parent).ShouldBeFalse();
        path.Contains(KeyPath.Of("a", "bc")).ShouldBeFalse();
        KeyPath.Root.Contains(path).ShouldBeTrue();
        path.GetHashCode().ShouldBe(KeyPath.Of("a", "b").GetHashCode());
    }
}
