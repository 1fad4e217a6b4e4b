using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Gatehouse.LoadBench.Load;

namespace Gatehouse.LoadBench.Upstream;

/// <summary>
/// The provider behind the proxies: it compares each request's body with what was sent and answers from prebuilt bytes, so that it costs as
/// little as a server can. Owned by the program; runs until disposed.
/// </summary>
internal sealed class FastUpstream : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly bool _isBlocking;
    private readonly Pacer _pacer = new();
    private readonly Channel<long> _closings = Channel.CreateUnbounded<long>();
    private long _wrongBodies;
    private long _sent;

    /// <summary>Listens.</summary>
    /// <param name="isBlocking">Whether each connection has a thread of its own, for timing one; see <see cref="Wire"/>.</param>
    public FastUpstream(bool isBlocking = false)
    {
        _isBlocking = isBlocking;
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(4096);
        _ = AcceptAsync();
    }

    /// <summary>The port it listens on.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    /// <summary>Requests whose body was not byte for byte what the generator sent.</summary>
    public long WrongBodies => Interlocked.Read(ref _wrongBodies);

    /// <summary>Paced events sent.</summary>
    public long PacedEvents => Interlocked.Read(ref _sent);

    /// <summary>When the other side closed a stuck stream: time stamps, one after the other.</summary>
    public ChannelReader<long> Closings => _closings.Reader;

    /// <inheritdoc/>
    public void Dispose()
    {
        _listener.Dispose();
        _pacer.Dispose();
    }

    internal void Closed() => _closings.Writer.TryWrite(Stopwatch.GetTimestamp());

    internal void CountWrongBody() => Interlocked.Increment(ref _wrongBodies);

    private async Task AcceptAsync()
    {
        while (true)
        {
            Socket socket;
            try
            {
                socket = await _listener.AcceptAsync();
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return;
            }

            socket.NoDelay = true;
            var connection = new UpstreamConnection(this, socket, _isBlocking, _pacer, () => Interlocked.Increment(ref _sent));
            _ = _isBlocking ? Wire.OnThread(connection.RunAsync) : connection.RunAsync();
        }
    }
}
