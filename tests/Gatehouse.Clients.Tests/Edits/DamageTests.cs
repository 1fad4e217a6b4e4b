using System.Text;
using Gatehouse.Clients.Edits;

namespace Gatehouse.Clients.Tests.Edits;

/// <summary>Files that were cut off or harmed: refused at a place, or edited as rightly as any other. Never an exception, never a byte lost.</summary>
public class DamageTests
{
    private static readonly byte[] _telling = "{}[]\",:=#/*\\'\n\r .-0\0"u8.ToArray();

    public static TheoryData<string, string> Files => new(
        Names("Edits/Fixtures", ".before").Select(name => ($"Edits/Fixtures/{name}.before", name.StartsWith("json", StringComparison.Ordinal) ? "Json" : "Toml"))
            .Concat(Names("Json/Fixtures/valid", ".jsonc").Where(name => name is not "wide" and not "nested-deep").Select(name => ($"Json/Fixtures/valid/{name}.jsonc", "Json")))
            .Concat(Names("Toml/Fixtures/valid", ".toml").Select(name => ($"Toml/Fixtures/valid/{name}.toml", "Toml"))));

    [Theory]
    [MemberData(nameof(Files))]
    public void A_file_cut_off_anywhere_is_refused_or_edited_rightly(string file, string syntax)
    {
        var whole = Fixtures.Read(file);
        var edited = 0;
        for (var length = 0; length <= whole.Length; length++) edited += RefusedOrRight(whole[..length], syntax, $"{file} cut to {length}") ? 1 : 0;
        // What is empty can always be edited, so this proves that edits were made at all.
        edited.ShouldBeGreaterThan(0);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void A_file_with_any_byte_harmed_is_refused_or_edited_rightly(string file, string syntax)
    {
        var whole = Fixtures.Read(file);
        var random = new Random(whole.Length);
        for (var round = 0; round < 150 && whole.Length > 0; round++)
        {
            var harmed = whole.ToList();
            for (var count = random.Next(1, 4); count > 0 && harmed.Count > 0; count--) Harm(harmed, random);
            RefusedOrRight([.. harmed], syntax, $"{file} round {round}");
        }
    }

    private static void Harm(List<byte> bytes, Random random)
    {
        var at = random.Next(bytes.Count);
        switch (random.Next(4))
        {
            case 0: bytes[at] ^= (byte)(1 << random.Next(8)); break;
            case 1: bytes[at] = _telling[random.Next(_telling.Length)]; break;
            case 2: bytes.RemoveAt(at); break;
            default: bytes.Insert(at, _telling[random.Next(_telling.Length)]); break;
        }
    }

    /// <summary>Whether the bytes could be edited; if so, that nothing else was touched and that all comes back.</summary>
    private static bool RefusedOrRight(byte[] bytes, string syntax, string what)
    {
        var document = ConfigDocument.Parse(Enum.Parse<ConfigSyntax>(syntax), bytes, out var fault);
        if (document is null)
        {
            fault!.Line.ShouldBeGreaterThan(0, what);
            fault.Column.ShouldBeGreaterThan(0, what);
            return false;
        }
        Edit[] edits =
        [
            Edit.Set(KeyPath.Of("env", "ANTHROPIC_BASE_URL"), ConfigValue.From("http://127.0.0.1:8080")), Edit.Set(KeyPath.Of("model"), ConfigValue.From("m")),
            Edit.Remove(KeyPath.Of("a")), Edit.Set(KeyPath.Of("model_providers", "gatehouse", "name"), ConfigValue.From("Gatehouse")),
        ];
        var outcome = document.Apply(edits);
        if (outcome.Refusal is not null) return false;
        DocumentParts.OutsideOf(outcome.Document!, edits).ShouldBe(DocumentParts.OutsideOf(document, edits), what);
        var back = outcome.Document!.Undo(outcome.Reversals);
        Encoding.Latin1.GetString(back.Document!.Bytes).ShouldBe(Encoding.Latin1.GetString(bytes), what);
        return true;
    }

    private static IEnumerable<string> Names(string folder, string ending) => Fixtures.Names(folder, ending).Select(row => row.Data);
}
