using Gatehouse.Gateway.Telemetry;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Gateway.Upstream;

/// <summary>How one provider fares. Thread-safe; the members are read one by one and may belong to neighbouring calls.</summary>
internal sealed partial class ProviderHealth
{
    /// <summary>One 529 in a busy minute is no outage.</summary>
    private const int FaultsUntilFailing = 3;

    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private long _lastSuccess;
    private long _lastFailure;
    private long _dated;
    private long _clockAhead = long.MinValue;
    private int _faults;
    private string? _lastFailureKind;

    internal ProviderHealth(string provider, TimeProvider time, ILogger logger)
    {
        Provider = provider;
        _time = time;
        _logger = logger;
    }

    /// <summary>The provider's name.</summary>
    public string Provider { get; }

    /// <summary>Failed calls since the last good one.</summary>
    public int ConsecutiveFaults => Volatile.Read(ref _faults);

    /// <summary>When a call last went well, UTC; null when none has.</summary>
    public DateTimeOffset? LastSuccess => At(Volatile.Read(ref _lastSuccess));

    /// <summary>When a call last failed, UTC; null when none has.</summary>
    public DateTimeOffset? LastFailure => At(Volatile.Read(ref _lastFailure));

    /// <summary>What the last failure was: a fault's name in snake case, <c>http_503</c>, or an exchange's word; null when there was none.</summary>
    public string? LastFailureKind => Volatile.Read(ref _lastFailureKind);

    /// <summary>
    /// How far this machine's clock is ahead of the provider's, from the <c>Date</c> of its answers, which has whole seconds; null when it
    /// sends none. A skewed clock makes fresh tokens look expired and signed requests look forged.
    /// </summary>
    public TimeSpan? ClockAhead => Volatile.Read(ref _clockAhead) is not long.MinValue and var ticks ? new TimeSpan(ticks) : null;

    /// <summary>The verdict.</summary>
    public UpstreamState State =>
        ConsecutiveFaults >= FaultsUntilFailing ? UpstreamState.Failing
        : Volatile.Read(ref _lastSuccess) != 0 ? UpstreamState.Ok
        : UpstreamState.Unknown;

    /// <summary>Notes a call that went well.</summary>
    public void Succeeded()
    {
        Volatile.Write(ref _lastSuccess, _time.GetUtcNow().UtcTicks);
        if (Volatile.Read(ref _faults) == 0) return;
        if (Interlocked.Exchange(ref _faults, 0) >= FaultsUntilFailing) LogRecovered(Provider);
    }

    /// <summary>Notes a call that failed.</summary>
    /// <param name="kind">A word for the cause. Anything else, such as a sentence of the upstream's, is shown as <c>other</c>.</param>
    public void Failed(string kind)
    {
        if (!ExchangeLabels.IsWord(kind)) kind = ExchangeLabels.Other;
        Volatile.Write(ref _lastFailureKind, kind);
        Volatile.Write(ref _lastFailure, _time.GetUtcNow().UtcTicks);
        if (Interlocked.Increment(ref _faults) == FaultsUntilFailing) LogFailing(Provider, FaultsUntilFailing, kind);
    }

    /// <summary>Whether the time that an answer was sent at is wanted: once a minute, for clocks drift slowly and parsing it costs a microsecond.</summary>
    internal bool WantsDate => _time.GetUtcNow().UtcTicks - Volatile.Read(ref _dated) is < 0 or >= TimeSpan.TicksPerMinute;

    /// <summary>Notes the time that an answer was sent at; null when it did not say, or nothing that can be read.</summary>
    internal void Dated(DateTimeOffset? sent)
    {
        var now = _time.GetUtcNow();
        Volatile.Write(ref _dated, now.UtcTicks);
        if (sent is { } known) Volatile.Write(ref _clockAhead, (now - known).Ticks);
    }

    /// <summary>
    /// Notes an answer by its status: 2xx is good; 5xx is a failure, and so is a redirect, which is never followed; 4xx says nothing, nor does 304, which answers a
    /// condition of the caller's.
    /// </summary>
    internal void Answered(int status)
    {
        if (status is >= 500 or (>= 300 and < 400 and not 304)) Failed($"http_{status}");
        else if (status < 300) Succeeded();
    }

    /// <summary>Notes a fault; a caller that left says nothing.</summary>
    internal void Faulted(UpstreamFault fault)
    {
        var kind = fault switch
        {
            UpstreamFault.AddressRefused => "address_refused",
            UpstreamFault.NameNotResolved => "name_not_resolved",
            UpstreamFault.ConnectFailed => "connect_failed",
            UpstreamFault.TlsFailed => "tls_failed",
            UpstreamFault.ConnectionLost => "connection_lost",
            UpstreamFault.Protocol => "protocol",
            UpstreamFault.Timeout => "timeout",
            _ => null,
        };
        if (kind is not null) Failed(kind);
    }

    private static DateTimeOffset? At(long ticks) => ticks == 0 ? null : new DateTimeOffset(ticks, TimeSpan.Zero);
}
