using System.Text;
using Gatehouse.Clients.Edits;

namespace Gatehouse.Clients.Tests.Edits;

/// <summary>Taking edits back in a file that a person changed meanwhile: what is ours goes, what is theirs stays, and what was left alone is told.</summary>
public class UndoTests
{
    private static readonly KeyPath _url = KeyPath.Parse("env.URL"), _token = KeyPath.Parse("env.TOKEN"), _old = KeyPath.Parse("env.OLD");

    private static readonly Edit[] _edits = [Edit.Set(_url, ConfigValue.From("ours")), Edit.Set(_token, ConfigValue.From("secret")), Edit.Remove(_old)];

    [Theory]
    // What was there before, what the person made of the file with our edits in it, what is left after the undo, and what the undo left alone.
    [InlineData("Json", """{"env":{"OLD":"1"}}""", """{"env":{"URL":"ours","TOKEN":"secret","MINE":"2"}}""", """{"env":{"OLD":"1","MINE":"2"}}""", "")]
    [InlineData("Json", "{}", """{"env":{"URL":"ours","TOKEN":"secret","MINE":"2"},"x":1}""", """{"env":{"MINE":"2"},"x":1}""", "")]
    [InlineData("Json", "{}", """{"x":1,"env":{"TOKEN":"secret","URL":"theirs"}}""", """{"x":1,"env":{"URL":"theirs"}}""", "env.URL: it was changed since")]
    [InlineData("Json", "{}", """{"x":1}""", """{"x":1}""", "env.TOKEN: it is gone already\nenv.URL: it is gone already")]
    [InlineData("Json", """{"env":{"URL":"before"}}""", """{ "env": { "URL": "ours" } }""", """{ "env": { "URL": "before" } }""", "env.TOKEN: it is gone already")]
    [InlineData("Json", """{"env":{"OLD":"1"}}""", """{"env":{"URL":"ours","TOKEN":"secret","OLD":"new"}}""", """{"env":{"OLD":"new"}}""", "env.OLD: a value stands there again")]
    [InlineData("Json", "{}", "{\n // why\n \"env\": { \"TOKEN\": \"secret\", /* me */ \"URL\": \"ours\" }\n}", "{\n // why\n \"env\": { /* me */ }\n}", "")]
    [InlineData("Json", "{}", "", "", "env.TOKEN: it is gone already\nenv.URL: it is gone already")]
    [InlineData("Json", """{"env":{}}""", """{"env":{"URL":{"a":1},"TOKEN":null}}""", """{"env":{"URL":{"a":1},"TOKEN":null}}""", "env.TOKEN: it was changed since\nenv.URL: it was changed since")]
    [InlineData("Toml", "a = 1\n", "[env]\nTOKEN = 'secret'\nMINE = 2\nURL = \"ours\"\n[z]\n", "[env]\nMINE = 2\n[z]\n", "")]
    [InlineData("Toml", "a = 1\n", "env = { URL = \"ours\", TOKEN = \"secret\" }\n", "env = {}\n", "")]
    [InlineData("Toml", "a = 1\n", "env.URL = \"ours\" # note\nenv.TOKEN = \"theirs\"\n", "# note\nenv.TOKEN = \"theirs\"\n", "env.TOKEN: it was changed since")]
    [InlineData("Toml", "[env]\nOLD = '1' # o\n", "[other]\nx = 1\n[env]\n# new\nURL = \"ours\"\nTOKEN = \"secret\"\n", "[other]\nx = 1\n[env]\n# new\nOLD = '1'\n", "")]
    [InlineData("Toml", "[env]\nOLD = '1'\n", "x = 1\n", "x = 1\n\n[env]\nOLD = '1'\n", "env.TOKEN: it is gone already\nenv.URL: it is gone already")]
    [InlineData("Toml", "", "[env] # mine now\n# note\nURL = \"ours\"\nTOKEN = \"secret\"\n", "# mine now\n# note\n", "")]
    [InlineData("Toml", "", "[env.URL]\nx = 1\n", "[env.URL]\nx = 1\n", "env.TOKEN: it is gone already\nenv.URL: it was changed since")]
    public void Only_what_is_still_ours_is_taken_back(string syntax, string before, string now, string after, string leftAlone)
    {
        var reversals = Parse(syntax, before).Apply(_edits).Reversals;
        var undone = Parse(syntax, now).Undo(reversals);
        undone.Refusal.ShouldBeNull();
        Encoding.UTF8.GetString(undone.Document!.Bytes).ShouldBe(after);
        string.Join("\n", undone.LeftAlone.Select(left => $"{left.Path}: {left.Reason}")).ShouldBe(leftAlone);
    }

    [Fact]
    public void A_changed_value_that_is_known_as_ours_goes_as_well()
    {
        var reversals = Parse("Json", "{}").Apply(_edits).Reversals;
        var undone = Parse("Json", """{"env":{"URL":"other","TOKEN":"an older one of ours"}}""")
            .Undo(reversals, (path, value) => path.Equals(_token) && value is ConfigString { Text: "an older one of ours" });
        Encoding.UTF8.GetString(undone.Document!.Bytes).ShouldBe("""{"env":{"URL":"other"}}""");
        undone.LeftAlone.Single().Path.ShouldBe(_url);
    }

    [Fact]
    public void A_way_that_is_no_object_any_more_is_left_alone()
    {
        var reversals = Parse("Json", """{"env":{"OLD":"1"}}""").Apply(_edits).Reversals;
        var undone = Parse("Json", """{"env":"a string"}""").Undo(reversals);
        undone.Refusal.ShouldBeNull();
        Encoding.UTF8.GetString(undone.Document!.Bytes).ShouldBe("""{"env":"a string"}""");
        undone.LeftAlone.Select(left => left.Path.ToString()).ShouldBe(["env.OLD", "env.TOKEN", "env.URL"]);
    }

    [Theory]
    [InlineData("Json", """{"env":{"OLD":"1","URL":"before"}}""")]
    [InlineData("Json", "{\n  // nothing\n}\n")]
    [InlineData("Toml", "[env]\nURL = 'before' # b\nOLD = 2\n")]
    [InlineData("Toml", "")]
    public void Two_edits_are_taken_back_by_what_both_recorded(string syntax, string before)
    {
        var first = Parse(syntax, before).Apply(_edits);
        var second = first.Document!.Apply(Edit.Set(_url, ConfigValue.From("ours again")), Edit.Set(_old, ConfigValue.From("back")), Edit.Set(KeyPath.Of("more"), ConfigValue.From(1)), Edit.Remove(_token));
        var undone = second.Document!.Undo(Reversal.Join(first.Reversals, second.Reversals));
        undone.LeftAlone.ShouldBeEmpty();
        undone.Document!.Root.ShouldBe(Parse(syntax, before).Root);
    }

    [Fact]
    public void What_somebody_wrote_between_two_edits_is_what_comes_back()
    {
        var first = Parse("Json", """{"env":{"URL":"before"}}""").Apply(Edit.Set(_url, ConfigValue.From("ours")));
        var second = Parse("Json", """{"env":{"URL":"theirs"}}""").Apply(Edit.Set(_url, ConfigValue.From("ours again")));
        var undone = second.Document!.Undo(Reversal.Join(first.Reversals, second.Reversals));
        Encoding.UTF8.GetString(undone.Document!.Bytes).ShouldBe("""{"env":{"URL":"theirs"}}""");
    }

    [Fact]
    public void What_was_written_is_recorded_as_a_hash_only() =>
        System.Text.Json.JsonSerializer.Serialize(Parse("Json", "{}").Apply(_edits).Reversals).ShouldNotContain("secret");

    private static ConfigDocument Parse(string syntax, string text) => ConfigDocument.Parse(Enum.Parse<ConfigSyntax>(syntax), Encoding.UTF8.GetBytes(text), out _)!;
}
