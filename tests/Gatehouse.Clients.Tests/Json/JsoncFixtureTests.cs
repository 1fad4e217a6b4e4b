using System.Text.Json;
using Gatehouse.Clients.Edits;
using Gatehouse.Clients.Json;

namespace Gatehouse.Clients.Tests.Json;

/// <summary>JSON with comments, construct by construct: what is valid says what its fixture says, what is invalid is refused at its place.</summary>
public class JsoncFixtureTests
{
    private const string Folder = "Json/Fixtures";

    public static TheoryData<string> Valid => Fixtures.Names(Folder + "/valid", ".jsonc");

    public static TheoryData<string> Invalid => Fixtures.Names(Folder + "/invalid", ".jsonc");

    [Theory]
    [MemberData(nameof(Valid))]
    public void A_valid_document_says_what_it_says(string name)
    {
        var bytes = Fixtures.Read($"{Folder}/valid/{name}.jsonc");
        var document = JsoncDocument.Parse(bytes, out var fault);
        fault.ShouldBeNull();
        using var expected = JsonDocument.Parse(Fixtures.Read($"{Folder}/valid/{name}.expected.json"), new JsonDocumentOptions { MaxDepth = 256 });
        document!.Root.ShouldBe(Fixtures.Value(expected.RootElement));
        document.Bytes.ToArray().ShouldBe(bytes);
    }

    [Theory]
    [MemberData(nameof(Invalid))]
    public void An_invalid_document_is_refused_at_its_place(string name)
    {
        JsoncDocument.Parse(Fixtures.Read($"{Folder}/invalid/{name}.jsonc"), out var fault).ShouldBeNull();
        fault!.ToString().ShouldBe(Fixtures.Lines(Folder + "/faults.txt")[name]);
    }

    [Fact]
    public void Every_expected_fault_has_its_document() =>
        Fixtures.Lines(Folder + "/faults.txt").Keys.Order(StringComparer.Ordinal).ShouldBe(Invalid.Select(row => row.Data));

    [Fact]
    public void Half_of_a_surrogate_pair_is_read_and_written_as_the_escape_that_it_is()
    {
        var document = JsoncDocument.Parse("{\"a\":\"\\ud800\"}"u8, out _)!;
        document.Find(KeyPath.Of("a")).ShouldBe(ConfigValue.From("\ud800"));
        var outcome = document.Apply(Edit.Set(KeyPath.Of("b"), ConfigValue.From("x\udc00")), Edit.Set(KeyPath.Of("c"), ConfigValue.From("\ud83d\ude00")));
        outcome.Document!.Bytes.ToArray().ShouldBe("{\"a\":\"\\ud800\",\"b\":\"x\\udc00\",\"c\":\"😀\"}"u8.ToArray());
    }
}
