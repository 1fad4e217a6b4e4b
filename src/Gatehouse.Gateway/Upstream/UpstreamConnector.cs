using System.Net;
using System.Net.Sockets;
using Gatehouse.Gateway.Routing;
using Gatehouse.Gateway.Sockets;

namespace Gatehouse.Gateway.Upstream;

/// <summary>
/// Opens the TCP connections of one provider: resolves the name, lets the guard judge each address, and tries those that are left in the
/// resolver's order. Thread-safe.
/// </summary>
/// <param name="provider">Whose connections they are.</param>
/// <param name="guard">Judges the addresses.</param>
/// <param name="platformSockets">Whether the platform's own sockets are used where ours work too.</param>
internal sealed class UpstreamConnector(Provider provider, AddressGuard guard, bool platformSockets = true)
{
    /// <summary>How long a connection may lie idle. Front ends drop idle ones after 60 s or more; who closes first never meets a half-closed one.</summary>
    public static readonly TimeSpan IdleLimit = TimeSpan.FromSeconds(55);

    /// <summary>Called by the handler for each new connection; the handler's connect deadline is in the token.</summary>
    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellation) => await ConnectAsync(
        context.DnsEndPoint.Host, context.DnsEndPoint.Port, context.InitialRequestMessage.RequestUri!.Scheme == Uri.UriSchemeHttps, cancellation);

    /// <summary>Connects to a host, at most until the token says that time is up.</summary>
    /// <exception cref="SocketException">The name does not resolve, or no address could be reached.</exception>
    /// <exception cref="AddressRefusedException">The guard lets no address of the host pass.</exception>
    public async ValueTask<Stream> ConnectAsync(string host, int port, bool https, CancellationToken cancellation)
    {
        var addresses = await guard.ResolveAsync(host, cancellation);
        if (addresses.Length == 0) throw new SocketException((int)SocketError.HostNotFound);

        string? refused = null;
        Exception? failed = null;
        for (var i = 0; i < addresses.Length; i++)
        {
            var reason = guard.Refuse(addresses[i], port, https, provider.AllowPrivateNetwork);
            if (reason is not null)
            {
                refused ??= reason;
                continue;
            }

            var (stream, error) = await TryAsync(addresses[i], port, addresses.Length - i, cancellation);
            if (stream is not null) return stream;
            failed = error;
        }

        throw failed ?? new AddressRefusedException($"{host}:{port} may not be reached: {refused}.");
    }

    // A dead first address may use up only its share of the deadline; the last one has all that is left.
    private async Task<(Stream?, Exception?)> TryAsync(IPAddress address, int port, int left, CancellationToken cancellation)
    {
        using var share = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        if (left > 1) share.CancelAfter(provider.Deadlines.Connect / left);
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.NoDelay = true;

            // Routers forget a connection on which a long thought says nothing.
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 60);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 15);
            var to = new IPEndPoint(address, port);
            if (Wire.IsSupported && !platformSockets) return (new WireStream(await Wire.ConnectAsync(socket, to, share.Token)), null);
            await socket.ConnectAsync(to, share.Token);
            var stream = new UpstreamSocket(socket);

            // A stream is made of a blocking socket only; from here on a send takes what fits and never waits.
            socket.Blocking = false;
            return (stream, null);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            socket.Dispose();
            return (null, new SocketException((int)SocketError.TimedOut));
        }
        catch (SocketException e)
        {
            socket.Dispose();
            return (null, e);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

/// <summary>Carries a refusal out of the handler's connect step, which can only throw; it becomes a fault value there.</summary>
internal sealed class AddressRefusedException(string message) : IOException(message);
