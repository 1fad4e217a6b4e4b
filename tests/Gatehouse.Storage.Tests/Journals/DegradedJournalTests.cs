using Gatehouse.Storage.Journals;

namespace Gatehouse.Storage.Tests.Journals;

public sealed class DegradedJournalTests : IDisposable
{
    private readonly JournalFolder _folder = new();
    private volatile bool _refuse = true;

    public void Dispose() => _folder.Dispose();

    private Journal Open(int memory = 1024 * 1024) => _folder.Open(o => o with
    {
        SegmentBytes = 4096,
        MemoryBytes = memory,
        CreateSegment = (path, size, header, mapped) =>
            _refuse ? throw new IOException("No space left on device") : FileSegment.Create(path, size, header, mapped),
    });

    [Fact]
    public async Task Without_a_disk_records_go_to_memory_are_read_from_there_and_the_state_says_why()
    {
        await using var journal = Open();
        JournalFolder.Append(journal, "kept in memory");
        var state = journal.State;
        state.Degraded.ShouldBe("No space left on device");
        state.MemoryRecords.ShouldBe(1);
        state.Lost.ShouldBe(0);
        JournalFolder.ReadAll(journal).ShouldBe(["kept in memory"]);
    }

    [Fact]
    public async Task When_the_disk_is_back_new_records_go_to_a_file_and_the_state_heals_once_the_others_are_stored()
    {
        await using var journal = Open();
        JournalFolder.Append(journal, "in memory");
        _refuse = false;
        JournalFolder.Until(() => _folder.Files().Length > 0 && journal.End.Segment > journal.OwnStart.Segment);
        JournalFolder.Append(journal, "in a file");
        journal.State.Degraded.ShouldNotBeNull();
        JournalFolder.ReadAll(journal, out var end).ShouldBe(["in memory", "in a file"]);
        journal.MarkStored(end);
        journal.State.Degraded.ShouldBeNull();
        journal.State.MemoryRecords.ShouldBe(0);
    }

    [Fact]
    public async Task When_memory_is_full_too_records_are_lost_and_counted_and_room_made_is_used_again()
    {
        await using var journal = Open(memory: 4096);
        var record = new byte[100];
        record[0] = 1;
        var kept = 0;
        while (journal.Append(record, out _)) kept++;
        kept.ShouldBeGreaterThan(20);
        journal.Append(record, out _).ShouldBeFalse();
        journal.State.Lost.ShouldBe(2);
        JournalFolder.ReadAll(journal, out var end).Count.ShouldBe(kept);
        journal.MarkStored(end);
        journal.Append(record, out _).ShouldBeTrue();
        journal.State.Lost.ShouldBe(2);
    }

    [Fact]
    public async Task A_disk_that_fills_up_later_degrades_the_journal_when_its_segments_are_used_up()
    {
        _refuse = false;
        await using var journal = Open();
        JournalFolder.Append(journal, "before");
        JournalFolder.Until(() => _folder.Files().Length == 2);
        _refuse = true;
        var written = 1;
        while (journal.State.Degraded is null && written < 100_000)
        {
            JournalFolder.Append(journal, $"{written}");
            written++;
        }

        journal.State.Degraded.ShouldNotBeNull();
        JournalFolder.ReadAll(journal).Count.ShouldBe(written);
    }
}
