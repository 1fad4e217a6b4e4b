using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Gatehouse.EndToEnd.Wire;

/// <summary>One request that a client sent and the head of the answer it got.</summary>
/// <param name="Sent">The request.</param>
/// <param name="Status">The answer's status; null when none came.</param>
/// <param name="Answer">The answer's headers; empty when none came.</param>
internal sealed partial record Call(SentRequest Sent, int? Status, IReadOnlyDictionary<string, string> Answer)
{
    /// <summary>The id that Gatehouse gave the exchange; null when it made none of it.</summary>
    public Guid? Exchange => Answer.TryGetValue("x-gatehouse-exchange", out var id) ? Guid.Parse(id) : null;

    /// <summary>Pairs the requests of one connection with the answers on it, which HTTP/1.1 gives in the same order.</summary>
    public static IEnumerable<Call> Pair(byte[] sent, byte[] answered)
    {
        // A head is found by its first line; no body in these tests holds such a line.
        var heads = Head().Matches(Encoding.Latin1.GetString(answered)).Where(head => head.Groups[1].Value != "100").ToList();
        return SentRequest.ReadAll(sent).Select((request, index) => index < heads.Count
            ? new Call(request, int.Parse(heads[index].Groups[1].ValueSpan, CultureInfo.InvariantCulture), Headers(heads[index].Groups[2].Value))
            : new Call(request, null, new Dictionary<string, string>()));
    }

    private static Dictionary<string, string> Headers(string lines) =>
        lines.Split("\r\n", StringSplitOptions.RemoveEmptyEntries)
            .GroupBy(line => line[..line.IndexOf(':', StringComparison.Ordinal)], line => line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim(), StringComparer.OrdinalIgnoreCase)
            .ToDictionary(group => group.Key, group => string.Join(",", group), StringComparer.OrdinalIgnoreCase);

    [GeneratedRegex(@"HTTP/1\.1 (\d{3})[^\r\n]*\r\n((?:[A-Za-z0-9-]+:[^\r\n]*\r\n)*)\r\n")]
    private static partial Regex Head();
}
