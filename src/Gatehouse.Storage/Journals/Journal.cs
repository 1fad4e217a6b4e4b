using Microsoft.Extensions.Logging;

namespace Gatehouse.Storage.Journals;

/// <summary>
/// The append-only log that stands before the database: what was appended survives the death of the process and is read again by the next
/// one. Appending is a short lock, a copy and a CRC; it never waits for a disk. Appending is thread-safe; reading and
/// <see cref="MarkStored"/> belong to one reader.
/// </summary>
public sealed partial class Journal : IAsyncDisposable
{
    private readonly JournalOptions _options;
    private readonly SegmentFolder _folder;
    private readonly ILogger<Journal> _logger;
    private readonly Lock _gate = new();
    private readonly List<JournalSegment> _segments = [];
    private readonly List<JournalSegment> _stored = [];
    private readonly AutoResetEvent _wake = new(initialState: false);
    private readonly Thread? _keeper;
    private readonly Queue<(long Ordinal, string File)> _left = new();
    private JournalPosition _storedUpTo;
    private IReadOnlySet<long>? _needed;
    private JournalSegment? _active;
    private JournalSegment? _spare;
    private string? _refused;
    private long _nextOrdinal;
    private long _memoryBytes;
    private long _memoryRecords;
    private long _lost;
    private long _damaged;
    private bool _closing;
    private bool _closed;

    private Journal(JournalOptions options, SegmentFolder folder, ILogger<Journal> logger)
    {
        _options = options;
        _folder = folder;
        _logger = logger;
        foreach (var file in folder.Left()) _left.Enqueue((_nextOrdinal++, file));
        if (_left.Count > 0) LogRecovered(logger, _left.Count);
        OwnStart = new JournalPosition(_nextOrdinal, SegmentHeader.Size);
        if (options.RecoverOnly) return;
        MakeSpare();
        _keeper = new Thread(Keep) { IsBackground = true, Name = "gatehouse-journal" };
        _keeper.Start();
    }

    /// <summary>Where reading begins: the oldest record left by an earlier process, or the first of our own.</summary>
    public JournalPosition Start { get; } = new(0, SegmentHeader.Size);

    /// <summary>Where the records of this process begin.</summary>
    public JournalPosition OwnStart { get; }

    /// <summary>The place behind the last record.</summary>
    public JournalPosition End
    {
        get
        {
            lock (_gate)
            {
                return _active is { } active
                    ? new JournalPosition(active.Ordinal, active.Committed)
                    : new JournalPosition(_nextOrdinal, SegmentHeader.Size);
            }
        }
    }

    /// <summary>How the journal is doing.</summary>
    public JournalState State
    {
        get
        {
            lock (_gate)
            {
                var reason = _refused ?? _unflushed ?? (_memoryRecords > 0 ? "records are in memory alone until they are stored" : null);
                return new JournalState(
                    reason, _memoryRecords, _lost, _damaged, _left.Count + _segments.Count(s => s.Committed > SegmentHeader.Size));
            }
        }
    }

    /// <summary>
    /// Opens the journal of a data directory, with what earlier processes left in it. A disk that refuses makes it degraded, not unusable.
    /// </summary>
    /// <exception cref="StoreException">The folder cannot be read.</exception>
    public static Journal Open(JournalOptions options, ILogger<Journal> logger) => new(options, new SegmentFolder(options, logger), logger);

    /// <summary>
    /// Appends a record of 1 to 65,536 bytes. False when it was lost, which <see cref="State"/> counts; after closing, every record is.
    /// Never blocks on a disk, never throws for one.
    /// </summary>
    public bool Append(ReadOnlySpan<byte> record, out JournalPosition position)
    {
        ArgumentOutOfRangeException.ThrowIfZero(record.Length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(record.Length, JournalFrame.LargestRecord);
        lock (_gate)
        {
            do
            {
                if (_closed || _active is not { } active || !TryAppend(active, record, out var offset)) continue;
                if (!active.IsDurable) _memoryRecords++;
                position = new JournalPosition(active.Ordinal, offset);
                return true;
            }
            while (!_closed && NextSegment());

            if (_lost++ == 0) LogFirstLost(_logger, _closed ? "it has been closed" : _refused ?? "no segment is ready");
            position = default;
            return false;
        }
    }

    /// <summary>
    /// The next record of the one reader, valid until <see cref="MarkStored"/> passes it; false when all have been read. Moves
    /// <paramref name="cursor"/> behind it.
    /// </summary>
    public bool TryRead(scoped ref JournalPosition cursor, out ReadOnlySpan<byte> record)
    {
        while (Find(cursor.Segment) is { } segment)
        {
            var offset = segment.Ordinal == cursor.Segment ? Math.Max(cursor.Offset, SegmentHeader.Size) : SegmentHeader.Size;
            if (segment.TryRead(ref offset, out record))
            {
                cursor = new JournalPosition(segment.Ordinal, offset);
                return true;
            }

            lock (_gate)
            {
                if (segment == _active || segment.Committed > offset) break;
                cursor = new JournalPosition(segment.Ordinal + 1, SegmentHeader.Size);
            }
        }

        record = default;
        return false;
    }

    /// <summary>
    /// Says that everything before <paramref name="position"/> is in the database but for the segments in <paramref name="needed"/>: the
    /// others
    /// that end before it are deleted soon.
    /// </summary>
    public void MarkStored(JournalPosition position, IReadOnlySet<long>? needed = null)
    {
        lock (_gate)
        {
            (_storedUpTo, _needed) = (position, needed);
            for (var i = 0; i < _segments.Count && _segments[i] is var segment && EndsBefore(segment, position);)
            {
                // A file goes when a later one is being read, for its deletion costs; memory goes at once, to have room for what comes.
                var inUse = segment.IsDurable && (segment == _active || segment.Ordinal == position.Segment);
                if (inUse || IsNeeded(segment))
                {
                    i++;
                    continue;
                }

                _segments.RemoveAt(i);
                _stored.Add(segment);
                if (!segment.IsDurable) Freed(segment);
            }

            if (_stored.Count > 0) _wake.Set();
        }
    }

    /// <summary>Bytes of a segment.</summary>
    public int SegmentBytes => _options.SegmentBytes;

    /// <summary>Whether the next record would go to a file.</summary>
    public bool IsDurable
    {
        get
        {
            lock (_gate) return (_active ?? _spare) is { IsDurable: true };
        }
    }

    /// <summary>Whether the record at a position is in memory alone.</summary>
    public bool IsInMemory(JournalPosition position) => Find(position.Segment) is { IsDurable: false };

    /// <summary>Ends the journal. Segments that hold records not marked as stored stay for the next process.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _closing, true)) return;
        _wake.Set();
        if (_keeper is not null) await Task.Run(_keeper.Join).ConfigureAwait(false);
        CloseAll();
        _active?.Dispose();
        _spare?.Dispose();
        (_active, _spare) = (null, null);
        _wake.Dispose();
    }

    private static bool EndsBefore(JournalSegment segment, JournalPosition position) =>
        segment.Ordinal < position.Segment || (segment.Ordinal == position.Segment && segment.Committed <= position.Offset);

    private bool IsNeeded(JournalSegment segment) => _needed?.Contains(segment.Ordinal) == true;

    private void Freed(JournalSegment memory)
    {
        if (memory == _active) _active = null;
        _memoryBytes -= memory.Capacity;
        if (_segments.TrueForAll(s => s.IsDurable)) _memoryRecords = 0;
    }

    private bool TryAppend(JournalSegment segment, ReadOnlySpan<byte> record, out int offset)
    {
        try
        {
            return segment.TryAppend(record, out offset);
        }
        catch (IOException e)
        {
            // Only a written-through segment comes here: its disk refused, so it takes no more.
            _refused = e.Message;
            offset = 0;
            return false;
        }
    }

    private bool NextSegment()
    {
        _wake.Set();
        if (_spare is { } spare)
        {
            _spare = null;
            _active = spare;
            TakeIn(spare);
            return true;
        }

        var size = Math.Min(_options.MemoryBytes, 1024 * 1024);
        if (_memoryBytes + size > _options.MemoryBytes) return false;
        _memoryBytes += size;
        _active = JournalSegment.InMemory(size);
        TakeIn(_active);
        return true;
    }

    private void TakeIn(JournalSegment segment)
    {
        segment.Ordinal = _nextOrdinal++;
        _segments.Add(segment);
    }

    private JournalSegment? Find(long ordinal)
    {
        LoadLeft(ordinal);
        lock (_gate)
        {
            // Few segments, in order; a cursor that points at one already deleted goes on at the next.
            foreach (var segment in _segments)
            {
                if (segment.Ordinal >= ordinal) return segment;
            }

            return null;
        }
    }

    /// <summary>
    /// Loads files of earlier processes when the reader comes to them: after a long outage of the database there may be many.
    /// </summary>
    private void LoadLeft(long ordinal)
    {
        while (_left.TryPeek(out var left) && left.Ordinal <= ordinal)
        {
            var segment = _folder.Load(left.File, out var damaged);
            if (damaged > 0) LogDamaged(_logger, left.File, damaged);
            lock (_gate)
            {
                _left.Dequeue();
                _damaged += damaged;
                if (segment is null)
                {
                    ordinal = Math.Max(ordinal, left.Ordinal + 1);
                    continue;
                }

                segment.Ordinal = left.Ordinal;
                _segments.Insert(_segments.FindIndex(s => s.Ordinal > left.Ordinal) is var at and >= 0 ? at : _segments.Count, segment);
            }
        }
    }
}
