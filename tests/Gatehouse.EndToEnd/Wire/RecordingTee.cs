using System.Net;
using System.Net.Sockets;

namespace Gatehouse.EndToEnd.Wire;

/// <summary>
/// Stands in front of a server, passes every byte on in both directions, ends and resets included, and keeps them.
/// Any thread may read it while it runs.
/// </summary>
internal sealed class RecordingTee : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private readonly List<(MemoryStream Sent, MemoryStream Answered)> _kept = [];
    private readonly List<Task> _running = [];
    private readonly Uri _target;
    private readonly Task _accepting;

    /// <summary>Listens on a free loopback port in front of <paramref name="target"/>.</summary>
    public RecordingTee(Uri target)
    {
        _target = target;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>Where a client finds it.</summary>
    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");

    /// <summary>Every complete request sent so far with the head of its answer, connection by connection.</summary>
    public IReadOnlyList<Call> Calls
    {
        get
        {
            lock (_lock) return [.. _kept.SelectMany(kept => Call.Pair(kept.Sent.ToArray(), kept.Answered.ToArray()))];
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        Task[] running;
        lock (_lock) running = [.. _running];
        await Task.WhenAll(running).WaitAsync(TimeSpan.FromSeconds(10));
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptSocketAsync(_stop.Token);
                lock (_lock) _running.Add(CarryAsync(client));
            }
        }
        catch (Exception end) when (end is OperationCanceledException or SocketException or ObjectDisposedException) { } // stopped
    }

    private async Task CarryAsync(Socket client)
    {
        var (sent, answered) = (new MemoryStream(), new MemoryStream());
        lock (_lock) _kept.Add((sent, answered));
        using var server = new Socket(SocketType.Stream, ProtocolType.Tcp);
        using (client)
        {
            client.NoDelay = server.NoDelay = true;
            try
            {
                await server.ConnectAsync(_target.Host, _target.Port, _stop.Token);
                await Task.WhenAll(CopyAsync(client, server, sent), CopyAsync(server, client, answered));
            }
            catch (Exception end) when (end is OperationCanceledException or SocketException)
            {
                Reset(client);
                Reset(server);
            }
        }
    }

    private async Task CopyAsync(Socket from, Socket to, MemoryStream keep)
    {
        var buffer = new byte[64 << 10];
        try
        {
            while (true)
            {
                var read = await from.ReceiveAsync(buffer, _stop.Token);
                if (read == 0) break;
                lock (_lock) keep.Write(buffer, 0, read);
                for (var sent = 0; sent < read;) sent += await to.SendAsync(buffer.AsMemory(sent, read - sent), _stop.Token);
            }
            to.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // A reset on one side becomes a reset on the other, at once: the other direction may be waiting.
            Reset(from);
            Reset(to);
        }
        catch (ObjectDisposedException) { } // the other direction met a reset
    }

    private static void Reset(Socket socket)
    {
        try
        {
            socket.LingerState = new LingerOption(true, 0);
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException) { } // closed already
        socket.Close();
    }
}
