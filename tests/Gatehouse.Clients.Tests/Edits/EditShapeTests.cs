using System.Text;
using Gatehouse.Clients.Edits;

namespace Gatehouse.Clients.Tests.Edits;

/// <summary>What an edit makes of the simplest documents, and that its reversals give the bytes back.</summary>
public class EditShapeTests
{
    [Theory]
    [InlineData("Json", "", "{\n  \"env\": {\n    \"A\": \"x\",\n    \"B\": 1\n  }\n}\n")]
    [InlineData("Json", "{}", "{\n  \"env\": {\n    \"A\": \"x\",\n    \"B\": 1\n  }\n}")]
    [InlineData("Json", "{\"a\":1}\n", "{\"a\":1,\"env\":{\"A\":\"x\",\"B\":1}}\n")]
    [InlineData("Json", "{\n\t\"a\": 1, // one\n}\n", "{\n\t\"a\": 1, // one\n\t\"env\": {\n\t\t\"A\": \"x\",\n\t\t\"B\": 1\n\t},\n}\n")]
    [InlineData("Json", "{\r\n    \"env\": {\r\n        \"A\": \"old\"\r\n    }\r\n}", "{\r\n    \"env\": {\r\n        \"A\": \"x\",\r\n        \"B\": 1\r\n    }\r\n}")]
    [InlineData("Toml", "", "[env]\nA = \"x\"\nB = 1\n")]
    [InlineData("Toml", "a = 1", "a = 1\n\n[env]\nA = \"x\"\nB = 1")]
    [InlineData("Toml", "env.C = 2 # two\n[t]\n", "env.C = 2 # two\nenv.A = \"x\"\nenv.B = 1\n[t]\n")]
    [InlineData("Toml", "env = { C = 'c' }\n", "env = { C = 'c', A = 'x', B = 1 }\n")]
    [InlineData("Toml", "[env.inner]\nk = 1\n\n# last\n[z]\n", "[env.inner]\nk = 1\n\n[env]\nA = \"x\"\nB = 1\n\n# last\n[z]\n")]
    public void A_new_object_goes_in_in_the_style_of_its_neighbours_and_comes_out_again(string syntax, string before, string after)
    {
        var document = ConfigDocument.Parse(Enum.Parse<ConfigSyntax>(syntax), Encoding.UTF8.GetBytes(before), out _)!;
        var outcome = document.Apply(Edit.Set(KeyPath.Of("env"), ConfigValue.Object([.. Kept(document), ("A", ConfigValue.From("x")), ("B", ConfigValue.From(1))])));
        outcome.Refusal.ShouldBeNull();
        Encoding.UTF8.GetString(outcome.Document!.Bytes).ShouldBe(after);
        var undone = outcome.Document.Undo(outcome.Reversals);
        undone.Refusal.ShouldBeNull();
        undone.LeftAlone.ShouldBeEmpty();
        Encoding.UTF8.GetString(undone.Document!.Bytes).ShouldBe(before);
    }

    private static IEnumerable<(string, ConfigValue)> Kept(ConfigDocument document) =>
        (document.Find(KeyPath.Of("env")) as ConfigObject)?.Members.Where(member => member.Key is not "A").Select(member => (member.Key, member.Value)) ?? [];
}
