using System.Text;
using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Tests.Json;

public sealed class JsonViewTests
{
    [Fact]
    public void Walks_members_and_elements_in_order()
    {
        JsonView.TryParse(" { \"a\" : 1 , \"b\":[ true ,null,\"x\\n\"] ,\"c\":{\"d\":-2.5e1}} "u8, out var view).ShouldBeTrue();
        var names = new List<string>();
        foreach (var member in view.Members)
            names.Add($"{Encoding.UTF8.GetString(member.EscapedName)}={Encoding.UTF8.GetString(member.Value.Raw)}");
        names.ShouldBe(["a=1", "b=[ true ,null,\"x\\n\"]", "c={\"d\":-2.5e1}"]);

        var kinds = new List<JsonKind>();
        foreach (var item in view["b"u8].Items) kinds.Add(item.Kind);
        kinds.ShouldBe([JsonKind.True, JsonKind.Null, JsonKind.String]);
        view["c"u8]["d"u8].TryInteger(out var whole).ShouldBeTrue();
        whole.ShouldBe(-25);
    }

    [Fact]
    public void What_is_not_there_answers_no_to_everything()
    {
        JsonView.TryParse("{\"a\":3}"u8, out var view).ShouldBeTrue();
        var missing = view["b"u8]["c"u8];
        missing.Exists.ShouldBeFalse();
        missing.Kind.ShouldBe(JsonKind.None);
        missing.IsNullOrAbsent.ShouldBeTrue();
        missing.Text().ShouldBeNull();
        missing.TryInteger(out _).ShouldBeFalse();
        missing.Is(""u8).ShouldBeFalse();
        view["a"u8]["x"u8].Exists.ShouldBeFalse();
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("{")]
    [InlineData("{}{}")]
    [InlineData("[1,]")]
    [InlineData("{\"a\":}")]
    [InlineData("{\"a\":[}]")]
    [InlineData("\"\\q\"")]
    [InlineData("nul")]
    public void What_is_not_JSON_is_refused_whole(string document) =>
        JsonView.TryParse(Encoding.UTF8.GetBytes(document), out _).ShouldBeFalse();

    [Theory]
    [InlineData("{}", true)]
    [InlineData("{ }", true)]
    [InlineData("[ ]", true)]
    [InlineData("\"\"", true)]
    [InlineData("[0]", false)]
    [InlineData("{\"a\":0}", false)]
    [InlineData("\" \"", false)]
    public void Knows_what_is_empty(string document, bool isEmpty)
    {
        JsonView.TryParse(Encoding.UTF8.GetBytes(document), out var view).ShouldBeTrue();
        view.IsEmpty.ShouldBe(isEmpty);
    }

    [Fact]
    public void Compares_names_and_texts_unescaped()
    {
        JsonView.TryParse("{\"\\u0061b\":\"c\\u0064\\n\"}"u8, out var view).ShouldBeTrue();
        view["ab"u8].Is("cd\n"u8).ShouldBeTrue();
        view["ab"u8].StartsWith("cd"u8).ShouldBeTrue();
        view["ab"u8].Text().ShouldBe("cd\n");
    }

    [Fact]
    public void Refuses_what_nests_deeper_than_the_limit()
    {
        var deep = new string('[', JsonView.DeepestNesting + 1) + new string(']', JsonView.DeepestNesting + 1);
        JsonView.TryParse(Encoding.UTF8.GetBytes(deep), out _).ShouldBeFalse();
    }
}
