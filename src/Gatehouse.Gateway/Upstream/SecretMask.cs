using Gatehouse.Secrets;

namespace Gatehouse.Gateway.Upstream;

/// <summary>
/// Replaces the secret that was lent to a provider by stars of equal length where the provider hands it back: some print the key that
/// they refuse. The length stays, so that <c>content-length</c> and the framing stay true. Stateless and thread-safe.
/// </summary>
internal static class SecretMask
{
    /// <summary>Shorter values are placeholders of local servers ("unused", "local"); masking those would tear holes into ordinary text.</summary>
    private const int ShortestSecret = 8;

    /// <summary>Masks every occurrence in a body or header value; returns how many there were.</summary>
    public static int Apply(Span<byte> bytes, Secret secret)
    {
        var needle = secret.Utf8.Trim(" \t\r\n"u8);
        if (needle.Length < ShortestSecret) return 0;
        var found = 0;
        for (var at = bytes.IndexOf(needle); at >= 0; at = bytes.IndexOf(needle))
        {
            bytes.Slice(at, needle.Length).Fill((byte)'*');
            bytes = bytes[(at + needle.Length)..];
            found++;
        }

        return found;
    }

    /// <summary>The value with every occurrence masked; the same string when there is none.</summary>
    internal static string Apply(string value, string secret) =>
        secret.Length < ShortestSecret || value.Length < secret.Length || !value.Contains(secret, StringComparison.Ordinal)
            ? value
            : value.Replace(secret, new string('*', secret.Length), StringComparison.Ordinal);
}
