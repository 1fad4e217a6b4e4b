using Gatehouse.Doctor;
using Gatehouse.Doctor.Checks;
using Gatehouse.Tests.Running;

namespace Gatehouse.Tests.Doctor;

public sealed class FileModesTests
{
    private const UnixFileMode Group = UnixFileMode.GroupRead | UnixFileMode.OtherExecute;

    [Theory]
    [InlineData("")]
    [InlineData("gatehouse.db")]
    [InlineData("journal")]
    [InlineData("master.key")]
    public async Task What_others_can_read_fails_and_is_mended_without_touching_the_owners_rights(string name)
    {
        await using var set = await SceneSetter.SetAsync();
        var path = name == "master.key" ? set.Home.KeyFile : Path.Combine(set.Home.DataDirectory, name).TrimEnd('/');
        if (name == "journal") Directory.CreateDirectory(path);
        var own = Modes.Of(path) & ~FileRights.Others;
        Modes.Set(path, own | Group);
        var result = (await set.RunAsync(new FileModesCheck())).ShouldHaveSingleItem();
        result.Outcome.ShouldBe(CheckOutcome.Failed);
        result.Subject.ShouldBe(path);
        result.Repair!.Describe().ShouldContain(path);
        (await result.Repair.ApplyAsync(CancellationToken.None)).ShouldBeNull();
        Modes.Of(path).ShouldBe(own);
        (await set.RunAsync(new FileModesCheck())).ShouldHaveSingleItem().Outcome.ShouldBe(CheckOutcome.Ok);
    }

    [Fact]
    public async Task A_mode_that_cannot_be_changed_is_told()
    {
        await using var set = await SceneSetter.SetAsync();
        var repair = new ModeRepair(Path.Combine(set.Home.Path, "gone"));
        (await repair.ApplyAsync(CancellationToken.None))!.ShouldContain("gone");
    }
}
