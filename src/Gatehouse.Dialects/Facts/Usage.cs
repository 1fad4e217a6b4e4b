namespace Gatehouse.Dialects.Facts;

/// <summary>
/// Token counts as one upstream reported them. Null means that the upstream did not say; it is never turned into 0.
/// <see cref="Input"/> is kept in the upstream's own convention: Anthropic leaves cached tokens out of it, both OpenAI dialects count them in.
/// </summary>
public struct Usage : IEquatable<Usage>
{
    /// <summary>Input tokens as reported (see <see cref="InputIncludesCache"/>).</summary>
    public long? Input { get; set; }

    /// <summary>Output tokens as reported; reasoning tokens are part of it in all three dialects.</summary>
    public long? Output { get; set; }

    /// <summary>Input tokens served from the provider's prompt cache.</summary>
    public long? CacheRead { get; set; }

    /// <summary>Input tokens written to the prompt cache, all lifetimes together.</summary>
    public long? CacheWrite { get; set; }

    /// <summary>The part of <see cref="CacheWrite"/> kept for five minutes.</summary>
    public long? CacheWrite5m { get; set; }

    /// <summary>The part of <see cref="CacheWrite"/> kept for one hour.</summary>
    public long? CacheWrite1h { get; set; }

    /// <summary>Output tokens spent on reasoning, where the upstream tells them apart.</summary>
    public long? Reasoning { get; set; }

    /// <summary>Whether <see cref="Input"/> counts cached tokens (OpenAI) or not (Anthropic).</summary>
    public bool InputIncludesCache { get; set; }

    /// <summary>All input tokens including cache reads and writes, whatever the upstream's convention; null when input is unknown.</summary>
    public readonly long? InputTotal => InputIncludesCache || Input is null ? Input : Input + (CacheRead ?? 0) + (CacheWrite ?? 0);

    /// <summary>Whether nothing at all was reported.</summary>
    public readonly bool IsEmpty => Input is null && Output is null && CacheRead is null && CacheWrite is null && Reasoning is null;

    /// <inheritdoc/>
    public readonly bool Equals(Usage other) =>
        Input == other.Input && Output == other.Output && CacheRead == other.CacheRead && CacheWrite == other.CacheWrite
        && CacheWrite5m == other.CacheWrite5m && CacheWrite1h == other.CacheWrite1h && Reasoning == other.Reasoning
        && InputIncludesCache == other.InputIncludesCache;

    /// <inheritdoc/>
    public override readonly bool Equals(object? obj) => obj is Usage other && Equals(other);

    /// <inheritdoc/>
    public override readonly int GetHashCode() => HashCode.Combine(Input, Output, CacheRead, CacheWrite, Reasoning);

    /// <summary>Value equality.</summary>
    public static bool operator ==(Usage left, Usage right) => left.Equals(right);

    /// <summary>Value inequality.</summary>
    public static bool operator !=(Usage left, Usage right) => !left.Equals(right);
}
