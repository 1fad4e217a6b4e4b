namespace Gatehouse.Storage.Journals;

/// <summary>Where a journal is and how it behaves.</summary>
public sealed record JournalOptions
{
    /// <summary>The data directory; segments are in <c>journal/</c> below it. The caller holds the directory's lock.</summary>
    public required string Directory { get; init; }

    /// <summary>Bytes per segment.</summary>
    public int SegmentBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>Bytes of memory that take records while no segment can be made; beyond them records are lost, and counted.</summary>
    public int MemoryBytes { get; init; } = 8 * 1024 * 1024;

    /// <summary>How often the disk is asked to make everything permanent (for power loss; a killed process loses nothing).</summary>
    public TimeSpan FlushInterval { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How long to wait after a segment could not be made.</summary>
    public TimeSpan RetryInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Reads what others left and appends nothing: no segment is made.</summary>
    public bool RecoverOnly { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Whether segments are mapped; null asks the file system. For tests.</summary>
    internal bool? Mapped { get; init; }

    /// <summary>Makes a segment's file; replaced by tests that need a disk which refuses.</summary>
    internal Func<string, int, SegmentHeader, bool, JournalSegment> CreateSegment { get; init; } = FileSegment.Create;
}

/// <summary>How a journal is doing.</summary>
/// <param name="Degraded">Why records are not safe at present; null when they are.</param>
/// <param name="MemoryRecords">Records that are in memory alone and not stored yet.</param>
/// <param name="Lost">Records that found no room, since start.</param>
/// <param name="Damaged">Stretches of earlier processes' segments that could not be read.</param>
/// <param name="Segments">Segments that hold records not yet stored.</param>
public readonly record struct JournalState(string? Degraded, long MemoryRecords, long Lost, long Damaged, int Segments);
