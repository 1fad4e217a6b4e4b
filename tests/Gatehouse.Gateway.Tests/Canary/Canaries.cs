using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Gatehouse.Gateway.Tests.Canary;

/// <summary>Where something that should have stayed secret could come to light.</summary>
internal enum Place
{
    Console,
    Log,
    Answers,
    Ledger,
    Files,
    Metrics,
    Health,
    Upstream,
    Spans,
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
    public IReadOnlyList<(Place Place, string Source)> Find(string secret) => Find(Forms(secret));

    /// <summary>Where a secret that is no text occurs, in any form that it might have been written in.</summary>
    public IReadOnlyList<(Place Place, string Source)> Find(byte[] secret) => Find(Forms(secret));

    /// <summary>
    /// The forms of its bytes; in UTF-16, percent-encoded and as a JSON string; and without its first and last four characters: a hint
    /// may show the last four characters of a token, and its kind before them; the middle is nobody's.
    /// </summary>
    public static IEnumerable<byte[]> Forms(string secret)
    {
        var utf8 = Encoding.UTF8.GetBytes(secret);
        return
        [
            .. Forms(utf8), Encoding.Unicode.GetBytes(secret), Encoding.ASCII.GetBytes(Uri.EscapeDataString(secret)),
            JsonEncodedText.Encode(secret).EncodedUtf8Bytes.ToArray(), utf8[4..^4],
        ];
    }

    /// <summary>As they are, in hexadecimal, in base64 (both alphabets) at each of the three alignments, and reversed.</summary>
    public static IEnumerable<byte[]> Forms(byte[] secret)
    {
        yield return secret;
        yield return Encoding.ASCII.GetBytes(Convert.ToHexString(secret));
        yield return Encoding.ASCII.GetBytes(Convert.ToHexStringLower(secret));
        for (var skip = 0; skip < 3; skip++)
        {
            var whole = Convert.ToBase64String(secret.AsSpan(skip, (secret.Length - skip) / 3 * 3));
            yield return Encoding.ASCII.GetBytes(whole);
            yield return Encoding.ASCII.GetBytes(whole.Replace('+', '-').Replace('/', '_'));
        }

        yield return [.. Enumerable.Reverse(secret)];
    }

    private IReadOnlyList<(Place Place, string Source)> Find(IEnumerable<byte[]> forms)
    {
        var all = forms.ToList();
        return [.. _found.Where(f => all.Any(form => f.Bytes.AsSpan().IndexOf(form) >= 0)).Select(f => (f.Place, f.Source))];
    }
}
