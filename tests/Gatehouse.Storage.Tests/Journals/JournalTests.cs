using Gatehouse.Storage.Journals;

namespace Gatehouse.Storage.Tests.Journals;

public sealed class JournalTests : IDisposable
{
    private readonly JournalFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static List<string> Numbered(int count) =>
        Enumerable.Range(0, count).Select(i => $"record {i} {new string('x', i % 50)}").ToList();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_is_appended_is_read_in_order_now_and_by_the_next_process(bool mapped)
    {
        var records = Numbered(500);
        await using (var journal = _folder.Open(o => o with { Mapped = mapped }))
        {
            foreach (var record in records) JournalFolder.Append(journal, record);
            JournalFolder.ReadAll(journal).ShouldBe(records);
        }

        await using var next = _folder.Open();
        JournalFolder.ReadAll(next).ShouldBe(records);
        next.State.Damaged.ShouldBe(0);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_file_holds_a_record_as_soon_as_append_returns(bool mapped)
    {
        await using var journal = _folder.Open(o => o with { Mapped = mapped });
        JournalFolder.Append(journal, "written and not flushed");
        _folder.Files().Any(f => ReadShared(f).AsSpan().IndexOf("written and not flushed"u8) >= 0).ShouldBeTrue();
    }

    [Fact]
    public async Task A_segments_bytes_are_allocated_when_it_is_made_and_only_its_owner_may_read_it()
    {
        await using var journal = _folder.Open();
        JournalFolder.Append(journal, "x");
        foreach (var file in _folder.Files())
        {
            new FileInfo(file).Length.ShouldBe(64 * 1024);
            if (!OperatingSystem.IsWindows()) File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }

    [Fact]
    public async Task Segments_rotate_and_are_deleted_once_everything_in_them_is_stored()
    {
        await using var journal = _folder.Open(o => o with { SegmentBytes = 4096 });
        var records = Numbered(400);
        foreach (var record in records)
        {
            JournalFolder.Append(journal, record);
            if (journal.End.Offset > 3500) JournalFolder.Until(() => _folder.Files().Length > journal.End.Segment);
        }

        journal.State.Segments.ShouldBeGreaterThan(3);
        JournalFolder.ReadAll(journal, out var end).ShouldBe(records);
        journal.MarkStored(end);
        // The one in use and the spare stay.
        JournalFolder.Until(() => _folder.Files().Length == 2);
        JournalFolder.Append(journal, "one more");
        journal.TryRead(ref end, out var last).ShouldBeTrue();
        System.Text.Encoding.UTF8.GetString(last).ShouldBe("one more");
    }

    [Fact]
    public async Task Nothing_is_left_behind_when_all_is_stored_at_the_end()
    {
        await using (var journal = _folder.Open())
        {
            JournalFolder.Append(journal, "a");
            JournalFolder.ReadAll(journal, out var end);
            journal.MarkStored(end);
        }

        _folder.Files("*").ShouldBeEmpty();
    }

    [Fact]
    public async Task Records_of_several_dead_processes_are_read_oldest_first_and_then_our_own()
    {
        await _folder.LeaveAsync("first");
        await using (var second = _folder.Open())
        {
            JournalFolder.Append(second, "second");
        }

        await using var journal = _folder.Open();
        JournalFolder.Append(journal, "own");
        JournalFolder.ReadAll(journal, out var end).ShouldBe(["first", "second", "own"]);
        journal.OwnStart.Segment.ShouldBe(2);
        journal.MarkStored(end);
        JournalFolder.Until(() => _folder.Files().Length == 2);
    }

    [Fact]
    public async Task Appending_from_many_threads_loses_and_mixes_nothing()
    {
        await using var journal = _folder.Open(o => o with { SegmentBytes = 1024 * 1024 });
        Parallel.For(0, 8, worker =>
        {
            for (var i = 0; i < 500; i++) JournalFolder.Append(journal, $"{worker}:{i}");
        });
        var read = JournalFolder.ReadAll(journal);
        read.Count.ShouldBe(4000);
        foreach (var worker in Enumerable.Range(0, 8))
            read.Where(r => r.StartsWith($"{worker}:", StringComparison.Ordinal))
                .ShouldBe(Enumerable.Range(0, 500).Select(i => $"{worker}:{i}"));
    }

    [Fact]
    public async Task A_reader_follows_an_appender_without_missing_anything()
    {
        await using var journal = _folder.Open(o => o with { SegmentBytes = 16 * 1024 });
        var appending = Task.Run(() =>
        {
            for (var i = 0; i < 20_000; i++) JournalFolder.Append(journal, $"{i}");
        });
        var cursor = journal.Start;
        var seen = 0;
        while (seen < 20_000)
        {
            if (journal.TryRead(ref cursor, out var record))
            {
                System.Text.Encoding.UTF8.GetString(record).ShouldBe($"{seen}");
                seen++;
            }
            else
            {
                journal.MarkStored(cursor);
                if (appending.IsFaulted) break;
                Thread.Yield();
            }
        }

        await appending.WaitAsync(JournalFolder.Ceiling);
        seen.ShouldBe(20_000);
    }

    [Fact]
    public async Task A_record_that_comes_after_closing_is_counted_as_lost_and_harms_nothing()
    {
        var journal = _folder.Open();
        JournalFolder.Append(journal, "in time");
        await journal.DisposeAsync();
        journal.Append("too late"u8, out _).ShouldBeFalse();
        journal.State.Lost.ShouldBe(1);
        await using var next = _folder.Recover();
        JournalFolder.ReadAll(next).ShouldBe(["in time"]);
    }

    [Fact]
    public async Task A_record_that_no_segment_could_hold_is_refused_as_a_mistake()
    {
        await using var journal = _folder.Open();
        Should.Throw<ArgumentOutOfRangeException>(() => journal.Append([], out _));
        Should.Throw<ArgumentOutOfRangeException>(() => journal.Append(new byte[JournalFrame.LargestRecord + 1], out _));
    }

    private static byte[] ReadShared(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
