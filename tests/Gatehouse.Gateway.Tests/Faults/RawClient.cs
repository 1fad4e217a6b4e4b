using System.Net.Sockets;
using System.Text;
using Gatehouse.Gateway.Tests.Exchanges;

namespace Gatehouse.Gateway.Tests.Faults;

/// <summary>
/// A client on a bare socket, for what an HTTP library hides: how an answer ends, and in which bytes it comes. One call per instance.
/// </summary>
internal sealed class RawClient : IAsyncDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly MemoryStream _received = new();
    private readonly CancellationTokenSource _ceiling = new(GatewayHarness.Ceiling);
    private readonly byte[] _buffer = new byte[64 * 1024];
    private bool _closed;

    /// <summary>Whether the server ended the connection by a reset.</summary>
    public bool WasReset { get; private set; }

    private RawClient()
    {
    }

    /// <summary>Connects and sends one POST.</summary>
    public static async Task<RawClient> PostAsync(GatewayHarness gateway, string path, byte[] body, params string[] headers)
    {
        var lines = new List<string>
        {
            $"POST {path} HTTP/1.1", $"host: {gateway.Address.Authority}", "content-type: application/json",
            $"content-length: {body.Length}",
        };
        if (!headers.Any(h => h.StartsWith("authorization:", StringComparison.OrdinalIgnoreCase)))
            lines.Add($"authorization: Bearer {gateway.Token}");
        if (path.Contains("messages", StringComparison.Ordinal)) lines.Add("anthropic-version: 2023-06-01");
        lines.AddRange(headers);
        var head = Encoding.Latin1.GetBytes(string.Join("\r\n", lines) + "\r\n\r\n");
        return await SendAsync(gateway, [.. head, .. body]);
    }

    /// <summary>Connects and sends a request without a body.</summary>
    public static Task<RawClient> RequestAsync(GatewayHarness gateway, string method, string path, params string[] headers) =>
        SendAsync(gateway, Encoding.Latin1.GetBytes(string.Join("\r\n", [$"{method} {path} HTTP/1.1", .. headers]) + "\r\n\r\n"));

    /// <summary>Connects and sends bytes as they are.</summary>
    public static async Task<RawClient> SendAsync(GatewayHarness gateway, byte[] bytes)
    {
        var client = new RawClient();
        await client._socket.ConnectAsync("127.0.0.1", gateway.Address.Port, client._ceiling.Token);
        await client._socket.SendAsync(bytes, client._ceiling.Token);
        return client;
    }

    /// <summary>Sends further bytes on the same connection.</summary>
    public async Task SendMoreAsync(byte[] bytes) => await _socket.SendAsync(bytes, _ceiling.Token);

    /// <summary>Reads until the answer is whole or the connection is closed.</summary>
    public Task<RawAnswer> AnswerAsync() => UntilAsync(static answer => answer.IsWhole);

    /// <summary>Reads until a condition holds or the connection is closed; fails at the ceiling.</summary>
    public async Task<RawAnswer> UntilAsync(Func<RawAnswer, bool> enough)
    {
        while (true)
        {
            var answer = RawAnswer.Parse(_received.ToArray(), _closed);
            if (_closed || enough(answer)) return answer;
            try
            {
                var read = await _socket.ReceiveAsync(_buffer, _ceiling.Token);
                _closed = read == 0;
                _received.Write(_buffer, 0, read);
            }
            catch (SocketException e)
            {
                WasReset = e.SocketErrorCode == SocketError.ConnectionReset;
                _closed = true;
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"Nothing more came after: {Encoding.UTF8.GetString(_received.ToArray())}");
            }
        }
    }

    /// <summary>Goes away at once, with a reset.</summary>
    public void Leave()
    {
        _socket.LingerState = new LingerOption(true, 0);
        _socket.Close();
    }

    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        _ceiling.Dispose();
        return ValueTask.CompletedTask;
    }
}
