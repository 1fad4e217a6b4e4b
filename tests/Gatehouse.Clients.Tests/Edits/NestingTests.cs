using System.Text;
using Gatehouse.Clients.Edits;

namespace Gatehouse.Clients.Tests.Edits;

/// <summary>However deep, long or wide a file is, reading it ends, and not with an exhausted stack.</summary>
public class NestingTests
{
    [Theory]
    [InlineData("Json", "{\"a\":", "[", 1_000_000)]
    [InlineData("Json", "", "{\"a\":", 1_000_000)]
    [InlineData("Json", "", "/**/", 1_000_000)]
    [InlineData("Json", "{", "/*", 1_000_000)]
    [InlineData("Json", "{\"", "\\", 1_000_000)]
    [InlineData("Toml", "a = ", "[", 1_000_000)]
    [InlineData("Toml", "a = ", "{a=", 1_000_000)]
    [InlineData("Toml", "a = ", "[{a.b.c=", 500_000)]
    [InlineData("Toml", "", "a.", 1_000_000)]
    [InlineData("Toml", "[", "a.", 1_000_000)]
    [InlineData("Toml", "a = ", "\"", 999_999)]
    [InlineData("Toml", "a = ", "1_1", 300_000)]
    [InlineData("Toml", "a = ", "1.", 300_000)]
    public void A_file_of_endless_repetition_is_read_or_refused(string syntax, string start, string part, int count)
    {
        var text = start + string.Concat(Enumerable.Repeat(part, count));
        var document = ConfigDocument.Parse(Enum.Parse<ConfigSyntax>(syntax), Encoding.UTF8.GetBytes(text), out var fault);
        (document is null).ShouldBe(fault is not null);
        if (part is not "/**/" and not "1_1") fault.ShouldNotBeNull();
    }

    [Fact]
    public void A_file_beyond_the_size_limit_is_refused()
    {
        ConfigDocument.Parse(ConfigSyntax.Toml, new byte[SourceText.SizeLimit + 1], out var fault).ShouldBeNull();
        fault!.Message.ShouldContain("16 MiB");
    }

    [Fact]
    public void Tables_nest_as_deep_as_they_may_and_are_edited_there()
    {
        var deep = Enumerable.Range(0, 45).Select(index => $"k{index}").ToList();
        foreach (var syntax in Enum.GetValues<ConfigSyntax>())
        {
            var document = ConfigDocument.Parse(syntax, default, out _)!;
            var outcome = document.Apply(Edit.Set(KeyPath.Of(deep), ConfigValue.From(1)));
            outcome.Document!.Find(KeyPath.Of(deep)).ShouldBe(ConfigValue.From(1));
            outcome.Document.Undo(outcome.Reversals).Document!.Bytes.Length.ShouldBe(0);
        }
    }
}
