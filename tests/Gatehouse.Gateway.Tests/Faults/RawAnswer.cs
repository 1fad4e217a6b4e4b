using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Gatehouse.Gateway.Tests.Faults;

/// <summary>An HTTP answer as far as it has come.</summary>
/// <param name="Status">The status, or 0 before the head is there.</param>
/// <param name="Headers">The header lines in order, names in lower case.</param>
/// <param name="Body">The body's bytes, taken out of their chunks.</param>
/// <param name="IsWhole">Whether the message is complete: its length reached, or its terminal chunk there.</param>
/// <param name="IsClosed">Whether the connection is closed.</param>
internal sealed record RawAnswer(int Status, IReadOnlyList<(string Name, string Value)> Headers, byte[] Body, bool IsWhole, bool IsClosed)
{
    /// <summary>Whether the connection ended without the end of the message: no client can take the answer for a whole one.</summary>
    public bool IsCut => IsClosed && !IsWhole;

    public string Text => Encoding.UTF8.GetString(Body);

    public JsonElement Json => JsonDocument.Parse(Body).RootElement;

    /// <summary>The value of a header, its repetitions joined with <c>|</c>, or null.</summary>
    public string? this[string name] => Headers.Where(h => h.Name == name).Select(h => h.Value).ToList() is { Count: > 0 } values
        ? string.Join('|', values) : null;

    /// <summary>The events of the body by blank lines, without them; what stands after the last blank line is the last.</summary>
    public string[] Events => Text.Replace("\r\n", "\n", StringComparison.Ordinal).Split("\n\n");

    /// <summary>How often a piece of text occurs in the body.</summary>
    public int Count(string piece) => Text.Split(piece).Length - 1;

    public static RawAnswer Parse(byte[] bytes, bool closed)
    {
        var end = bytes.AsSpan().IndexOf("\r\n\r\n"u8);
        if (end < 0) return new RawAnswer(0, [], [], false, closed);
        var lines = Encoding.Latin1.GetString(bytes, 0, end).Split("\r\n");
        var status = int.Parse(lines[0].Split(' ')[1], CultureInfo.InvariantCulture);
        var headers = lines[1..].Select(l => l.Split(':', 2)).Select(p => (p[0].ToLowerInvariant(), p[1].Trim())).ToList();
        var rest = bytes.AsSpan(end + 4);
        var length = headers.Find(h => h.Item1 == "content-length").Item2;
        if (headers.Any(h => h is ("transfer-encoding", "chunked")))
        {
            var (body, whole) = Unchunk(rest);
            return new RawAnswer(status, headers, body, whole, closed);
        }

        if (status is 204 or 304 || length is null) return new RawAnswer(status, headers, rest.ToArray(), status is 204 or 304, closed);
        return new RawAnswer(status, headers, rest.ToArray(), rest.Length == int.Parse(length, CultureInfo.InvariantCulture), closed);
    }

    private static (byte[] Body, bool Whole) Unchunk(ReadOnlySpan<byte> bytes)
    {
        var body = new List<byte>();
        while (true)
        {
            var line = bytes.IndexOf("\r\n"u8);
            if (line < 0) return ([.. body], false);
            var size = int.Parse(Encoding.ASCII.GetString(bytes[..line]), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            bytes = bytes[(line + 2)..];
            if (size == 0) return ([.. body], bytes.StartsWith("\r\n"u8));
            body.AddRange(bytes[..Math.Min(size, bytes.Length)]);
            if (bytes.Length < size + 2) return ([.. body], false);
            bytes = bytes[(size + 2)..];
        }
    }
}
