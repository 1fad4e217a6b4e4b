using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Gatehouse.LoadBench.Bodies;

namespace Gatehouse.LoadBench.Load;

/// <summary>One client: sends a prebuilt request on a kept connection and checks the answer. Used by one task.</summary>
internal sealed class LoadConnection : IDisposable
{
    private readonly Profile _profile;
    private readonly byte[] _request;
    private readonly byte[]? _expected;
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly Wire _wire;
    private readonly AnswerCheck _check = new();
    private readonly byte[] _buffer;
    private long _events;

    private LoadConnection(Profile profile, byte[] request, int bufferBytes, bool translates)
    {
        _expected = translates && profile.Translated is not null ? null : profile.Answer.Expected;
        _profile = profile;
        _request = request;
        _buffer = new byte[bufferBytes];
        _wire = new Wire(_socket, profile.IsLatency);
    }

    /// <summary>Events received, those of an answer that is not over yet among them.</summary>
    public long Events => _events + _check.Events;

    /// <summary>Connects.</summary>
    /// <param name="port">Where to.</param>
    /// <param name="profile">What is asked.</param>
    /// <param name="request">The whole request.</param>
    /// <param name="bufferBytes">How much is received at once.</param>
    /// <param name="translates">Whether what listens there translates the profiles that are to be translated.</param>
    public static async Task<LoadConnection> OpenAsync(
        int port, Profile profile, byte[] request, int bufferBytes = 32 * 1024, bool translates = false)
    {
        var connection = new LoadConnection(profile, request, bufferBytes, translates);
        var address = new IPEndPoint(IPAddress.Loopback, port);
        if (profile.IsLatency) connection._socket.Connect(address);
        else await connection._socket.ConnectAsync(address);
        return connection;
    }

    /// <summary>A whole request as agents send it, head and body.</summary>
    public static byte[] Request(int port, Profile profile, string token)
    {
        var head =
            $"POST /v1/messages?beta=true HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\naccept: application/json\r\nuser-agent: claude-cli/2.1.4 (external, cli)\r\n"
            + $"authorization: Bearer {token}\r\nanthropic-version: 2023-06-01\r\nanthropic-beta: claude-code-20250219,interleaved-thinking-2025-05-14\r\n"
            + "anthropic-dangerous-direct-browser-access: true\r\nx-app: cli\r\nx-stainless-lang: js\r\nx-stainless-package-version: 0.70.0\r\n"
            + "x-stainless-os: Linux\r\nx-stainless-arch: x64\r\nx-stainless-runtime: node\r\nx-stainless-retry-count: 0\r\nx-stainless-timeout: 600\r\n"
            + "x-claude-code-session-id: 0199f3a2-7f4e-7cc1-9d0a-3f0f6a9c1b11\r\n"
            + $"content-type: application/json\r\naccept-encoding: gzip, deflate, br, zstd\r\n{Profile.Header}: {profile.Name}\r\ncontent-length: {profile.Body.Length}\r\n\r\n";
        return [.. Encoding.ASCII.GetBytes(head), .. profile.Body];
    }

    /// <summary>Requests until the time is up; how many were answered.</summary>
    public async Task<long> RunAsync(long until)
    {
        var done = 0L;
        for (; Stopwatch.GetTimestamp() < until; done++) await ExchangeAsync();
        return done;
    }

    /// <summary>Requests until the time is up; the time of each in ticks of the stopwatch.</summary>
    public async Task<List<long>> TimeAsync(long until)
    {
        var times = new List<long>(16 * 1024);
        for (var before = Stopwatch.GetTimestamp(); before < until;)
        {
            await ExchangeAsync();
            var after = Stopwatch.GetTimestamp();
            times.Add(after - before);
            before = after;
        }

        return times;
    }

    /// <summary>One request, its answer checked.</summary>
    /// <exception cref="InvalidDataException">The answer is not what the upstream sent.</exception>
    public async ValueTask ExchangeAsync(Action? onHead = null)
    {
        _events += _check.Events;
        _check.Reset(_expected);
        await _wire.SendAsync(_request);
        while (!_check.IsDone)
        {
            var read = await _wire.ReceiveAsync(_buffer);
            if (read == 0) _check.Closed();
            else _check.Read(_buffer.AsSpan(0, read));
            if (_check.Wrong is { } wrong) throw new InvalidDataException($"{_profile.Name}: {wrong}");
            if (onHead is null || !_check.HasHead) continue;
            onHead();
            onHead = null;
        }
    }

    /// <summary>Sends the request and reads until the first event of its answer is there.</summary>
    /// <exception cref="InvalidDataException">The answer is not what the upstream sent.</exception>
    public async ValueTask BeginAsync()
    {
        _check.Reset(_expected);
        await _wire.SendAsync(_request);
        while (_check.Events == 0)
        {
            var read = await _wire.ReceiveAsync(_buffer);
            if (read == 0) _check.Closed();
            else _check.Read(_buffer.AsSpan(0, read));
            if (_check.Wrong is { } wrong) throw new InvalidDataException($"{_profile.Name}: {wrong}");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();
}
