using System.Text;
using System.Text.Json;
using Gatehouse.Clients.Edits;

namespace Gatehouse.Clients.Tests.Edits;

/// <summary>
/// Hostile files, before and after: <c>name.before</c>, the edits of <c>name.edits</c> (or those of all JSON or TOML files), and <c>name.after</c>
/// or <c>name.refusal</c>. Every file that is edited also comes back byte for byte, and editing it twice changes nothing the second time.
/// </summary>
public class EditFixtureTests
{
    private const string Folder = "Edits/Fixtures";

    public static TheoryData<string> Names => Fixtures.Names(Folder, ".before");

    [Theory]
    [MemberData(nameof(Names))]
    public void A_file_becomes_what_its_fixture_says_and_comes_back(string name)
    {
        var before = Fixtures.Read($"{Folder}/{name}.before");
        var edits = Edits(name);
        var document = ConfigDocument.Parse(name.StartsWith("json", StringComparison.Ordinal) ? ConfigSyntax.Json : ConfigSyntax.Toml, before, out var fault);
        var outcome = document?.Apply(edits);
        if (outcome?.Document is not { } after)
        {
            (fault?.ToString() ?? outcome!.Refusal!.ToString()).ShouldBe(Encoding.UTF8.GetString(Fixtures.Read($"{Folder}/{name}.refusal")).TrimEnd('\n'));
            return;
        }
        Encoding.UTF8.GetString(after.Bytes).ShouldBe(Encoding.UTF8.GetString(Fixtures.Read($"{Folder}/{name}.after")));
        after.Apply(edits).Document!.Bytes.ToArray().ShouldBe(after.Bytes.ToArray(), "the second time changes nothing");
        var back = after.Undo(Stored(outcome.Reversals));
        back.LeftAlone.ShouldBeEmpty();
        Encoding.UTF8.GetString(back.Document!.Bytes).ShouldBe(Encoding.UTF8.GetString(before));
    }

    [Fact]
    public void Every_expectation_has_its_file()
    {
        var expected = Fixtures.Names(Folder, ".after").Concat(Fixtures.Names(Folder, ".refusal")).Select(row => row.Data).Order(StringComparer.Ordinal);
        expected.ShouldBe(Names.Select(row => row.Data));
    }

    private static IReadOnlyList<Edit> Edits(string name)
    {
        var own = $"{Folder}/{name}.edits";
        var file = File.Exists(Path.Combine(AppContext.BaseDirectory, own)) ? own : $"{Folder}/{name[..4]}.edits";
        return [.. Encoding.UTF8.GetString(Fixtures.Read(file)).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Read)];
    }

    private static Edit Read(string line)
    {
        if (line.StartsWith("remove ", StringComparison.Ordinal)) return Edit.Remove(KeyPath.Parse(line["remove ".Length..]));
        // The path ends at the first blank outside of quotes.
        var end = "set ".Length;
        for (var quoted = false; line[end] != ' ' || quoted; end++) quoted ^= line[end] == '"';
        using var value = JsonDocument.Parse(line[end..]);
        return Edit.Set(KeyPath.Parse(line["set ".Length..end]), Value(value.RootElement));
    }

    private static ConfigValue Value(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => ConfigValue.Object([.. element.EnumerateObject().Select(member => (member.Name, Value(member.Value)))]),
        JsonValueKind.Array => new ConfigArray([.. element.EnumerateArray().Select(Value)]),
        JsonValueKind.Number => ConfigValue.From(element.GetInt64()),
        _ => Fixtures.Value(element),
    };

    /// <summary>The reversals as they come back from a file.</summary>
    private static List<Reversal> Stored(IReadOnlyList<Reversal> reversals) =>
        JsonSerializer.Deserialize<List<Reversal>>(JsonSerializer.Serialize(reversals))!;
}
