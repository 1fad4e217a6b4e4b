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
            _requests.Clear();
            _bytes = 0;
        }
    }

    internal void Add(ReceivedRequest request)
    {
        lock (_lock)
        {
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
            _bytes += body.Length;
            while (_bytes > MostBytes && _requests.Count > 1) DropOldest();
        }
    }

    private void DropOldest()
    {
        _bytes = Math.Max(0, _bytes - _requests.First!.Value.Body.Length);
        _requests.RemoveFirst();
    }
}
