namespace Gatehouse.Gateway.Access;

/// <summary>Settings of authentication; an immutable snapshot, swapped when the configuration changes.</summary>
internal sealed record AccessOptions
{
    /// <summary>
    /// The name of the client token that requests from loopback without a known token act as; null (the default) when such requests are
    /// refused.
    /// </summary>
    public string? AnonymousLoopback { get; init; }

    /// <summary>How long a request waits for the store to look up a token that is not in memory.</summary>
    public TimeSpan LookupTimeout { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How many look-ups a second are made for tokens that are not in memory, so that guesses can't occupy the store.</summary>
    public int LookupsPerSecond { get; init; } = 50;
}
