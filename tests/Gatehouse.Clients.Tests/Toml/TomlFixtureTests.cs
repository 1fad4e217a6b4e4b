using System.Text.Json;
using Gatehouse.Clients.Toml;

namespace Gatehouse.Clients.Tests.Toml;

/// <summary>TOML 1.0, construct by construct: what is valid says what its fixture says, what is invalid is refused at its place.</summary>
public class TomlFixtureTests
{
    private const string Folder = "Toml/Fixtures";

    public static TheoryData<string> Valid => Fixtures.Names(Folder + "/valid", ".toml");

    public static TheoryData<string> Invalid => Fixtures.Names(Folder + "/invalid", ".toml");

    [Theory]
    [MemberData(nameof(Valid))]
    public void A_valid_document_says_what_it_says(string name)
    {
        var bytes = Fixtures.Read($"{Folder}/valid/{name}.toml");
        var document = TomlDocument.Parse(bytes, out var fault);
        fault.ShouldBeNull();
        using var expected = JsonDocument.Parse(Fixtures.Read($"{Folder}/valid/{name}.json"), new JsonDocumentOptions { MaxDepth = 256 });
        document!.Root.ShouldBe(Fixtures.Value(expected.RootElement));
        document.Bytes.ToArray().ShouldBe(bytes);
    }

    [Theory]
    [MemberData(nameof(Invalid))]
    public void An_invalid_document_is_refused_at_its_place(string name)
    {
        TomlDocument.Parse(Fixtures.Read($"{Folder}/invalid/{name}.toml"), out var fault).ShouldBeNull();
        fault!.ToString().ShouldBe(Fixtures.Lines(Folder + "/faults.txt")[name]);
    }

    [Fact]
    public void Every_expected_fault_has_its_document() =>
        Fixtures.Lines(Folder + "/faults.txt").Keys.Order(StringComparer.Ordinal).ShouldBe(Invalid.Select(row => row.Data));
}
