using System.Text;
using Gatehouse.Clients.Edits;

namespace Gatehouse.Clients.Tests.Edits;

/// <summary>What must hold for any document and any edits. A failure names the seed that repeats it.</summary>
public class EditPropertyTests
{
    private const int Rounds = 1500;

    public static TheoryData<string> Syntaxes => ["Json", "Toml"];

    [Theory]
    [MemberData(nameof(Syntaxes))]
    public void Edits_say_what_was_wanted_touch_nothing_else_and_undo_gives_the_bytes_back(string syntax)
    {
        var edited = 0;
        for (var seed = 0; seed < Rounds; seed++)
        {
            var random = new Random(seed);
            var text = Text(syntax, random);
            var document = Parse(syntax, text) ?? throw new InvalidOperationException($"seed {seed} made an invalid document:\n{text}");
            var edits = new RandomEdits(random).Some();
            var outcome = document.Apply(edits);
            var told = $"seed {seed}\n{string.Join("\n", edits.Select(Told))}\n--- before\n{text}\n--- after\n{(outcome.Document is null ? "" : Encoding.UTF8.GetString(outcome.Document.Bytes))}\n---\n";
            if (outcome.Refusal is { } refusal)
            {
                Refused(syntax, refusal).ShouldBeTrue(told + refusal);
                continue;
            }
            edited++;
            Comparable(syntax, outcome.Document!.Root).ShouldBe(Comparable(syntax, IntendedBy(document.Root, edits)), told);
            DocumentParts.OutsideOf(outcome.Document, edits).ShouldBe(DocumentParts.OutsideOf(document, edits), told);
            var undone = outcome.Document.Undo(outcome.Reversals);
            undone.Refusal.ShouldBeNull(told);
            undone.LeftAlone.ShouldBeEmpty(told);
            Encoding.UTF8.GetString(undone.Document!.Bytes).ShouldBe(text, told);
        }
        edited.ShouldBeGreaterThan(Rounds / 3);
    }

    [Theory]
    [MemberData(nameof(Syntaxes))]
    public void What_a_person_writes_between_an_edit_and_its_undo_is_all_that_is_left(string syntax)
    {
        var compared = 0;
        for (var seed = 0; seed < Rounds; seed++)
        {
            var random = new Random(-1 - seed);
            var document = Parse(syntax, Text(syntax, random))!;
            var ours = document.Apply(new RandomEdits(random).Some());
            var theirs = new RandomEdits(random) { Prefix = "their " }.Some();
            // A person writes with another program, which may lay everything out anew: here it is our editor, on the other's keys.
            if (ours.Document?.Apply(theirs).Document is not { } both || document.Apply(theirs).Document is not { } without) continue;
            var undone = both.Undo(ours.Reversals);
            var told = $"seed {seed}\n--- before\n{Encoding.UTF8.GetString(document.Bytes)}\n--- both\n{Encoding.UTF8.GetString(both.Bytes)}\n---";
            undone.Refusal.ShouldBeNull(told);
            // What they wrote into objects that we made or emptied may keep ours there; nothing else does.
            undone.LeftAlone.ShouldAllBe(left => theirs.Any(edit => left.Path.Steps[0] == edit.Path.Steps[0]), told);
            if (undone.LeftAlone.Count > 0) continue;
            Comparable(syntax, undone.Document!.Root).ShouldBe(Comparable(syntax, without.Root), told);
            // In JSON a comment may stand between a removed key and its value, and goes with them when their place is not as it was.
            if (syntax == "Toml") Comments(undone.Document).ShouldBe(Comments(without), told);
            compared++;
        }
        compared.ShouldBeGreaterThan(Rounds / 3);
    }

    private static IEnumerable<string> Comments(ConfigDocument document) =>
        DocumentParts.OutsideOf(document, []).Where(part => part.StartsWith("//", StringComparison.Ordinal) || part.StartsWith("/*", StringComparison.Ordinal) || part.StartsWith('#')).Order(StringComparer.Ordinal);

    private static string Text(string syntax, Random random) => syntax == "Json" ? new RandomJson(random).Document() : new RandomToml(random).Document();

    private static ConfigDocument? Parse(string syntax, string text) => ConfigDocument.Parse(Enum.Parse<ConfigSyntax>(syntax), Encoding.UTF8.GetBytes(text), out _);

    /// <summary>The only refusals there may be: something else than an object on the way and, in TOML, tables and arrays of tables that are not replaced whole.</summary>
    private static bool Refused(string syntax, EditRefusal refusal) =>
        refusal.Reason.EndsWith("it is left as it is", StringComparison.Ordinal)
        || (syntax == "Toml" && (refusal.Reason.EndsWith("it is not replaced as a whole", StringComparison.Ordinal) || refusal.Reason.EndsWith("it is not removed", StringComparison.Ordinal)));

    private static ConfigObject IntendedBy(ConfigObject root, IEnumerable<Edit> edits)
    {
        foreach (var edit in edits)
        {
            if (edit is SetEdit set) root = root.With(set.Path, set.Value);
            else root = root.Without(edit.Path);
        }
        return root;
    }

    /// <summary>In TOML a table that only the removed thing made is gone with it, so tables that hold nothing are left out.</summary>
    private static string Comparable(string syntax, ConfigObject root) => DocumentParts.Written(Sorted(root, dropEmpty: syntax == "Toml"));

    private static ConfigObject Sorted(ConfigObject value, bool dropEmpty) => new([.. value.Members
        .Select(member => member.Value is ConfigObject inner ? new ConfigMember(member.Key, Sorted(inner, dropEmpty)) : member)
        .Where(member => !dropEmpty || member.Value is not ConfigObject { Members.Count: 0 })
        .OrderBy(member => member.Key, StringComparer.Ordinal)]);

    private static string Told(Edit edit) => edit is SetEdit set ? $"set {set.Path} {DocumentParts.Written(set.Value)}" : $"remove {edit.Path}";
}
