using System.Text;
using Gatehouse.Dialects.Translation;

namespace Gatehouse.Dialects.Tests.Translation;

public sealed class ToolNamesTests
{
    [Fact]
    public void Legal_names_stay_and_are_found_again()
    {
        var names = new ToolNames(64);
        Sent(names.Add("Bash"u8, default, ToolKind.Function)).ShouldBe("Bash");
        names.Add("Bash"u8, default, ToolKind.Function);
        names.All.Count.ShouldBe(1);
        names.Find("Bash"u8)!.Kind.ShouldBe(ToolKind.Function);
        names.Find("bash"u8).ShouldBeNull();
    }

    [Fact]
    public void Long_and_illegal_names_are_replaced_deterministically_and_stay_apart()
    {
        var longName = Encoding.UTF8.GetBytes("mcp__" + new string('x', 80));
        var longer = Encoding.UTF8.GetBytes("mcp__" + new string('x', 81));
        var names = new ToolNames(64);
        var first = Sent(names.Add(longName, default, ToolKind.Function));
        var second = Sent(names.Add(longer, default, ToolKind.Function));
        var dotted = Sent(names.Add("a.b"u8, default, ToolKind.Function));
        var underscored = Sent(names.Add("a_b"u8, default, ToolKind.Function));
        new[] { first, second, dotted, underscored }.Distinct().Count().ShouldBe(4);
        new[] { first, second, dotted, underscored }.ShouldAllBe(name => name.Length <= 64 && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_'));
        Sent(new ToolNames(64).Add(longName, default, ToolKind.Function)).ShouldBe(first);
        names.Find(Encoding.UTF8.GetBytes(first))!.Name.ShouldBe(longName);
    }

    [Fact]
    public void A_namespace_is_flattened_and_does_not_meet_a_plain_name()
    {
        var names = new ToolNames(64);
        Sent(names.Add("files__read"u8, default, ToolKind.Function)).ShouldBe("files__read");
        var tool = names.Add("read"u8, "files"u8, ToolKind.Function);
        Sent(tool).ShouldStartWith("files__read_");
        names.Find(tool.Sent)!.Namespace.ShouldBe("files"u8.ToArray());
    }

    private static string Sent(ToolName tool) => Encoding.UTF8.GetString(tool.Sent);
}
