using Gatehouse.Storage.Journals;

namespace Gatehouse.Storage.Tests.Journals;

/// <summary>What is appended is brought to the disk without being asked, many records by one order, and nobody who appends waits for it.</summary>
public sealed class FlushTests : IDisposable
{
    private readonly JournalFolder _folder = new();
    private readonly ManualResetEventSlim _goesOn = new(initialState: true);
    private volatile int _orders;
    private volatile bool _refuse;

    public void Dispose()
    {
        _goesOn.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Records_that_come_while_the_disk_is_busy_share_the_next_order(bool mapped)
    {
        var journal = Open(mapped);
        _goesOn.Reset();
        JournalFolder.Append(journal, "the first");
        JournalFolder.Until(() => _orders == 1);

        // The disk is still at it: none of these waits.
        for (var i = 0; i < 200; i++) JournalFolder.Append(journal, "another");
        _goesOn.Set();
        JournalFolder.Until(() => _orders == 2);

        await journal.DisposeAsync();
        _orders.ShouldBe(2, "all of them were on the disk by one order, and nothing was left to bring there");
    }

    [Fact]
    public async Task What_was_appended_last_is_brought_to_the_disk_when_the_journal_closes()
    {
        var journal = Open(mapped: true, TimeSpan.FromMinutes(5));
        JournalFolder.Append(journal, "the last");
        await journal.DisposeAsync();
        _orders.ShouldBe(1);
    }

    [Fact]
    public async Task A_disk_that_refuses_is_told_until_it_takes_what_was_appended()
    {
        await using var journal = Open(mapped: true);
        _refuse = true;
        JournalFolder.Append(journal, "not on the disk");
        JournalFolder.Until(() => journal.State.Degraded == "Input/output error");
        JournalFolder.ReadAll(journal).ShouldBe(["not on the disk"]);
        _refuse = false;
        JournalFolder.Until(() => journal.State.Degraded is null);
    }

    private Journal Open(bool mapped, TimeSpan? interval = null) => _folder.Open(o => o with
    {
        Mapped = mapped,
        FlushInterval = interval ?? o.FlushInterval,
        CreateSegment = (path, size, header, isMapped) => FileSegment.Create(path, size, header, isMapped, _ => ToDisk()),
    });

    private void ToDisk()
    {
        if (_refuse) throw new IOException("Input/output error");
        Interlocked.Increment(ref _orders);
        _goesOn.Wait(JournalFolder.Ceiling);
    }
}
