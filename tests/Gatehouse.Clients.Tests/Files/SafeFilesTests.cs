using System.Runtime.Versioning;
using System.Text;
using Gatehouse.Clients.Files;

namespace Gatehouse.Clients.Tests.Files;

/// <summary>What is written, with which mode and owner, and what is refused.</summary>
[UnsupportedOSPlatform("windows")]
public class SafeFilesTests
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    [Theory]
    [InlineData("640", false, "640")]
    [InlineData("644", true, "600")]
    [InlineData("777", true, "700")]
    [InlineData("600", false, "600")]
    [InlineData("4755", false, "4755")]
    public async Task A_file_keeps_its_mode_and_is_for_its_owner_alone_when_it_holds_a_secret(string before, bool secret, string after)
    {
        using var place = new Workplace();
        place.Put("a.json", "old", (UnixFileMode)Convert.ToInt32(before, 8));
        var outcome = await place.Files().WriteAsync([place.Change("a.json", "new") with { HoldsSecret = secret }]);
        outcome.Refusal.ShouldBeNull();
        File.ReadAllText(place["a.json"]).ShouldBe("new");
        Convert.ToString((int)File.GetUnixFileMode(place["a.json"]), 8).ShouldBe(after);
    }

    [Fact]
    public async Task A_file_keeps_its_owner_and_group()
    {
        using var place = new Workplace();
        var file = place.Put("a.json", "old");
        var mine = PosixFiles.OwnershipOf(file)!.Value;
        // Only root may give files away; for anyone else the owner that is kept is their own.
        if (Environment.IsPrivilegedProcess) PosixFiles.Give(file, mine with { User = 12345, Group = 54321 }).ShouldBeTrue();
        var before = PosixFiles.OwnershipOf(file)!.Value;
        (await place.Files().WriteAsync([place.Change("a.json", "new")])).Refusal.ShouldBeNull();
        PosixFiles.OwnershipOf(file).ShouldBe(before);
        File.ReadAllText(file).ShouldBe("new");
    }

    [Fact]
    public async Task A_new_file_is_made_with_its_folders_and_deleted_with_them()
    {
        using var place = new Workplace();
        var made = await place.Files().WriteAsync([place.Change("x/y/a.json", "new") with { HoldsSecret = true }]);
        made.Files.Single().FoldersMade.ShouldBe([place["x/y"], place["x"]]);
        File.GetUnixFileMode(place["x/y/a.json"]).ShouldBe(OwnerOnly);
        File.GetUnixFileMode(place["x"]).ShouldBe(OwnerOnly | UnixFileMode.UserExecute);
        var gone = await place.Files().WriteAsync([place.Change("x/y/a.json", null) with { FoldersToRemove = made.Files.Single().FoldersMade }]);
        gone.Refusal.ShouldBeNull();
        Directory.Exists(place["x"]).ShouldBeFalse();
    }

    [Fact]
    public async Task A_folder_that_is_in_use_is_not_removed_with_the_file()
    {
        using var place = new Workplace();
        var made = await place.Files().WriteAsync([place.Change("x/y/a.json", "new")]);
        place.Put("x/theirs", "1");
        await place.Files().WriteAsync([place.Change("x/y/a.json", null) with { FoldersToRemove = made.Files.Single().FoldersMade }]);
        place.Contents().ShouldBe("x/theirs: 1");
        Directory.Exists(place["x/y"]).ShouldBeFalse();
    }

    [Fact]
    public async Task What_is_as_wanted_is_not_written()
    {
        using var place = new Workplace();
        var file = place.Put("a.json", "same", UnixFileMode.UserRead);
        var before = File.GetLastWriteTimeUtc(file);
        var outcome = await place.Files(onStep: (step, _) => step.ShouldBe(WriteStep.Locked)).WriteAsync([place.Change("a.json", "same") with { Backup = true }], _ => false);
        outcome.Files.Single().ShouldBeEquivalentTo(new WrittenFile(file, Changed: false, BackupPath: null, FoldersMade: []));
        File.GetLastWriteTimeUtc(file).ShouldBe(before);
        place.Contents().ShouldBe("a.json: same");
    }

    [Fact]
    public async Task A_file_with_a_secret_that_others_may_read_is_closed_though_its_content_stays()
    {
        using var place = new Workplace();
        place.Put("a.json", "same", OwnerOnly | UnixFileMode.GroupRead);
        (await place.Files().WriteAsync([place.Change("a.json", "same") with { HoldsSecret = true }])).Files.Single().Changed.ShouldBeTrue();
        File.GetUnixFileMode(place["a.json"]).ShouldBe(OwnerOnly);
    }

    [Theory]
    [InlineData("link", "real/a.json")]
    [InlineData("relative", "real/a.json")]
    [InlineData("chain", "real/a.json")]
    [InlineData("folder/a.json", "real/a.json")]
    [InlineData("dangling", "real/none.json")]
    public async Task A_link_stays_and_its_target_is_replaced(string name, string target)
    {
        using var place = new Workplace();
        place.Put("real/a.json", "old");
        File.CreateSymbolicLink(place["link"], place["real/a.json"]);
        File.CreateSymbolicLink(place["relative"], "real/../real/a.json");
        File.CreateSymbolicLink(place["chain"], "relative");
        File.CreateSymbolicLink(place["dangling"], "real/none.json");
        Directory.CreateSymbolicLink(place["folder"], "real");
        var outcome = await place.Files().WriteAsync([place.Change(name, "new") with { Backup = true }]);
        outcome.Refusal.ShouldBeNull();
        File.ReadAllText(place[target]).ShouldBe("new");
        new FileInfo(place[target]).LinkTarget.ShouldBeNull();
        if (name != "folder/a.json") new FileInfo(place[name]).LinkTarget.ShouldNotBeNull();
        if (outcome.Files.Single().BackupPath is { } backup) backup.ShouldBe($"{place[name]}.backup.{Workplace.Now.ToUnixTimeSeconds()}");
    }

    [Fact]
    public void A_circle_of_links_is_refused()
    {
        using var place = new Workplace();
        File.CreateSymbolicLink(place["a"], "b");
        File.CreateSymbolicLink(place["b"], "a");
        FileState.Read(place["a"], out var refusal).ShouldBeNull();
        refusal!.Trouble.ShouldBe(FileTrouble.BadLink);
    }

    [Fact]
    public void What_is_no_plain_file_is_refused()
    {
        using var place = new Workplace();
        FileState.Read(place.Path, out var folder).ShouldBeNull();
        folder!.Trouble.ShouldBe(FileTrouble.NotAFile);
        FileState.Read("/dev/zero", out var device).ShouldBeNull();
        device!.Trouble.ShouldBe(FileTrouble.NotAFile);
        using (var large = File.Create(place["large"])) large.SetLength(17 * 1024 * 1024);
        FileState.Read(place["large"], out var size).ShouldBeNull();
        size!.Trouble.ShouldBe(FileTrouble.TooLarge);
    }

    public static TheoryData<string, string> Troubles => new()
    {
        { "read-only file", nameof(FileTrouble.ReadOnly) },
        { "read-only folder", nameof(FileTrouble.FolderReadOnly) },
        { "read-only folder of a missing folder", nameof(FileTrouble.FolderReadOnly) },
        { "file as folder", nameof(FileTrouble.NotAFile) },
        { "hard link", nameof(FileTrouble.HardLinked) },
        { "changed", nameof(FileTrouble.ChangedMeanwhile) },
        { "made", nameof(FileTrouble.ChangedMeanwhile) },
        { "deleted", nameof(FileTrouble.ChangedMeanwhile) },
        { "linked elsewhere", nameof(FileTrouble.ChangedMeanwhile) },
        { "locked", nameof(FileTrouble.Locked) },
    };

    [Theory]
    [MemberData(nameof(Troubles))]
    public async Task What_stands_in_the_way_is_told_and_nothing_is_changed(string trouble, string kind)
    {
        using var place = new Workplace();
        place.Put("d/a.json", "old");
        place.Put("other.json", "old");
        var name = trouble switch { "made" => "d/new.json", "file as folder" => "d/a.json/x/b.json", "read-only folder of a missing folder" => "d/e/f/a.json", _ => "d/a.json" };
        if (trouble == "linked elsewhere")
        {
            File.Move(place["d/a.json"], place["d/real.json"]);
            File.CreateSymbolicLink(place["d/a.json"], "real.json");
        }
        var change = place.Change(name, "new") with { Backup = true };
        IDisposable? held = null;
        switch (trouble)
        {
            case "read-only file":
                File.SetUnixFileMode(place["d/a.json"], UnixFileMode.UserRead | UnixFileMode.GroupRead);
                change = place.Change(name, "new") with { Backup = true };
                break;
            case "read-only folder" or "read-only folder of a missing folder": File.SetUnixFileMode(place["d"], UnixFileMode.UserRead | UnixFileMode.UserExecute); break;
            case "hard link": Link(place["d/a.json"], place["d/b.json"]); break;
            case "changed": File.AppendAllText(place["d/a.json"], " theirs"); break;
            case "made": place.Put("d/new.json", "theirs"); break;
            case "deleted": File.Delete(place["d/a.json"]); break;
            case "linked elsewhere":
                File.Delete(place["d/a.json"]);
                File.CreateSymbolicLink(place["d/a.json"], "../other.json");
                break;
            case "locked": held = await place.State.LockAsync(TimeSpan.Zero, TimeProvider.System, default); break;
        }
        var before = place.Contents();
        var outcome = await place.Files().WriteAsync([change, place.Change("other.json", "new")], _ => false);
        held?.Dispose();
        outcome.Refusal!.Trouble.ToString().ShouldBe(kind, outcome.Refusal.ToString());
        outcome.Files.ShouldBeEmpty();
        place.Contents().ShouldBe(before);
    }

    [Fact]
    public async Task A_change_in_the_last_moment_before_the_rename_is_seen()
    {
        using var place = new Workplace();
        place.Put("a.json", "old");
        var files = place.Files((step, path) =>
        {
            if (step == WriteStep.Flushed) File.WriteAllText(path, "theirs");
        });
        var outcome = await files.WriteAsync([place.Change("a.json", "new")]);
        outcome.Refusal!.Trouble.ShouldBe(FileTrouble.ChangedMeanwhile);
        place.Contents().ShouldBe("a.json: theirs");
    }

    [Fact]
    public async Task Leftovers_of_a_write_that_was_killed_are_removed_by_the_next()
    {
        using var place = new Workplace();
        place.Put("a.json", "old");
        place.Put(".a.json.gatehouse-0123456789ab.tmp", "half");
        place.Put(".b.json.gatehouse-0123456789ab.tmp", "of another file");
        await place.Files().WriteAsync([place.Change("a.json", "new")]);
        place.Contents().ShouldBe(".b.json.gatehouse-0123456789ab.tmp: of another file\na.json: new");
    }

    [Fact]
    public async Task Writers_take_turns()
    {
        using var place = new Workplace();
        var files = new SafeFiles(place.State, TimeProvider.System) { Patience = TimeSpan.FromSeconds(10) };
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(index => Task.Run(() => files.WriteAsync([place.Change($"f{index}", "x"), place.Change($"g{index}", "y")]))));
        outcomes.ShouldAllBe(outcome => outcome.Refusal == null);
        Directory.GetFiles(place.Path).Length.ShouldBe(16);
    }

    private static void Link(string file, string name)
    {
        using var link = System.Diagnostics.Process.Start("ln", [file, name]);
        link.WaitForExit();
        link.ExitCode.ShouldBe(0);
    }
}
