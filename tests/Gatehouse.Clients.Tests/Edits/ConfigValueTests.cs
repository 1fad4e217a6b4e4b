using Gatehouse.Clients.Edits;

namespace Gatehouse.Clients.Tests.Edits;

public class ConfigValueTests
{
    public static TheoryData<string, string, bool> Pairs => new()
    {
        { "{\"a\":1,\"b\":[1,2]}", "{\"b\":[1,2],\"a\":1}", true },
        { "{\"b\":[1,2]}", "{\"b\":[2,1]}", false },
        { "{\"a\":1}", "{\"a\":\"1\"}", false },
        { "{\"a\":1}", "{\"a\":1.0}", false },
        { "{\"a\":null}", "{}", false },
        { "{\"a\":true}", "{\"a\":false}", false },
        { "{\"a\":\"\\u0041\"}", "{\"a\":\"A\"}", true },
        { "{\"a\":\"x\",\"b\":\"\"}", "{\"a\":\"\",\"b\":\"x\"}", false },
        { "{\"a\":[[],[]]}", "{\"a\":[[[]]]}", false },
        { "{\"a\":\"1:b\"}", "{\"a1\":\":b\"}", false },
    };

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Equal_values_and_only_they_have_the_same_hash(string first, string second, bool equal)
    {
        var (one, other) = (Root(first), Root(second));
        one.Equals(other).ShouldBe(equal);
        (ValueHash.Of(one) == ValueHash.Of(other)).ShouldBe(equal);
    }

    [Fact]
    public void Values_are_found_and_placed_by_path()
    {
        var document = ConfigDocument.Parse(ConfigSyntax.Json, "{\n  \"a\": [ { \"k\": \"x\" }, { \"k\": \"y\", \"v\": 1 } ]\n}"u8, out _)!;
        var item = KeyPath.Of("a").Item("k", "y");
        document.Find(item.Key("v")).ShouldBe(ConfigValue.From(1));
        document.Place(item).ShouldBe((2, 24));
        document.Place(item.Key("v")).ShouldBe((2, 36));
        document.Place(KeyPath.Root).ShouldBe((1, 1));
        document.Find(KeyPath.Of("a").Item("k", "z")).ShouldBeNull();
        document.Place(KeyPath.Of("a", "k")).ShouldBeNull();
    }

    [Fact]
    public void Tables_are_placed_where_they_begin()
    {
        var document = ConfigDocument.Parse(ConfigSyntax.Toml, "a.b = 1\nc = { d = { e = 1 } }\n[f.g]\nh = 2\n[[i]]\n"u8, out _)!;
        document.Place(KeyPath.Of("a")).ShouldBe((1, 1));
        document.Place(KeyPath.Of("c", "d", "e")).ShouldBe((2, 13));
        document.Place(KeyPath.Of("f")).ShouldBe((3, 1));
        document.Place(KeyPath.Of("f", "g", "h")).ShouldBe((4, 1));
        document.Place(KeyPath.Of("i")).ShouldBe((5, 1));
        document.Place(KeyPath.Of("x")).ShouldBeNull();
    }

    [Fact]
    public void Raw_text_goes_in_as_it_is_when_it_is_one_value()
    {
        var document = ConfigDocument.Parse(ConfigSyntax.Toml, "a = 1\n"u8, out _)!;
        document.Apply(Edit.Set(KeyPath.Of("a"), ConfigValue.Raw("0x10"))).Document!.Bytes.ToArray().ShouldBe("a = 0x10\n"u8.ToArray());
        document.Apply(Edit.Set(KeyPath.Of("a"), ConfigValue.Raw("1\nb = 2"))).Refusal!.Reason.ShouldContain("not one value");
        document.Apply(Edit.Set(KeyPath.Of("a"), ConfigValue.Raw(""))).Refusal.ShouldNotBeNull();
    }

    [Fact]
    public void The_document_itself_is_not_a_value_to_edit()
    {
        var document = ConfigDocument.Parse(ConfigSyntax.Json, "{}"u8, out _)!;
        document.Apply(Edit.Set(KeyPath.Root, ConfigValue.From(1))).Refusal!.Reason.ShouldContain("whole document");
        document.Apply(Edit.Remove(KeyPath.Root)).Refusal.ShouldNotBeNull();
    }

    private static ConfigObject Root(string json) => ConfigDocument.Parse(ConfigSyntax.Json, System.Text.Encoding.UTF8.GetBytes(json), out _)!.Root;
}
