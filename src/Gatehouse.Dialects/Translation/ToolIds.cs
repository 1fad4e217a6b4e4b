using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Translation;

/// <summary>
/// Makes tool call ids valid for the other side. An upstream's id goes to the client as it is, or wrapped when it holds characters that a client's
/// dialect forbids; what the client sends back is unwrapped, so that the upstream reads its own id again. An id of somebody else's that the
/// upstream would refuse is replaced by one made from its hash: the same each time, so that call and result still belong together.
/// </summary>
internal static class ToolIds
{
    private const int LongestUnwrapped = 512;

    private static readonly SearchValues<byte> LettersAndDigits =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"u8);

    private static readonly SearchValues<byte> Plain =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"u8);

    private static ReadOnlySpan<byte> WrapMark => "ghid_"u8;

    /// <summary>Appends the id that the client is given for an upstream's id.</summary>
    /// <param name="id">The upstream's id, unescaped.</param>
    /// <param name="output">Gets plain bytes that need no escapes.</param>
    public static void ToClient(ReadOnlySpan<byte> id, PooledBuffer output)
    {
        if (IsPlain(id) && !id.StartsWith(WrapMark))
        {
            output.Append(id);
            return;
        }

        if (id.IsEmpty || id.Length > LongestUnwrapped)
        {
            AppendHash(id, 32, output);
            return;
        }

        output.Append(WrapMark);
        output.Advance(Base64Url.EncodeToUtf8(id, output.GetSpan(Base64Url.GetEncodedLength(id.Length))));
    }

    /// <summary>Appends the id that the upstream is given for a client's id.</summary>
    /// <param name="upstream">The dialect that the upstream is spoken to in.</param>
    /// <param name="given">The client's id, unescaped.</param>
    /// <param name="exactLength">The exact number of letters and digits that this upstream demands (Mistral: 9), or null.</param>
    /// <param name="output">Gets plain bytes that need no escapes.</param>
    public static void ToUpstream(Dialect upstream, ReadOnlySpan<byte> given, int? exactLength, PooledBuffer output)
    {
        if (given.StartsWith(WrapMark) && given.Length <= Base64Url.GetEncodedLength(LongestUnwrapped)) Unwrap(upstream, given, exactLength, output);
        else AppendFor(upstream, given, exactLength, output);
    }

    private static void Unwrap(Dialect upstream, ReadOnlySpan<byte> given, int? exactLength, PooledBuffer output)
    {
        Span<byte> unwrapped = stackalloc byte[LongestUnwrapped];
        var isWrapped = Base64Url.TryDecodeFromUtf8(given[WrapMark.Length..], unwrapped, out var length) && length > 0;
        scoped var id = isWrapped ? unwrapped[..length] : given;
        // The upstream's own id, whatever it looks like, unless another kind of upstream gave it.
        if (isWrapped && upstream == Dialect.OpenAiChat && exactLength is null && NeedsNoEscapes(id)) output.Append(id);
        else AppendFor(upstream, id, exactLength, output);
    }

    private static void AppendFor(Dialect upstream, ReadOnlySpan<byte> id, int? exactLength, PooledBuffer output)
    {
        var longest = upstream switch { Dialect.Anthropic => 128, Dialect.OpenAiChat => 40, _ => 64 };
        if (exactLength is { } exact)
        {
            if (id.Length == exact && id.IndexOfAnyExcept(LettersAndDigits) < 0) output.Append(id);
            else AppendHash(id, exact, output);
        }
        else if (IsPlain(id) && id.Length <= longest)
            output.Append(id);
        else
        {
            output.Append("call_"u8);
            AppendHash(id, 32, output);
        }
    }

    private static bool IsPlain(ReadOnlySpan<byte> id) => !id.IsEmpty && id.IndexOfAnyExcept(Plain) < 0;

    private static bool NeedsNoEscapes(ReadOnlySpan<byte> id) => id.IndexOfAnyExceptInRange((byte)0x20, (byte)0x7e) < 0 && id.IndexOfAny((byte)'"', (byte)'\\') < 0;

    private static void AppendHash(ReadOnlySpan<byte> id, int length, PooledBuffer output)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(id, hash);
        Span<byte> text = stackalloc byte[2 * SHA256.HashSizeInBytes];
        _ = Convert.TryToHexStringLower(hash, text, out var written);
        output.Append(text[..Math.Min(length, written)]);
    }
}
