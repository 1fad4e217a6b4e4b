using System.Net.Security;

namespace Gatehouse.Gateway.Upstream.Http1;

/// <summary>
/// The HTTP/1.1 connections to one host: those that lie idle, the last one given back on top, and those in use. Thread-safe.
/// </summary>
internal sealed class Http1Pool(UpstreamConnector connector, CallAddress address, HeaderTexts texts, TimeProvider time)
{
    /// <summary>A host that moves to another address is followed within this time.</summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    /// <summary>Of so many idle connections, the ones given back last, the nearest is chosen.</summary>
    private const int MostLookedAt = 32;

    private readonly Lock _gate = new();
    private readonly List<Http1Connection> _idle = [];
    private readonly HashSet<Http1Connection> _open = [];
    private bool _closed;

    /// <summary>The strings of header values that come again.</summary>
    public HeaderTexts Texts => texts;

    /// <summary>Whether an address is of this host.</summary>
    public bool Serves(CallAddress other) => ReferenceEquals(other, address) || (other.IsHttps == address.IsHttps && other.Authority == address.Authority);

    /// <summary>An idle connection that is still good; null when there is none.</summary>
    public Http1Connection? Take()
    {
        while (true)
        {
            Http1Connection connection;
            bool stale;
            lock (_gate)
            {
                if (_idle.Count == 0) return null;
                var at = Nearest();
                connection = _idle[at];
                _idle.RemoveAt(at);
                stale = IsOver(connection, time.GetTimestamp());
            }

            if (!stale)
            {
                connection.ComeNear();
                return connection;
            }

            connection.Close();
        }
    }

    /// <summary>Opens a connection; the token says when time is up.</summary>
    /// <exception cref="System.Security.Authentication.AuthenticationException">TLS could not be agreed.</exception>
    public async ValueTask<Http1Connection> OpenAsync(CancellationToken cancellation)
    {
        var uri = address.Uri;
        var socket = await connector.ConnectAsync(uri.IdnHost, uri.Port, address.IsHttps, cancellation);
        Stream stream = socket;
        try
        {
            if (address.IsHttps) stream = await SecureAsync(socket, uri.IdnHost, cancellation);
        }
        catch
        {
            await socket.DisposeAsync();
            throw;
        }

        var connection = new Http1Connection(this, socket, stream, time.GetTimestamp());
        lock (_gate) _open.Add(connection);
        return connection;
    }

    /// <summary>Takes a connection back whose answer was read to its end.</summary>
    public void Return(Http1Connection connection)
    {
        var now = time.GetTimestamp();
        if (time.GetElapsedTime(connection.Opened, now) < Lifetime && connection.BeginIdle(now))
        {
            lock (_gate)
            {
                if (!_closed)
                {
                    _idle.Add(connection);
                    return;
                }
            }
        }

        connection.Close();
    }

    /// <summary>Forgets a connection that is closed.</summary>
    public void Forget(Http1Connection connection)
    {
        lock (_gate) _open.Remove(connection);
    }

    /// <summary>Closes what is overdue: answers that did not begin, idle connections that are too old or that the other side closed.</summary>
    public void Sweep()
    {
        var now = time.GetTimestamp();
        List<Http1Connection> open;
        List<Http1Connection> over;
        lock (_gate)
        {
            if (_open.Count == 0) return;
            open = [.. _open];
            over = _idle.FindAll(c => IsOver(c, now));
            _idle.RemoveAll(over.Contains);
        }

        foreach (var connection in over) connection.Close();
        foreach (var connection in open) connection.CheckDue(now);
    }

    /// <summary>Closes idle connections, and those in use when they are given back.</summary>
    public void Close()
    {
        List<Http1Connection> idle;
        lock (_gate)
        {
            _closed = true;
            idle = [.. _idle];
            _idle.Clear();
        }

        foreach (var connection in idle) connection.Close();
    }

    /// <summary>
    /// The place of an idle connection whose answers come on this very thread, the last one given back if there is none near the top: what a
    /// request left in a core's cache is still there when its answer comes.
    /// </summary>
    private int Nearest()
    {
        for (var i = _idle.Count - 1; i >= 0 && i >= _idle.Count - MostLookedAt; i--)
        {
            if (_idle[i].IsNear) return i;
        }

        return _idle.Count - 1;
    }

    private bool IsOver(Http1Connection connection, long now) =>
        connection.IsStale
        || time.GetElapsedTime(connection.IdleSince, now) >= connection.IdleLimit
        || time.GetElapsedTime(connection.Opened, now) >= Lifetime;

    private static async Task<SslStream> SecureAsync(Stream socket, string host, CancellationToken cancellation)
    {
        var tls = new SslStream(socket);
        try
        {
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = host }, cancellation);
            return tls;
        }
        catch (IOException e)
        {
            throw new System.Security.Authentication.AuthenticationException("The connection broke off while TLS was agreed.", e);
        }
    }
}
