using Gatehouse.Storage.Journals;

namespace Gatehouse.Storage.Tests.Journals;

public sealed class RecoveryTests : IDisposable
{
    private static readonly string[] Records = ["alpha", "bravo is longer", "charlie"];
    private readonly JournalFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_tail_torn_at_any_byte_costs_only_the_records_behind_it()
    {
        var file = await _folder.LeaveAsync(Records);
        var whole = await File.ReadAllBytesAsync(file);
        var ends = Ends();
        for (var length = SegmentHeader.Size; length <= ends[^1]; length++)
        {
            await File.WriteAllBytesAsync(file, whole[..length]);
            await using var journal = _folder.Recover();
            JournalFolder.ReadAll(journal).ShouldBe(Records.Take(Whole(length)), $"cut at {length}");
        }
    }

    [Fact]
    public async Task Zeros_in_place_of_a_torn_tail_cost_only_the_records_behind_them()
    {
        var file = await _folder.LeaveAsync(Records);
        var whole = await File.ReadAllBytesAsync(file);
        for (var from = SegmentHeader.Size; from <= Ends()[^1]; from++)
        {
            var torn = whole.ToArray();
            torn.AsSpan(from).Clear();
            await File.WriteAllBytesAsync(file, torn);
            await using var journal = _folder.Recover();
            var read = JournalFolder.ReadAll(journal);
            // A record may end in zeros of its own, so a cut within its padding leaves it whole.
            read.Count.ShouldBeGreaterThanOrEqualTo(Whole(from));
            read.ShouldBe(Records.Take(read.Count), $"zeros from {from}");
        }
    }

    [Fact]
    public async Task A_record_harmed_at_any_byte_is_skipped_and_counted_and_the_others_are_read()
    {
        var file = await _folder.LeaveAsync(Records);
        var whole = await File.ReadAllBytesAsync(file);
        var ends = Ends();
        var padding = ends[1] - (ends[0] + JournalFrame.Prefix + Records[1].Length);
        for (var at = ends[0]; at < ends[1] - padding; at++)
        {
            var harmed = whole.ToArray();
            harmed[at] ^= 0x5A;
            await File.WriteAllBytesAsync(file, harmed);
            await using var journal = _folder.Recover();
            JournalFolder.ReadAll(journal).ShouldBe([Records[0], Records[2]], $"harmed at {at}");
            journal.State.Damaged.ShouldBe(1);
        }
    }

    [Fact]
    public async Task Pages_missing_in_the_middle_cost_only_what_they_held()
    {
        var records = Enumerable.Range(0, 1000).Select(i => $"record number {i:D6}").ToArray();
        var file = await _folder.LeaveAsync(records);
        var bytes = await File.ReadAllBytesAsync(file);
        bytes.AsSpan(8192, 4096).Clear();
        await File.WriteAllBytesAsync(file, bytes);
        await using var journal = _folder.Recover();
        var read = JournalFolder.ReadAll(journal);
        read.Count.ShouldBeInRange(1000 - (4096 / 24) - 2, 999);
        read[^1].ShouldBe(records[^1]);
        journal.State.Damaged.ShouldBe(1);
    }

    [Fact]
    public async Task Bytes_inside_a_harmed_record_cannot_pass_for_a_record()
    {
        // What a caller sends may end up in a record: a frame in it, right for any other segment, must not come to life.
        var frame = new byte[JournalFrame.Size(6)];
        JournalFrame.Write(frame, "forged"u8, seed: 0);
        await using (var first = _folder.Open())
        {
            first.Append(frame, out _).ShouldBeTrue();
            JournalFolder.Append(first, "after");
        }

        var file = _folder.Files().Single();
        var bytes = await File.ReadAllBytesAsync(file);
        bytes[SegmentHeader.Size] ^= 1;
        await File.WriteAllBytesAsync(file, bytes);
        await using var journal = _folder.Recover();
        JournalFolder.ReadAll(journal).ShouldBe(["after"]);
    }

    [Fact]
    public async Task A_segment_that_was_being_made_is_deleted_and_one_with_a_harmed_header_is_kept_aside()
    {
        var file = await _folder.LeaveAsync(Records);
        var bytes = await File.ReadAllBytesAsync(file);
        bytes[10] ^= 1;
        await File.WriteAllBytesAsync(file, bytes);
        await File.WriteAllBytesAsync(Path.Combine(_folder.Segments, "0-being-made.gj"), new byte[4096]);
        await File.WriteAllBytesAsync(Path.Combine(_folder.Segments, "1-being-made.gj"), []);
        await using (var journal = _folder.Recover())
        {
            JournalFolder.ReadAll(journal).ShouldBeEmpty();
            journal.State.Damaged.ShouldBe(1);
        }

        _folder.Files("*").ShouldBe([file + ".damaged"]);
    }

    [Fact]
    public async Task What_was_recovered_stays_until_it_is_marked_as_stored()
    {
        await _folder.LeaveAsync(Records);
        await using (var looked = _folder.Recover()) JournalFolder.ReadAll(looked).Count.ShouldBe(3);
        await using (var stored = _folder.Recover())
        {
            JournalFolder.ReadAll(stored, out var end).Count.ShouldBe(3);
            stored.MarkStored(end);
        }

        _folder.Files("*").ShouldBeEmpty();
    }

    private static int[] Ends()
    {
        var at = SegmentHeader.Size;
        return Records.Select(r => at += JournalFrame.Size(r.Length)).ToArray();
    }

    /// <summary>How many records are whole in the first bytes; padding does not matter.</summary>
    private static int Whole(int length)
    {
        var ends = Ends();
        return Records.Where((r, i) => (i == 0 ? SegmentHeader.Size : ends[i - 1]) + JournalFrame.Prefix + r.Length <= length).Count();
    }
}
