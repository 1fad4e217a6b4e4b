using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

namespace Gatehouse.Simulator.Tests.Wire;

/// <summary>How a connection was when the reading ended.</summary>
internal enum Ended { Closed, Reset, StillOpen }

/// <summary>An answer as it came off the socket.</summary>
internal sealed record RawAnswer(string Text, byte[] Bytes, Ended Ended, TimeSpan FirstByteAfter)
{
    public int Status => Text.Length < 12 ? 0 : int.Parse(Text.AsSpan(9, 3), System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Whether the HTTP message itself is whole.</summary>
    public bool Complete
    {
        get
        {
            var head = Text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (head < 0) return false;
            if (Header("transfer-encoding") == "chunked") return Text.EndsWith("\r\n0\r\n\r\n", StringComparison.Ordinal);
            return Text.Length - head - 4 == int.Parse(Header("content-length")!, System.Globalization.CultureInfo.InvariantCulture);
        }
    }

    /// <summary>The body without its chunk framing, as Latin-1 (one character per byte).</summary>
    public string Body
    {
        get
        {
            var head = Text.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4;
            if (Header("transfer-encoding") != "chunked") return Text[head..];
            var body = new StringBuilder();
            for (var at = head; at < Text.Length;)
            {
                var line = Text.IndexOf("\r\n", at, StringComparison.Ordinal);
                if (line < 0) break;
                var size = Convert.ToInt32(Text[at..line], 16);
                body.Append(Text, line + 2, Math.Min(size, Text.Length - line - 2));
                at = line + 2 + size + 2;
            }
            return body.ToString();
        }
    }

    public byte[] BodyBytes => Encoding.Latin1.GetBytes(Body);

    public string? Header(string name)
    {
        var head = Text.Split("\r\n\r\n")[0].Split("\r\n");
        return head.FirstOrDefault(h => h.StartsWith(name + ": ", StringComparison.OrdinalIgnoreCase))?[(name.Length + 2)..];
    }

    /// <summary>Sends a request and reads until the connection ends, or until nothing came for the given time.</summary>
    public static async Task<RawAnswer> AskAsync(Uri address, string request, TimeSpan? quiet = null)
    {
        using var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(address.Host, address.Port);
        var clock = Stopwatch.StartNew();
        await client.Client.SendAsync(Encoding.UTF8.GetBytes(request));
        var bytes = new List<byte>();
        var buffer = new byte[64 << 10];
        var first = TimeSpan.Zero;
        var ended = Ended.StillOpen;
        try
        {
            while (true)
            {
                using var patience = new CancellationTokenSource(quiet ?? TimeSpan.FromSeconds(10));
                var read = await client.Client.ReceiveAsync(buffer, patience.Token);
                if (bytes.Count == 0) first = clock.Elapsed;
                if (read == 0)
                {
                    ended = Ended.Closed;
                    break;
                }
                bytes.AddRange(buffer.AsSpan(0, read));
            }
        }
        catch (SocketException)
        {
            ended = Ended.Reset;
        }
        catch (OperationCanceledException) { }
        return new RawAnswer(Encoding.Latin1.GetString([.. bytes]), [.. bytes], ended, first);
    }
}
