using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Gatehouse.Gateway.Tests.Exchanges;

namespace Gatehouse.Gateway.Tests.Hostile;

/// <summary>An answer as it stood on the wire.</summary>
internal sealed record RawAnswer(int Status, IReadOnlyDictionary<string, string> Headers, string Body)
{
    public string? this[string name] => Headers.GetValueOrDefault(name);
}

/// <summary>A client that sends whatever bytes a test wants, and reads answers with as little as it takes. One request at a time.</summary>
internal sealed class RawClient : IDisposable
{
    private readonly TcpClient _tcp = new() { NoDelay = true };
    private readonly List<byte> _held = [];
    private readonly byte[] _piece = new byte[16 * 1024];

    private NetworkStream? _stream;

    private RawClient()
    {
    }

    private NetworkStream Stream => _stream!;

    public static async Task<RawClient> ConnectAsync(Uri server)
    {
        var client = new RawClient();
        await client._tcp.ConnectAsync(server.Host, server.Port);
        client._stream = client._tcp.GetStream();
        return client;
    }

    /// <summary>Sends; a server that has closed already is no failure of the test.</summary>
    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            await Stream.WriteAsync(bytes).AsTask().WaitAsync(GatewayHarness.Ceiling);
        }
        catch (IOException)
        {
        }
    }

    public Task SendAsync(string latin1) => SendAsync(Encoding.Latin1.GetBytes(latin1));

    /// <summary>Says that nothing more will be sent, and goes on reading.</summary>
    public void EndSending() => _tcp.Client.Shutdown(SocketShutdown.Send);

    /// <summary>Reads the next answer; null when the server closed without one.</summary>
    public async Task<RawAnswer?> ReadAsync(bool head = false)
    {
        var end = -1;
        while ((end = EndOfHead()) < 0)
        {
            if (!await MoreAsync()) return null;
        }

        var lines = Encoding.Latin1.GetString([.. Take(end)])[..^4].Split("\r\n");
        var status = int.Parse(lines[0].AsSpan(9, 3), CultureInfo.InvariantCulture);
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var line in lines.Skip(1))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            headers[line[..colon]] = line[(colon + 1)..].Trim();
        }

        // An interim answer is not the answer.
        if (status == 100) return await ReadAsync(head);
        return new RawAnswer(status, headers, Encoding.UTF8.GetString(head || status == 204 ? [] : await BodyAsync(headers)));
    }

    /// <summary>Whether the server closes now, without sending anything more.</summary>
    public async Task<bool> IsClosedAsync() => _held.Count == 0 && !await MoreAsync();

    public void Dispose()
    {
        _stream?.Dispose();
        _tcp.Dispose();
    }

    private async Task<byte[]> BodyAsync(Dictionary<string, string> headers)
    {
        if (headers.TryGetValue("content-length", out var length))
            return await ExactlyAsync(int.Parse(length, CultureInfo.InvariantCulture));
        if (headers.GetValueOrDefault("transfer-encoding") != "chunked")
        {
            while (await MoreAsync()) { }
            return Take(_held.Count);
        }

        var body = new List<byte>();
        while (true)
        {
            var size = int.Parse(await LineAsync(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            body.AddRange(await ExactlyAsync(size));
            await LineAsync();
            if (size == 0) return [.. body];
        }
    }

    private async Task<string> LineAsync()
    {
        int end;
        while ((end = _held.IndexOf((byte)'\n')) < 0)
        {
            if (!await MoreAsync()) throw new IOException("The answer broke off.");
        }

        return Encoding.Latin1.GetString(Take(end + 1)).TrimEnd();
    }

    private async Task<byte[]> ExactlyAsync(int count)
    {
        while (_held.Count < count)
        {
            if (!await MoreAsync()) throw new IOException("The answer broke off.");
        }

        return Take(count);
    }

    private byte[] Take(int count)
    {
        var taken = _held.GetRange(0, count).ToArray();
        _held.RemoveRange(0, count);
        return taken;
    }

    private int EndOfHead()
    {
        for (var i = 3; i < _held.Count; i++)
        {
            if (_held[i] == '\n' && _held[i - 1] == '\r' && _held[i - 2] == '\n' && _held[i - 3] == '\r') return i + 1;
        }

        return -1;
    }

    private async Task<bool> MoreAsync()
    {
        try
        {
            var read = await Stream.ReadAsync(_piece).AsTask().WaitAsync(GatewayHarness.Ceiling);
            _held.AddRange(_piece.AsSpan(0, read));
            return read > 0;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
