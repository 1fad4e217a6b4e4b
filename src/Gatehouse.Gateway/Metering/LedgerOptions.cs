using Gatehouse.Gateway.Configuration;
using Gatehouse.Storage.Journals;

namespace Gatehouse.Gateway.Metering;

/// <summary>How a ledger behaves.</summary>
public sealed record LedgerOptions
{
    /// <summary>
    /// How long a settled exchange waits for its row at most; a full batch wakes the drain before. Each wake-up crosses three threads and opens a
    /// transaction: twenty in a second cost as much as a twentieth of 64 streams.
    /// </summary>
    public TimeSpan DrainInterval { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>The most rows stored in one transaction: about 5 ms of the writer's time.</summary>
    public int BatchRows { get; init; } = 512;

    /// <summary>The longest wait between two tries at a database that refuses.</summary>
    public TimeSpan LongestBackOff { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long closing waits for the last rows; what is not stored then stays in the journal for the next start.</summary>
    public TimeSpan CloseLimit { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The options that a configuration asks for.</summary>
    public static LedgerOptions Of(LedgerConfig config, TimeProvider time) => new()
    {
        Time = time,
        Journal = journal => journal with { SegmentBytes = config.SegmentBytes, FlushInterval = config.Sync },
    };

    /// <summary>Changes the journal's settings; for tests and unusual disks.</summary>
    public Func<JournalOptions, JournalOptions>? Journal { get; init; }
}

/// <summary>How a ledger is doing.</summary>
/// <param name="Degraded">Why records are late or unsafe at present; null when all is well.</param>
/// <param name="PendingRows">Settled exchanges that have no row yet.</param>
/// <param name="PendingSeconds">For how long at most the oldest of them has waited.</param>
/// <param name="Stored">Exchanges stored since start.</param>
/// <param name="Lost">Records lost since start, because disk and memory were full.</param>
/// <param name="Damaged">Unreadable records met since start.</param>
public readonly record struct LedgerState(
    string? Degraded, long PendingRows, double PendingSeconds, long Stored, long Lost, long Damaged);
