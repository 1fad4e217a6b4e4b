using System.Security.Cryptography;
using System.Text;

namespace Gatehouse.Simulator.Sealing;

/// <summary>
/// Makes and checks the opaque strings that callers must echo unchanged: thinking signatures, redacted thinking, encrypted reasoning.
/// Bound to the simulated organisation, as the vendors' are: another organisation's simulator refuses them. Any thread may use it.
/// </summary>
internal sealed class Seals(string organization)
{
    private const int MacSize = 32;
    private readonly byte[] _key = SHA256.HashData(Encoding.UTF8.GetBytes("gatehouse simulator seals " + organization));

    /// <summary>A signature over text that the caller sees.</summary>
    public string Sign(string kind, string text) => Convert.ToBase64String(Mac(kind, Encoding.UTF8.GetBytes(text)));

    /// <summary>Whether the signature belongs to exactly this text.</summary>
    public bool Verify(string kind, string text, string signature)
    {
        var given = new byte[signature.Length];
        return Convert.TryFromBase64String(signature, given, out var length)
            && CryptographicOperations.FixedTimeEquals(given.AsSpan(0, length), Mac(kind, Encoding.UTF8.GetBytes(text)));
    }

    /// <summary>An opaque string that carries text of the vendor's own.</summary>
    public string Close(string kind, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return Convert.ToBase64String([.. Mac(kind, bytes), .. bytes]);
    }

    /// <summary>Whether the opaque string was made here and is unaltered.</summary>
    public bool IsIntact(string kind, string closed)
    {
        var given = new byte[closed.Length];
        return Convert.TryFromBase64String(closed, given, out var length) && length >= MacSize
            && CryptographicOperations.FixedTimeEquals(given.AsSpan(0, MacSize), Mac(kind, given[MacSize..length]));
    }

    private byte[] Mac(string kind, byte[] bytes) => HMACSHA256.HashData(_key, (byte[])[.. Encoding.UTF8.GetBytes(kind + "\n"), .. bytes]);
}
