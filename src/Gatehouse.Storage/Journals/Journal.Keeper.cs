namespace Gatehouse.Storage.Journals;

/// <summary>The journal's own thread: everything that may wait for the disk.</summary>
public sealed partial class Journal
{
    private long _refusedAt;
    private string? _unflushed;

    private void Keep()
    {
        while (!Volatile.Read(ref _closing))
        {
            _wake.WaitOne(_options.FlushInterval);
            MakeSpare();
            Flush();
            DeleteStored();
        }
    }

    /// <summary>Has the next segment ready before it is needed, and puts one in place where records go to memory.</summary>
    private void MakeSpare()
    {
        while (NeedsSegment())
        {
            JournalSegment made;
            try
            {
                made = _folder.Create();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or OutOfMemoryException)
            {
                Refused(e.Message);
                return;
            }

            lock (_gate)
            {
                if (_refused is not null) LogHealthy(_logger);
                _refused = null;
                if (_active is { IsDurable: true })
                {
                    _spare = made;
                }
                else
                {
                    _active = made;
                    TakeIn(made);
                }
            }
        }
    }

    private bool NeedsSegment()
    {
        lock (_gate)
        {
            if (_spare is not null && _active is { IsDurable: true }) return false;
            return _refused is null || _options.Time.GetElapsedTime(_refusedAt) >= _options.RetryInterval;
        }
    }

    private void Refused(string reason)
    {
        lock (_gate)
        {
            if (_refused is null) LogDegraded(_logger, reason);
            _refused = reason;
            _refusedAt = _options.Time.GetTimestamp();
        }
    }

    private void Flush()
    {
        JournalSegment[] segments;
        lock (_gate) segments = [.. _segments];
        try
        {
            foreach (var segment in segments) segment.Flush();
            _unflushed = null;
        }
        catch (IOException e)
        {
            if (_unflushed is null) LogUnflushed(_logger, e.Message);
            _unflushed = e.Message;
        }
    }

    private void DeleteStored()
    {
        JournalSegment[] stored;
        lock (_gate)
        {
            if (_stored.Count == 0) return;
            stored = [.. _stored];
            _stored.Clear();
        }

        foreach (var segment in stored) _folder.Delete(segment);
    }

    private void CloseAll()
    {
        // From here on nobody writes to memory that is about to be unmapped: a late settle is counted as lost instead.
        lock (_gate) _closed = true;
        Flush();
        DeleteStored();
        lock (_gate)
        {
            foreach (var segment in _segments)
            {
                if ((EndsBefore(segment, _storedUpTo) && !IsNeeded(segment)) || segment.Committed == SegmentHeader.Size)
                    _folder.Delete(segment);
                else segment.Dispose();
            }

            _segments.Clear();
            if (_spare is not null) _folder.Delete(_spare);
        }
    }
}
