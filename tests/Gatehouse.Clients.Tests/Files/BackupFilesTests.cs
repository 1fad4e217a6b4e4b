using System.Runtime.Versioning;
using Gatehouse.Clients.Files;

namespace Gatehouse.Clients.Tests.Files;

[UnsupportedOSPlatform("windows")]
public class BackupFilesTests
{
    [Fact]
    public async Task A_backup_is_never_overwritten_and_is_for_its_owner_alone()
    {
        using var place = new Workplace();
        place.Put("a.json", "0", UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        var epoch = Workplace.Now.ToUnixTimeSeconds();
        for (var round = 1; round <= 3; round++)
        {
            // The clock stands still, so the names would collide.
            var outcome = await place.Files().WriteAsync([place.Change("a.json", $"{round}") with { Backup = true }]);
            var backup = outcome.Files.Single().BackupPath!;
            backup.ShouldBe($"{place["a.json"]}.backup.{epoch + round - 1}");
            File.ReadAllText(backup).ShouldBe($"{round - 1}");
            File.GetUnixFileMode(backup).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
        place.Put("a.json.backup.old", "not ours");
        place.Put("a.json.backup.99999999999999999999", "not ours");
        place.Put("a.json.backup.-5", "not ours");
        place.Put("b.json.backup.5", "of another file");
        BackupFiles.Of(place["a.json"]).Select(backup => backup.MadeAt.ToUnixTimeSeconds()).ShouldBe([epoch + 2, epoch + 1, epoch]);
    }

    [Fact]
    public async Task A_missing_file_has_no_backup()
    {
        using var place = new Workplace();
        (await place.Files().WriteAsync([place.Change("a.json", "x") with { Backup = true }])).Files.Single().BackupPath.ShouldBeNull();
        BackupFiles.Of(place["none/a.json"]).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_is_deleted_is_backed_up_first()
    {
        using var place = new Workplace();
        place.Put("a.json", "old");
        var outcome = await place.Files().WriteAsync([place.Change("a.json", null) with { Backup = true }]);
        File.Exists(place["a.json"]).ShouldBeFalse();
        File.ReadAllText(outcome.Files.Single().BackupPath!).ShouldBe("old");
    }
}
