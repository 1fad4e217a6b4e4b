using System.Runtime.Versioning;
using System.Text;
using Gatehouse.Clients.Files;

namespace Gatehouse.Clients.Tests.Files;

[UnsupportedOSPlatform("windows")]
public class OriginalStoreTests
{
    private static readonly Func<FileState, bool> _marked = file => Encoding.UTF8.GetString(file.Bytes!).Contains("ours", StringComparison.Ordinal);

    [Fact]
    public async Task The_original_is_what_was_there_before_the_first_change_and_stays_it()
    {
        using var place = new Workplace();
        place.Put("a.json", "theirs", UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        await place.Files().WriteAsync([place.Change("a.json", "ours 1")], _marked);
        await place.Files().WriteAsync([place.Change("a.json", "ours 2")], _marked);
        var original = place.Files().Originals.Find(place["a.json"])!;
        Encoding.UTF8.GetString(original.Bytes!).ShouldBe("theirs");
        original.Mode.ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        original.TakenAt.ShouldBe(Workplace.Now);
        original.Path.ShouldBe(place["a.json"]);
    }

    [Fact]
    public async Task That_a_file_was_missing_is_an_original_too()
    {
        using var place = new Workplace();
        await place.Files().WriteAsync([place.Change("a.json", "ours")], _marked);
        await place.Files().WriteAsync([place.Change("a.json", "ours again")], _marked);
        place.Files().Originals.Find(place["a.json"])!.Bytes.ShouldBeNull();
        place.Files().Originals.Find(place["b.json"]).ShouldBeNull();
    }

    [Fact]
    public void A_file_with_our_marks_is_never_an_original()
    {
        using var place = new Workplace();
        place.Put("a.json", "ours, of a Gatehouse whose state is lost");
        var store = place.Files().Originals;
        store.Take(FileState.Read(place["a.json"], out _)!, _marked).ShouldBe(OriginalOutcome.CarriesOurMarks);
        store.Find(place["a.json"]).ShouldBeNull();
    }

    [Fact]
    public void What_its_owner_wrote_since_without_our_marks_is_the_new_original_and_the_old_is_kept_aside()
    {
        using var place = new Workplace();
        var store = place.Files().Originals;
        foreach (var content in new[] { "first", "second", "third" })
        {
            place.Put("a.json", content);
            store.Take(FileState.Read(place["a.json"], out _)!, _marked).ShouldBe(OriginalOutcome.Taken);
            store.Take(FileState.Read(place["a.json"], out _)!, _marked).ShouldBe(OriginalOutcome.AlreadyThere);
        }
        Encoding.UTF8.GetString(store.Find(place["a.json"])!.Bytes!).ShouldBe("third");
        Directory.GetDirectories(place.State.Originals).SelectMany(Directory.GetFiles).Where(file => file.EndsWith("content", StringComparison.Ordinal))
            .Select(File.ReadAllText).Order().ShouldBe(["first", "second", "third"]);
    }

    [Fact]
    public void A_forgotten_or_damaged_snapshot_is_not_found()
    {
        using var place = new Workplace();
        var store = place.Files().Originals;
        place.Put("a.json", "x");
        place.Put("b.json", "y");
        store.Take(FileState.Read(place["a.json"], out _)!, _marked);
        store.Take(FileState.Read(place["b.json"], out _)!, _marked);
        store.Forget(place["a.json"]);
        store.Find(place["a.json"]).ShouldBeNull();
        foreach (var content in Directory.GetFiles(place.State.Originals, "content", SearchOption.AllDirectories)) File.AppendAllText(content, "damage");
        store.Find(place["b.json"]).ShouldBeNull();
    }

    [Fact]
    public async Task The_state_folder_is_for_its_owner_alone()
    {
        using var place = new Workplace();
        place.Put("a.json", "theirs");
        await place.Files().WriteAsync([place.Change("a.json", "ours"), place.Change("b.json", "ours")], _marked);
        const UnixFileMode others = (UnixFileMode)0b000_111_111;
        Directory.EnumerateFileSystemEntries(place.State.Path, "*", SearchOption.AllDirectories).Append(place.State.Path)
            .Where(entry => (File.GetUnixFileMode(entry) & others) != 0).ShouldBeEmpty();
    }
}
