using System.Security.Cryptography;
using System.Text;

namespace Gatehouse.Gateway.Tests.Canary;

/// <summary>Where something that should have stayed secret could come to light.</summary>
internal enum Place
{
    Log,
    Answers,
    Ledger,
    Files,
    Metrics,
    Health,
    Upstream,
}

/// <summary>A made-up secret, and the places where it may rightly be seen.</summary>
internal sealed record Planted(string Name, string Secret, params Place[] Allowed)
{
    public static Planted New(string name, params Place[] allowed) =>
        new(name, "canary-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)), allowed);
}

/// <summary>Everything that a run left behind, by place, and the search through it.</summary>
internal sealed class Traces
{
    private readonly List<(Place Place, string Source, byte[] Bytes)> _found = [];

    public void Add(Place place, string source, byte[] bytes) => _found.Add((place, source, bytes));

    public void Add(Place place, string source, string text) => Add(place, source, Encoding.UTF8.GetBytes(text));

    /// <summary>Where a secret occurs, in any form that it might have been written in.</summary>
    public IReadOnlyList<(Place Place, string Source)> Find(string secret) =>
        [.. _found.Where(f => Forms(secret).Any(form => f.Bytes.AsSpan().IndexOf(form) >= 0)).Select(f => (f.Place, f.Source))];

    /// <summary>As it is, in UTF-16, in hexadecimal, in base64 at each of the three alignments, reversed, and without its first and last four characters.</summary>
    public static IEnumerable<byte[]> Forms(string secret)
    {
        var utf8 = Encoding.UTF8.GetBytes(secret);
        yield return utf8;
        yield return Encoding.Unicode.GetBytes(secret);
        yield return Encoding.ASCII.GetBytes(Convert.ToHexString(utf8));
        yield return Encoding.ASCII.GetBytes(Convert.ToHexStringLower(utf8));
        for (var skip = 0; skip < 3; skip++)
        {
            var whole = utf8.AsSpan(skip, (utf8.Length - skip) / 3 * 3);
            yield return Encoding.ASCII.GetBytes(Convert.ToBase64String(whole));
        }

        yield return [.. Enumerable.Reverse(utf8)];
        // A hint may show the last four characters of a token, and its kind before them; the middle is nobody's.
        yield return utf8[4..^4];
    }
}
