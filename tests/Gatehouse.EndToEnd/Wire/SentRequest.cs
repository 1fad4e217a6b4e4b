using System.Globalization;
using System.Text;

namespace Gatehouse.EndToEnd.Wire;

/// <summary>One HTTP/1.1 request as its sender put it on the wire.</summary>
/// <param name="Method">The method.</param>
/// <param name="Target">The path and query.</param>
/// <param name="Headers">The headers in order, values as Latin-1.</param>
/// <param name="Body">The body, chunks joined.</param>
internal sealed record SentRequest(string Method, string Target, IReadOnlyList<KeyValuePair<string, string>> Headers, byte[] Body)
{
    /// <summary>The body as text.</summary>
    public string Text => Encoding.UTF8.GetString(Body);

    /// <summary>A header's values joined by commas, or null.</summary>
    public string? Header(string name)
    {
        var values = Headers.Where(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(header => header.Value)
            .ToList();
        return values.Count == 0 ? null : string.Join(",", values);
    }

    /// <summary>Whether the target or the body holds <paramref name="marker"/>.</summary>
    public bool Holds(string marker) =>
        Target.Contains(marker, StringComparison.Ordinal) || Body.AsSpan().IndexOf(Encoding.UTF8.GetBytes(marker)) >= 0;

    /// <summary>Reads every complete request out of what one connection sent, in order.</summary>
    public static IEnumerable<SentRequest> ReadAll(byte[] sent)
    {
        var at = 0;
        while (at < sent.Length)
        {
            var end = sent.AsSpan(at).IndexOf("\r\n\r\n"u8);
            if (end < 0) yield break;
            var lines = Encoding.Latin1.GetString(sent, at, end).Split("\r\n");
            at += end + 4;
            var headers = lines.Skip(1).Select(Split).ToList();
            if (ReadBody(sent, headers, ref at) is not { } body) yield break;
            var first = lines[0].Split(' ');
            yield return new SentRequest(first[0], first[1], headers, body);
        }
    }

    /// <summary>A header line as name and value.</summary>
    public static KeyValuePair<string, string> Split(string line)
    {
        var colon = line.IndexOf(':', StringComparison.Ordinal);
        return new(line[..colon], line[(colon + 1)..].Trim());
    }

    /// <summary>The body at <paramref name="at"/>, or null when it is not all there.</summary>
    private static byte[]? ReadBody(byte[] sent, List<KeyValuePair<string, string>> headers, ref int at)
    {
        string? Value(string name) => headers.FirstOrDefault(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;
        if (Value("transfer-encoding") is { } coding && coding.Contains("chunked", StringComparison.OrdinalIgnoreCase))
            return Chunks.Read(sent, ref at) is { Whole: true } chunks ? chunks.Joined : null;
        var length = int.Parse(Value("content-length") ?? "0", CultureInfo.InvariantCulture);
        if (at + length > sent.Length) return null;
        at += length;
        return sent[(at - length)..at];
    }
}
