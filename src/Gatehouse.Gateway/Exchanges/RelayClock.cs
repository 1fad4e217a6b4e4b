using Gatehouse.Gateway.Routing;

namespace Gatehouse.Gateway.Exchanges;

/// <summary>What is due in a relay.</summary>
internal enum Due : byte
{
    /// <summary>Nothing.</summary>
    Nothing,

    /// <summary>The client has heard nothing for the keep-alive interval.</summary>
    KeepAlive,

    /// <summary>The idle (or first-byte) deadline has passed.</summary>
    Idle,

    /// <summary>The total deadline has passed.</summary>
    Total,
}

/// <summary>
/// Watches one relay's silence with one timer that only reads time stamps; the loop itself never touches the timer, so a stream of many
/// small events costs one time stamp each. The callback signals the loop, which alone writes; it acts itself only on a client that blocks
/// the loop by not reading.
/// </summary>
internal sealed class RelayClock : IDisposable
{
    private readonly TimeProvider _time;
    private readonly ProviderDeadlines _deadlines;
    private readonly TimeSpan _keepAlive;
    private readonly Action _wake;
    private readonly Action _clientStalled;
    private readonly long _started;
    private ITimer? _timer;
    private long _heard;
    private long _written;
    private long _writingSince;
    private bool _anyByte;

    public RelayClock(TimeProvider time, ProviderDeadlines deadlines, TimeSpan keepAlive, long started, Action wake, Action clientStalled)
    {
        _time = time;
        _deadlines = deadlines;
        _keepAlive = keepAlive;
        _started = started;
        _wake = wake;
        _clientStalled = clientStalled;
        _heard = _written = time.GetTimestamp();
    }

    /// <summary>Starts the timer: called when a read first has to wait, so that answers that are there at once cost no timer.</summary>
    public void Start()
    {
        if (_timer is not null) return;
        var shortest = TimeSpan.FromTicks(Math.Min(_keepAlive.Ticks, Math.Min(_deadlines.Idle.Ticks, _deadlines.FirstByte.Ticks)) / 4);
        var period = TimeSpan.FromMilliseconds(Math.Clamp(shortest.TotalMilliseconds, 10, 1000));
        _timer = _time.CreateTimer(static state => ((RelayClock)state!).OnTimer(), this, period, period);
    }

    /// <summary>Notes that the upstream sent something.</summary>
    public void Heard()
    {
        _anyByte = true;
        Volatile.Write(ref _heard, _time.GetTimestamp());
    }

    /// <summary>Notes that a write to the client begins, or (false) has ended.</summary>
    public void Writing(bool begins)
    {
        var now = _time.GetTimestamp();
        Volatile.Write(ref _writingSince, begins ? now : 0);
        Volatile.Write(ref _written, now);
    }

    /// <summary>What is due now.</summary>
    public Due Check()
    {
        var now = _time.GetTimestamp();
        if (_time.GetElapsedTime(_started, now) >= _deadlines.Total) return Due.Total;
        if (_time.GetElapsedTime(Volatile.Read(ref _heard), now) >= (_anyByte ? _deadlines.Idle : _deadlines.FirstByte)) return Due.Idle;
        return _time.GetElapsedTime(Volatile.Read(ref _written), now) >= _keepAlive ? Due.KeepAlive : Due.Nothing;
    }

    /// <inheritdoc/>
    public void Dispose() => _timer?.Dispose();

    private void OnTimer()
    {
        var writingSince = Volatile.Read(ref _writingSince);
        if (writingSince != 0)
        {
            if (_time.GetElapsedTime(writingSince) >= _deadlines.Idle) _clientStalled();
            return;
        }

        if (Check() != Due.Nothing) _wake();
    }
}
