using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Security.Authentication;
using Gatehouse.Gateway.Routing;

namespace Gatehouse.Gateway.Upstream.Http1;

/// <summary>
/// A provider's HTTP/1.1 connections, spoken to directly: the platform's handler costs about as much again as everything else of a small
/// exchange (docs/decisions/0006-http1-client.md). Thread-safe.
/// </summary>
internal sealed class Http1Connections : ProviderConnections
{
    private static readonly TimeSpan LongestPeriod = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(365);

    private readonly ConcurrentDictionary<(string Authority, bool IsHttps), Http1Pool> _pools = new();
    private readonly UpstreamConnector _connector;
    private readonly HeaderTexts _texts = new();
    private readonly TimeProvider _time;
    private readonly ITimer _sweep;
    private readonly Lock _gate = new();
    private Http1Pool? _last;
    private long _period = LongestPeriod.Ticks;

    public Http1Connections(Provider provider, AddressGuard guard, TimeProvider time, bool platformSockets)
        : base(provider)
    {
        _connector = new UpstreamConnector(provider, guard, platformSockets);
        _time = time;
        _sweep = time.CreateTimer(static c => ((Http1Connections)c!).Sweep(), this, LongestPeriod, LongestPeriod);
    }

    /// <inheritdoc/>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<UpstreamOutcome> SendAsync(
        UpstreamRequest request, ProviderTarget target, CallAddress address, CancellationToken cancellation)
    {
        var outcome = default(UpstreamOutcome);
        try
        {
            var credential = request.Credential is null ? null : target.Lend(request.Credential);
            var pool = PoolOf(address);
            var dueAt = DueAt(UpstreamFaults.MostWait(request.Provider.Deadlines));
            for (var tries = 1; ; tries++)
            {
                // An idle connection may have been cut together with the one just lost, so the second try takes a new one.
                var connection = tries == 1 ? pool.Take() : null;
                if (connection is null)
                {
                    (connection, outcome) = await OpenAsync(pool, request, address, dueAt, cancellation);
                    if (connection is null) return outcome = outcome with { Tries = tries };
                }

                var registration = cancellation.UnsafeRegister(static c => ((Http1Connection)c!).End(Abort.Cancelled), connection);
                var waiting = request.GiveUp.UnsafeRegister(static c => ((Http1Connection)c!).End(Abort.Cancelled), connection);
                var read = HeadRead.Unfinished;
                try
                {
                    connection.Begin(dueAt);
                    await connection.SendAsync(request, target, address, credential);
                    while ((read = connection.ReadHead()) == HeadRead.Unfinished && connection.Filled(await connection.FillAsync()))
                    {
                        // The head is read when it is there as a whole.
                    }
                }
                catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
                {
                    // What it means is told below.
                }
                catch
                {
                    await waiting.DisposeAsync();
                    await registration.DisposeAsync();
                    connection.Close();
                    throw;
                }

                // From here on it ends nothing; what it has ended brought no answer.
                await waiting.DisposeAsync();
                var inTime = connection.Began();
                if (read == HeadRead.Whole && inTime && connection.Aborted == Abort.None)
                    return outcome = new(new Http1Answer(connection, pool, target, credential, registration) { SaysNothing = request.SaysNothing }, UpstreamFault.None, null, tries);
                await registration.DisposeAsync();
                connection.Close();
                outcome = Failed(connection.Aborted, inTime, read, request, address) with { Tries = tries };
                if (outcome.Fault != UpstreamFault.ConnectionLost || connection.AnswerStarted || tries == 2) return outcome;
            }
        }
        finally
        {
            if (outcome.Answer is null) target.Failed(outcome.Fault, request.SaysNothing);
        }
    }

    /// <inheritdoc/>
    protected override void Close()
    {
        _sweep.Dispose();
        CloseIdle();
    }

    /// <inheritdoc/>
    protected override void CloseIdle()
    {
        foreach (var pool in _pools.Values) pool.Close();
    }

    private static UpstreamOutcome Failed(Abort aborted, bool inTime, HeadRead read, UpstreamRequest request, CallAddress address)
    {
        if (aborted == Abort.Cancelled) return UpstreamFaults.Cancelled();
        if (!inTime) return UpstreamFaults.NoAnswer(request, address.Uri);
        return UpstreamFaults.Of(read == HeadRead.Wrong ? UpstreamFault.Protocol : UpstreamFault.ConnectionLost, address.Uri);
    }

    private async ValueTask<(Http1Connection?, UpstreamOutcome)> OpenAsync(
        Http1Pool pool, UpstreamRequest request, CallAddress address, long dueAt, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation, request.GiveUp);
        var connect = request.Provider.Deadlines.Connect;
        var left = _time.GetElapsedTime(_time.GetTimestamp(), dueAt);
        limit.CancelAfter(left < connect ? left > TimeSpan.Zero ? left : TimeSpan.Zero : connect);
        try
        {
            return (await pool.OpenAsync(limit.Token), default);
        }
        catch (Exception e) when (e is IOException or SocketException or AuthenticationException or OperationCanceledException)
        {
            if (cancellation.IsCancellationRequested || request.GiveUp.IsCancellationRequested) return (null, UpstreamFaults.Cancelled());
            if (e is OperationCanceledException && left < connect) return (null, UpstreamFaults.NoAnswer(request, address.Uri));
            return (null, UpstreamFaults.NotConnected(e, request, address.Uri));
        }
    }

    private Http1Pool PoolOf(CallAddress address)
    {
        // Most providers have one host.
        if (Volatile.Read(ref _last) is { } last && last.Serves(address)) return last;
        var pool = _pools.GetOrAdd((address.Authority, address.IsHttps), static (_, made) => made.Self.Make(made.Address), (Self: this, Address: address));
        Volatile.Write(ref _last, pool);
        return pool;
    }

    private Http1Pool Make(CallAddress address) => new(_connector, address, _texts, _time);

    private long DueAt(TimeSpan wait)
    {
        if (wait.Ticks / 8 < Volatile.Read(ref _period)) Shorten(wait);
        return wait < LongestWait ? _time.GetTimestamp() + (long)(wait.TotalSeconds * _time.TimestampFrequency) : long.MaxValue;
    }

    // Deadlines are noticed with an eighth of their length to spare: a timer per call would cost more than the calls are late.
    private void Shorten(TimeSpan wait)
    {
        var period = TimeSpan.FromTicks(Math.Max(wait.Ticks / 8, TimeSpan.FromMilliseconds(10).Ticks));
        lock (_gate)
        {
            if (period.Ticks >= _period) return;
            _period = period.Ticks;
            _sweep.Change(period, period);
        }
    }

    private void Sweep()
    {
        foreach (var pool in _pools.Values) pool.Sweep();
    }
}
