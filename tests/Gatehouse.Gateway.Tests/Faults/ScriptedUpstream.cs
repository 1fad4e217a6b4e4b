using System.Text;
using Gatehouse.Gateway.Tests.Upstream;

namespace Gatehouse.Gateway.Tests.Faults;

/// <summary>
/// An upstream whose every byte a test decides, for calls only: the gateway's own questions for lists of models are answered 404.
/// </summary>
internal sealed class ScriptedUpstream : IAsyncDisposable
{
    public const string StreamHead = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n";

    private readonly RawUpstream _upstream;
    private readonly List<RawRequest> _calls = [];
    private readonly List<RawConnection> _connections = [];

    /// <summary>Starts one; the script runs for each call and may close the connection or leave it for the next.</summary>
    public ScriptedUpstream(Func<RawConnection, RawRequest, Task> script) => _upstream = new RawUpstream(async connection =>
    {
        while (await connection.ReadRequestAsync() is { } request)
        {
            if (request.RequestLine.StartsWith("GET ", StringComparison.Ordinal)
                && request.RequestLine.Contains("/models", StringComparison.Ordinal))
            {
                await connection.WriteAsync("HTTP/1.1 404 No\r\ncontent-length: 0\r\n\r\n");
                continue;
            }

            lock (_calls)
            {
                _calls.Add(request);
                _connections.Add(connection);
            }

            await script(connection, request);
        }
    });

    public string Address => _upstream.Address;

    /// <summary>The calls, in order.</summary>
    public IReadOnlyList<RawRequest> Calls
    {
        get { lock (_calls) return [.. _calls]; }
    }

    /// <summary>The connection of each call; one that is used again stands there again.</summary>
    public IReadOnlyList<RawConnection> Connections
    {
        get { lock (_calls) return [.. _connections]; }
    }

    /// <summary>One that answers every call with the same bytes.</summary>
    public static ScriptedUpstream Answering(string head, byte[]? body = null) => new(async (connection, _) =>
    {
        await connection.WriteAsync(head);
        if (body is not null) await connection.Stream.WriteAsync(body);
    });

    /// <summary>One that answers every call whole, with a length.</summary>
    public static ScriptedUpstream Answering(int status, string headers, string body)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        return Answering($"HTTP/1.1 {status} Word\r\n{headers}\r\ncontent-length: {bytes.Length}\r\n\r\n", bytes);
    }

    public ValueTask DisposeAsync() => _upstream.DisposeAsync();
}
