namespace Gatehouse.Simulator.Recording;

/// <summary>
/// The last requests received: at most 256 of them and 64 MB of bodies (4 MB each), the oldest going first. Any thread may use it.
/// The simulator's own <c>/_simulator</c> requests are not in it.
/// </summary>
public sealed class ReceivedLog
{
    private const int MostRequests = 256;
    private const int LargestBody = 4 << 20;
    private const long MostBytes = 64L << 20;
    private readonly Lock _lock = new();
    private readonly LinkedList<ReceivedRequest> _requests = new();
    private long _bytes;

    internal ReceivedLog() { }

    /// <summary>The requests kept, oldest first.</summary>
    public IReadOnlyList<ReceivedRequest> All
    {
        get { lock (_lock) return [.. _requests]; }
    }

    /// <summary>The newest request, or null.</summary>
    public ReceivedRequest? Last
    {
        get { lock (_lock) return _requests.Last?.Value; }
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            while (_requests.Count > 0) DropOldest();
            _bytes = 0;
        }
    }

    internal void Add(ReceivedRequest request)
    {
        lock (_lock)
        {
            request.IsKept = true;
            _requests.AddLast(request);
            if (_requests.Count > MostRequests) DropOldest();
        }
    }

    internal void Attach(ReceivedRequest request, byte[] body)
    {
        if (body.Length > LargestBody) return;
        lock (_lock)
        {
            request.SetBody(body);
            // Dropped or cleared while its body was still coming: what is not kept is not counted either.
            if (!request.IsKept) return;
            _bytes += body.Length;
            while (_bytes > MostBytes && _requests.Count > 1) DropOldest();
        }
    }

    private void DropOldest()
    {
        var oldest = _requests.First!.Value;
        oldest.IsKept = false;
        _bytes -= oldest.Body.Length;
        _requests.RemoveFirst();
    }
}
