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

    /// <summary>The caller's token was revoked or has expired.</summary>
    TokenEnded,

    /// <summary>The server stops, and the time is up.</summary>
    Stopping,
}

/// <summary>
/// Watches one relay's silence: a shared ticker looks at time stamps; the loop itself touches no timer, and a stream of many small events
/// costs one time stamp each. A tick signals the loop, which alone writes; it acts itself only on a client that blocks the loop by not
/// reading.
/// </summary>
internal sealed class RelayClock : IDisposable
{
    private readonly RelayClockSettings _settings;
    private readonly Action _wake;
    private readonly Action _clientStalled;
    private readonly TimeProvider _time;
    private readonly ProviderDeadlines _deadlines;
    // A client that takes nothing more after its token has ended is not waited for as long as one that may come back.
    private static readonly TimeSpan WaitForTokenless = TimeSpan.FromSeconds(5);
    private RelayTicker.Beat.Place? _place;
    private long _heard;
    private long _written;
    private long _writingSince;
    private bool _anyByte;
    private volatile bool _tokenEnded;

    public RelayClock(RelayClockSettings settings, Action wake, Action clientStalled)
    {
        (_settings, _wake, _clientStalled) = (settings, wake, clientStalled);
        (_time, _deadlines) = (settings.Ticker.Time, settings.Deadlines);
        _heard = _written = _time.GetTimestamp();
    }

    /// <summary>Starts the ticks: called when a read first has to wait, so that answers that are there at once cost none.</summary>
    public void Start() => _place ??= _settings.Ticker.Add(
        this, TimeSpan.FromTicks(Math.Min(_settings.KeepAlive.Ticks, Math.Min(_deadlines.Idle.Ticks, _deadlines.FirstByte.Ticks)) / 4));

    /// <summary>Notes that the upstream sent something; the time stamp of that.</summary>
    public long Heard()
    {
        _anyByte = true;
        var now = _time.GetTimestamp();
        Volatile.Write(ref _heard, now);
        return now;
    }

    /// <summary>Notes that a write to the client has begun that it does not take at once.</summary>
    public void Writing()
    {
        Volatile.Write(ref _writingSince, _time.GetTimestamp());
        Start();
    }

    /// <summary>Notes that the client has taken everything, at a time stamp.</summary>
    public void Written(long now)
    {
        Volatile.Write(ref _writingSince, 0);
        Volatile.Write(ref _written, now);
    }

    /// <summary>Notes that the client has taken everything.</summary>
    public void Written() => Written(_time.GetTimestamp());

    /// <summary>What is due now.</summary>
    public Due Check()
    {
        if (_tokenEnded) return Due.TokenEnded;
        if (_settings.IsTimeUp) return Due.Stopping;
        var now = _time.GetTimestamp();
        if (IsOver(now)) return Due.Total;
        if (_time.GetElapsedTime(Volatile.Read(ref _heard), now) >= (_anyByte ? _deadlines.Idle : _deadlines.FirstByte)) return Due.Idle;
        return _time.GetElapsedTime(Volatile.Read(ref _written), now) >= _settings.KeepAlive ? Due.KeepAlive : Due.Nothing;
    }

    /// <summary>Why the relay may not go on at a time stamp, although the upstream does; null when it may.</summary>
    public RelayEnd? Stopped(long now) => _tokenEnded ? RelayEnd.TokenEnded : _settings.IsTimeUp ? RelayEnd.Stopping : IsOver(now) ? RelayEnd.TotalTimeout : null;

    private bool IsOver(long now) => _time.GetElapsedTime(_settings.Started, now) >= _deadlines.Total;

    /// <inheritdoc/>
    public void Dispose()
    {
        _place?.Dispose();

        // A tick that is under way must find nothing to act on: the client's connection goes on to its next request.
        Volatile.Write(ref _writingSince, 0);
    }

    /// <summary>Looks at the time; from the ticker, on any thread.</summary>
    public void Tick()
    {
        if (!_tokenEnded && _settings.Right.Ended is not null) _tokenEnded = true;
        var writingSince = Volatile.Read(ref _writingSince);
        if (writingSince != 0)
        {
            var patience = _tokenEnded && WaitForTokenless < _deadlines.Idle ? WaitForTokenless : _deadlines.Idle;
            // Nor does one hold up a stop that takes nothing.
            if (_settings.IsTimeUp) patience = TimeSpan.Zero;
            if (_time.GetElapsedTime(writingSince) >= patience) _clientStalled();
            return;
        }

        if (Check() != Due.Nothing) _wake();
    }
}
