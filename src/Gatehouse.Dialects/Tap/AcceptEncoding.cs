using System.Globalization;

namespace Gatehouse.Dialects.Tap;

/// <summary>Chooses the content codings that an upstream may answer in: those that the client takes and <see cref="CompressedTap"/> reads.</summary>
public static class AcceptEncoding
{
    private static readonly string[] Readable = ["gzip", "br", "deflate"];

    /// <summary>
    /// The value of <c>accept-encoding</c> to send upstream. A client that sent none gets <c>identity</c>; weights are kept, codings of
    /// weight 0 are left out, and <c>*</c> stands for every readable coding that is not named.
    /// </summary>
    /// <param name="clientAcceptEncoding">The client's own header, all its lines joined by commas; null when absent.</param>
    public static string Negotiate(string? clientAcceptEncoding)
    {
        if (string.IsNullOrWhiteSpace(clientAcceptEncoding))
            return "identity";
        return Usual(clientAcceptEncoding) ?? Work(clientAcceptEncoding);
    }

    /// <summary>What the common clients send, which needs no thought: Node's and Bun's fetch, Python's httpx, .NET, Go; null for any other.</summary>
    internal static string? Usual(string clientAcceptEncoding) => clientAcceptEncoding switch
    {
        "gzip, deflate, br, zstd" or "gzip, deflate, br" => "gzip, deflate, br",
        "br, gzip, deflate" => "br, gzip, deflate",
        "gzip, deflate" or "gzip, deflate, zstd" => "gzip, deflate",
        "gzip,deflate" => "gzip, deflate",
        "gzip, br" => "gzip, br",
        "gzip" => "gzip",
        "identity" => "identity",
        _ => null,
    };

    /// <summary>Reads the header as the grammar says.</summary>
    internal static string Work(string clientAcceptEncoding)
    {
        var accepted = new List<string>();
        var named = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        string? wildcard = null;
        foreach (var part in clientAcceptEncoding.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var (coding, weight) = Parse(part);
            if (coding == "*")
                wildcard = weight;
            else if (named.Add(coding) && weight is not null && (coding == "identity" || Readable.Contains(coding)))
                accepted.Add(coding + weight);
        }

        if (wildcard is not null)
            accepted.AddRange(Readable.Where(coding => !named.Contains(coding)).Select(coding => coding + wildcard));
        return accepted.Count == 0 ? "identity" : string.Join(", ", accepted);
    }

    /// <summary>The coding in lower case, and its weight as it is to be sent: empty for 1, null for 0 (refused).</summary>
    private static (string Coding, string? Weight) Parse(string part)
    {
        var pieces = part.Split(';', StringSplitOptions.TrimEntries);
        var coding = pieces[0].ToLowerInvariant();
        coding = coding == "x-gzip" ? "gzip" : coding;
        foreach (var parameter in pieces.AsSpan(1))
        {
            if (!parameter.StartsWith("q=", StringComparison.OrdinalIgnoreCase))
                continue;
            if (!double.TryParse(parameter.AsSpan(2), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var weight) || weight <= 0)
                return (coding, null);
            return (coding, weight >= 1 ? string.Empty : string.Create(CultureInfo.InvariantCulture, $";q={weight:0.###}"));
        }

        return (coding, string.Empty);
    }
}
