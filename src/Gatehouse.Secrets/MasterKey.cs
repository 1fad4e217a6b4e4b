using System.Diagnostics;
using System.Security.Cryptography;

namespace Gatehouse.Secrets;

/// <summary>
/// The key that wraps the data keys and does nothing else, so that it can be replaced without touching a sealed value or a token hash.
/// 32 random bytes from the environment or a key file, never from the database. Can't be printed. Immutable and thread-safe.
/// </summary>
[DebuggerDisplay("***")]
public sealed class MasterKey
{
    /// <summary>Size in bytes.</summary>
    public const int Size = AesSeal.KeySize;

    // Tells a wrapped data key from everything else that a key may ever seal.
    private const string WrapPurpose = "data-key/";
    private readonly byte[] _key;

    private MasterKey(byte[] key) => _key = key;

    /// <summary>A new random key.</summary>
    public static MasterKey Generate() => new(RandomNumberGenerator.GetBytes(Size));

    /// <summary>Reads 32 bytes written as 64 hexadecimal digits or as base64 (plain or URL form); null when the text is neither.</summary>
    public static MasterKey? TryParse(ReadOnlySpan<char> text)
    {
        text = text.Trim();
        var key = new byte[Size];
        if (text.Length == Size * 2)
        {
            return Convert.FromHexString(text, key, out _, out var hex) == System.Buffers.OperationStatus.Done && hex == Size
                ? new MasterKey(key)
                : null;
        }
        Span<char> plain = stackalloc char[44];
        text = text.TrimEnd('=');
        if (text.Length != 43)
        {
            return null;
        }
        text.Replace(plain, '-', '+');
        plain[..43].Replace('_', '/');
        plain[43] = '=';
        return Convert.TryFromBase64Chars(plain, key, out var read) && read == Size ? new MasterKey(key) : null;
    }

    /// <summary>Always the mask.</summary>
    public override string ToString() => "***";

    /// <summary>The text that a key file holds.</summary>
    internal string Export() => Convert.ToBase64String(_key);

    internal WrappedKey Wrap(Guid id, string purpose, DateTimeOffset createdAt, ReadOnlySpan<byte> dataKey) =>
        new(id, purpose, createdAt, AesSeal.Seal(_key, id, dataKey, WrapPurpose + purpose, id.ToString("N")));

    internal byte[]? TryUnwrap(WrappedKey row) =>
        AesSeal.TryOpen(_key, row.Wrapped, WrapPurpose + row.Purpose, row.Id.ToString("N"));
}
