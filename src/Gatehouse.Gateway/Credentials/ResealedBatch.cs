namespace Gatehouse.Gateway.Credentials;

/// <summary>What sealing a batch of rows anew came to.</summary>
/// <param name="Resealed">How many rows were sealed anew.</param>
/// <param name="Unreadable">The rows that could not be opened, by what people call them; left as they are.</param>
/// <param name="Last">The last id that was looked at; null when no row was left.</param>
public sealed record ResealedBatch(int Resealed, IReadOnlyList<string> Unreadable, string? Last)
{
    /// <summary>
    /// Whether a row is sealed with another key than <c>$key</c>: by the sealed bytes themselves (version, then key id), because the column
    /// beside them is not authenticated.
    /// </summary>
    internal const string IsOlder = "substr(sealed, 2, 16) <> $key";
}
