using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Gatehouse.EndToEnd.Wire;

/// <summary>One request that a client sent and the answer it got.</summary>
/// <param name="Sent">The request.</param>
/// <param name="Status">The answer's status; null when none came.</param>
/// <param name="Answer">The answer's headers; empty when none came.</param>
/// <param name="Body">The answer's body so far, chunks joined, as UTF-8; still compressed where it was sent so.</param>
internal sealed partial record Call(SentRequest Sent, int? Status, IReadOnlyDictionary<string, string> Answer, string Body)
{
    /// <summary>The id that Gatehouse gave the exchange; null when it made none of it.</summary>
    public Guid? Exchange => Answer.TryGetValue("x-gatehouse-exchange", out var id) ? Guid.Parse(id) : null;

    /// <summary>Pairs the requests of one connection with the answers on it, which HTTP/1.1 gives in the same order.</summary>
    public static IEnumerable<Call> Pair(byte[] sent, byte[] answered)
    {
        // A head is found by its first line; no body in these tests holds such a line.
        var heads = Head().Matches(Encoding.Latin1.GetString(answered)).Where(head => head.Groups[1].Value != "100").ToList();
        var ends = heads.Skip(1).Select(head => head.Index).Append(answered.Length).ToList();
        return SentRequest.ReadAll(sent).Select((request, index) => index < heads.Count
            ? Answered(request, heads[index], answered[(heads[index].Index + heads[index].Length)..ends[index]])
            : new Call(request, null, new Dictionary<string, string>(), ""));
    }

    private static Call Answered(SentRequest request, Match head, byte[] rest)
    {
        var headers = Headers(head.Groups[2].Value);
        var at = 0;
        var body = headers.ContainsKey("transfer-encoding") ? Chunks.Read(rest, ref at).Joined : rest;
        return new Call(request, int.Parse(head.Groups[1].ValueSpan, CultureInfo.InvariantCulture), headers, Encoding.UTF8.GetString(body));
    }

    private static Dictionary<string, string> Headers(string lines) =>
        lines.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Select(SentRequest.Split)
            .GroupBy(header => header.Key, header => header.Value, StringComparer.OrdinalIgnoreCase)
            .ToDictionary(group => group.Key, group => string.Join(",", group), StringComparer.OrdinalIgnoreCase);

    [GeneratedRegex(@"HTTP/1\.1 (\d{3})[^\r\n]*\r\n((?:[A-Za-z0-9-]+:[^\r\n]*\r\n)*)\r\n")]
    private static partial Regex Head();
}
