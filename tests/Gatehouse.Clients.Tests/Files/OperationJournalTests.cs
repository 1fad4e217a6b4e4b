using System.Runtime.Versioning;
using Gatehouse.Clients.Files;

namespace Gatehouse.Clients.Tests.Files;

/// <summary>Several files of one operation: all or none, and what a crash cut off.</summary>
[UnsupportedOSPlatform("windows")]
public class OperationJournalTests
{
    [Theory]
    [InlineData("changed")]
    [InlineData("deleted")]
    [InlineData("folder")]
    public async Task When_a_later_file_can_not_be_written_the_earlier_ones_go_back(string trouble)
    {
        using var place = new Workplace();
        place.Put("a.json", "a", UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        place.Put("c.json", "c");
        var replaced = 0;
        var files = place.Files((step, _) =>
        {
            if (step != WriteStep.Replaced || ++replaced != 2) return;
            if (trouble == "changed") File.WriteAllText(place["c.json"], "theirs");
            else File.Delete(place["c.json"]);
            if (trouble == "folder") Directory.CreateDirectory(place["c.json"]);
        });
        var outcome = await files.WriteAsync([place.Change("a.json", "new a") with { HoldsSecret = true }, place.Change("x/y/b.json", "new b"), place.Change("c.json", "new c")]);
        outcome.Refusal!.Path.ShouldBe(place["c.json"]);
        place.Contents().ShouldBe(trouble == "changed" ? "a.json: a\nc.json: theirs" : "a.json: a");
        File.GetUnixFileMode(place["a.json"]).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        Directory.Exists(place["x"]).ShouldBeFalse();
        Directory.EnumerateFileSystemEntries(place.State.Journal).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_operation_that_was_cut_off_is_finished_by_the_next_run_and_told()
    {
        using var place = new Workplace();
        await CutOffAsync(place);
        place.Contents().ShouldBe("a.json: new a\nb.json: b\nc.json: c");
        var recovered = await place.Files().RecoverAsync();
        place.Contents().ShouldBe("a.json: new a\nb.json: new b\nd/e.json: new e");
        var operation = recovered.Recovered.Single();
        operation.Finished.ShouldBeTrue();
        operation.LeftAlone.ShouldBeEmpty();
        operation.Paths.ShouldBe([place["a.json"], place["b.json"], place["c.json"], place["d/e.json"]]);
        File.GetUnixFileMode(place["b.json"]).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        (await place.Files().RecoverAsync()).Recovered.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("b.json", "a.json: a\nb.json: theirs\nc.json: c")]
    [InlineData("a.json", "a.json: theirs\nb.json: b\nc.json: c")]
    [InlineData("d/e.json", "a.json: a\nb.json: b\nc.json: c\nd/e.json: theirs")]
    public async Task An_operation_that_was_cut_off_is_taken_back_when_somebody_changed_a_file_since(string changed, string left)
    {
        using var place = new Workplace();
        await CutOffAsync(place);
        place.Put(changed, "theirs");
        var recovered = await place.Files().RecoverAsync();
        place.Contents().ShouldBe(left);
        recovered.Recovered.Single().Finished.ShouldBeFalse();
        recovered.Recovered.Single().LeftAlone.ShouldBe([place[changed]]);
        Directory.EnumerateFileSystemEntries(place.State.Journal).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_next_write_finishes_what_was_cut_off_before_it_begins()
    {
        using var place = new Workplace();
        await CutOffAsync(place);
        var stale = place.Change("b.json", "planned on the old file");
        var outcome = await place.Files().WriteAsync([stale]);
        outcome.Recovered.Single().Finished.ShouldBeTrue();
        outcome.Refusal!.Trouble.ShouldBe(FileTrouble.ChangedMeanwhile);
        (await place.Files().WriteAsync([place.Change("b.json", "newer")])).Refusal.ShouldBeNull();
        place.Contents().ShouldBe("a.json: new a\nb.json: newer\nd/e.json: new e");
    }

    [Theory]
    [InlineData("plan.json", "{ not json")]
    [InlineData("plan.json", "{}")]
    [InlineData("1.after", "something else")]
    [InlineData("1.after", null)]
    public async Task A_damaged_journal_is_set_aside_and_touches_nothing(string file, string? content)
    {
        using var place = new Workplace();
        await CutOffAsync(place);
        var damaged = Path.Combine(Directory.GetDirectories(place.State.Journal).Single(), file);
        if (content is null) File.Delete(damaged);
        else File.WriteAllText(damaged, content);
        var recovered = await place.Files().RecoverAsync();
        recovered.Refusal.ShouldBeNull();
        recovered.Recovered.ShouldBeEmpty();
        place.Contents().ShouldBe("a.json: new a\nb.json: b\nc.json: c");
        Directory.GetDirectories(place.State.Journal).Single().ShouldEndWith(".damaged");
        (await place.Files().WriteAsync([place.Change("b.json", "new")])).Refusal.ShouldBeNull();
    }

    /// <summary>Leaves an operation as a crash behind its first file would: a.json is written, the others are not.</summary>
    private static async Task CutOffAsync(Workplace place)
    {
        place.Put("a.json", "a");
        place.Put("b.json", "b");
        place.Put("c.json", "c");
        var files = place.Files((step, _) =>
        {
            if (step == WriteStep.Replaced) throw new TimeoutException("the crash");
        });
        await Should.ThrowAsync<TimeoutException>(() => files.WriteAsync(
            [place.Change("a.json", "new a"), place.Change("b.json", "new b") with { HoldsSecret = true }, place.Change("c.json", null), place.Change("d/e.json", "new e")]));
    }
}
