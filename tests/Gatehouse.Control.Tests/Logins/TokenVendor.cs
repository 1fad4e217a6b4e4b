using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Gatehouse.Control.Tests.Logins;

/// <summary>
/// The vendor's service that refreshes Codex logins, played on loopback: each call gets a set of its own, numbered, whose tokens look like the
/// vendor's.
/// </summary>
public sealed class TokenVendor : IDisposable
{
    /// <summary>When the tokens end that it gives: in the year 2100.</summary>
    public const long FarEnd = 4_102_444_800;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly List<string> _presented = [];

    public TokenVendor()
    {
        _listener.Start();
        _ = AcceptAsync();
    }

    public string Address => $"http://{_listener.LocalEndpoint}/oauth/token";

    /// <summary>What it answers, by the refresh token that was presented; null for a new set.</summary>
    public Func<string, (string Status, string Body)?> Answer { get; set; } = static _ => null;

    /// <summary>What an answer waits for.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    /// <summary>The refresh tokens that were presented, in order.</summary>
    public IReadOnlyList<string> Presented
    {
        get { lock (_presented) return [.. _presented]; }
    }

    /// <summary>A token of the vendor's shape, unsigned: an account's claims, its number and its end in seconds since 1970.</summary>
    public static string Token(string number, long end)
    {
        var claims = $$$"""{"email":"a@b.example","jti":"{{{number}}}","exp":{{{end}}},"https://api.openai.com/auth":{"chatgpt_account_id":"acct","chatgpt_plan_type":"plus"}}""";
        return $"eyJhbGciOiJub25lIn0.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims))}.c2ln";
    }

    /// <summary>A login file with tokens of a number, which end at a time.</summary>
    public static string File(string number, long end, string refreshed = "2026-11-21T08:00:00Z") => $$"""
        {"OPENAI_API_KEY":null,"tokens":{"id_token":"{{Token(number, end)}}","access_token":"{{Token(number, end)}}","refresh_token":"rt-{{number}}","account_id":"acct"},"last_refresh":"{{refreshed}}"}
        """;

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = ServeAsync(await _listener.AcceptTcpClientAsync());
        }
        catch (Exception e) when (e is ObjectDisposedException or SocketException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(TcpClient connection)
    {
        using var client = connection;
        var stream = client.GetStream();
        var body = await BodyAsync(stream);
        using var asked = JsonDocument.Parse(body);
        var token = asked.RootElement.GetProperty("refresh_token").GetString()!;
        lock (_presented) _presented.Add(token);
        await Gate;
        var number = $"{token}.n";
        var (status, said) = Answer(token) ?? ("200 OK",
            $$"""{"access_token":"{{Token(number, FarEnd)}}","id_token":"{{Token(number, FarEnd)}}","refresh_token":"{{number}}","scope":"openid email offline_access"}""");
        await stream.WriteAsync(Encoding.UTF8.GetBytes(
            $"HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {Encoding.UTF8.GetByteCount(said)}\r\nconnection: close\r\n\r\n{said}"));
    }

    private static async Task<string> BodyAsync(NetworkStream stream)
    {
        var read = new StringBuilder();
        var buffer = new byte[4096];
        while (true)
        {
            var count = await stream.ReadAsync(buffer);
            read.Append(Encoding.UTF8.GetString(buffer, 0, count));
            var text = read.ToString();
            var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (count == 0) return text;
            if (end < 0) continue;
            var length = text.Split("\r\n").Select(static line => line.Split(':', 2)).Where(static pair => pair.Length == 2 && pair[0].Equals("content-length", StringComparison.OrdinalIgnoreCase))
                .Select(static pair => int.Parse(pair[1], System.Globalization.CultureInfo.InvariantCulture)).Single();
            if (Encoding.UTF8.GetByteCount(text[(end + 4)..]) >= length) return text[(end + 4)..];
        }
    }
}
