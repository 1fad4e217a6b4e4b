using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Gatehouse.Gateway.Tests.Upstream;

/// <summary>An upstream on a loopback socket whose every byte a test decides. Each connection runs the script; its number counts from 1.</summary>
internal sealed class RawUpstream : IAsyncDisposable
{
    public const string Ok = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}";

    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly List<RawConnection> _connections = [];
    private readonly Func<RawConnection, Task> _script;
    private readonly Task _accepting;

    public RawUpstream(Func<RawConnection, Task> script)
    {
        _script = script;
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        Port = ((IPEndPoint)_listener.LocalEndPoint!).Port;
        _accepting = AcceptAsync();
    }

    public int Port { get; }

    public string Address => $"http://127.0.0.1:{Port}";

    public IReadOnlyList<RawConnection> Connections
    {
        get { lock (_connections) return [.. _connections]; }
    }

    /// <summary>Answers every request with the same bytes and keeps the connection.</summary>
    public static RawUpstream Answering(string answer) => new(async connection =>
    {
        while (await connection.ReadRequestAsync() is not null) await connection.WriteAsync(answer);
    });

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _accepting;
        foreach (var connection in Connections) await connection.DisposeAsync();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            try
            {
                var connection = new RawConnection(await _listener.AcceptAsync());
                lock (_connections)
                {
                    _connections.Add(connection);
                    connection.Number = _connections.Count;
                }

                connection.Run(_script);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }
}

internal sealed record RawRequest(string Head, byte[] Body)
{
    public string RequestLine => Head[..Head.IndexOf("\r\n", StringComparison.Ordinal)];

    /// <summary>The header lines as they stood, without the request line.</summary>
    public string[] Lines => Head.Split("\r\n")[1..];

    /// <summary>The value of a header, or null. Names are compared without case.</summary>
    public string? this[string name] => Lines
        .Where(l => l.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))
        .Select(l => l[(name.Length + 1)..].Trim())
        .FirstOrDefault();
}

internal sealed class RawConnection(Socket socket) : IAsyncDisposable
{
    private readonly NetworkStream _stream = new(socket, ownsSocket: true);
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _running = Task.CompletedTask;

    public int Number { get; set; }

    public Stream Stream => _stream;

    public List<RawRequest> Requests { get; } = [];

    public void Run(Func<RawConnection, Task> script) => _running = RunAsync(script);

    public async Task<RawRequest?> ReadRequestAsync()
    {
        var head = new List<byte>();
        var one = new byte[1];
        while (!EndsHead(head))
        {
            if (await _stream.ReadAsync(one) == 0) return null;
            head.Add(one[0]);
        }

        var text = Encoding.Latin1.GetString([.. head])[..^4];
        var request = new RawRequest(text, []);
        var body = new byte[int.Parse(request["content-length"] ?? "0", System.Globalization.CultureInfo.InvariantCulture)];
        await _stream.ReadExactlyAsync(body);
        request = request with { Body = body };
        lock (Requests) Requests.Add(request);
        return request;
    }

    public async Task WriteAsync(string latin1) => await _stream.WriteAsync(Encoding.Latin1.GetBytes(latin1));

    /// <summary>Closes with RST instead of FIN.</summary>
    public void Reset()
    {
        socket.LingerState = new LingerOption(true, 0);
        socket.Close();
    }

    public void Close() => socket.Close();

    /// <summary>Waits until the other side has closed; fails after 10 s.</summary>
    public async Task WaitClosedAsync()
    {
        try
        {
            while (await _stream.ReadAsync(new byte[4096]).AsTask().WaitAsync(TimeSpan.FromSeconds(10)) > 0)
            {
            }
        }
        catch (IOException)
        {
        }

        _closed.TrySetResult();
    }

    /// <summary>Completes when the script has seen the other side close.</summary>
    public Task Closed => _closed.Task.WaitAsync(TimeSpan.FromSeconds(10));

    /// <summary>Completes when the script has ended, in order or because its socket failed.</summary>
    public Task Ended => _running;

    public async ValueTask DisposeAsync()
    {
        socket.Close();
        await _running;
    }

    private async Task RunAsync(Func<RawConnection, Task> script)
    {
        await Task.Yield();
        try
        {
            await script(this);
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or TimeoutException)
        {
        }
    }

    private static bool EndsHead(List<byte> head) =>
        head.Count >= 4 && head[^1] == '\n' && head[^2] == '\r' && head[^3] == '\n' && head[^4] == '\r';
}
