using System.Runtime.CompilerServices;
using Gatehouse.Secrets;

namespace Gatehouse.Gateway.Access;

/// <summary>
/// Remembers the hash of a token by the very string that presented it. The server hands out the same string for all requests of a connection
/// whose header stays the same, so a connection costs one HMAC and not each of its requests one. Only the hash is remembered: whether a token
/// with it exists, was revoked or has expired is looked up every time. Strings are told apart by identity and never by content, so the time
/// that it takes tells nobody anything; it keeps no string alive. Thread-safe.
/// </summary>
internal sealed class TokenMemo
{
    private const int Slots = 1024;
    private readonly Entry?[] _entries = new Entry?[Slots];

    /// <summary>The hash of the token that this string presented before; false when it is not remembered.</summary>
    public bool TryFind(string header, out TokenHash hash)
    {
        var entry = Volatile.Read(ref Slot(header));
        hash = entry?.Hash ?? default;
        return entry is not null && entry.Header.TryGetTarget(out var known) && ReferenceEquals(known, header);
    }

    /// <summary>
    /// Remembers the hash of the token that a string presents, unless the place is taken by another that still lives: where every request
    /// brings a string of its own, they must not drive each other out at a cost above the HMAC's.
    /// </summary>
    public void Keep(string header, in TokenHash hash)
    {
        ref var slot = ref Slot(header);
        if (Volatile.Read(ref slot) is { } taken && taken.Header.TryGetTarget(out _)) return;

        // String and hash in one object, written at once: no reader may see one of them with another's.
        Volatile.Write(ref slot, new Entry(new WeakReference<string>(header), hash));
    }

    private ref Entry? Slot(string header) => ref _entries[RuntimeHelpers.GetHashCode(header) & (Slots - 1)];

    private sealed record Entry(WeakReference<string> Header, TokenHash Hash);
}
