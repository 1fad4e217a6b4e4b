using Gatehouse.Gateway.Credentials;
using Gatehouse.Gateway.Upstream;

namespace Gatehouse.Control;

/// <summary>What a check of a credential came to. Holds nothing of what its provider said.</summary>
/// <param name="Outcome"><c>valid</c>, <c>invalid</c>, <c>unreachable</c>, <c>rate-limited</c>, <c>unknown</c>, or <c>not-probed</c> for a vendor's login. Never renamed.</param>
/// <param name="Detail">The same for people.</param>
/// <param name="Warnings">What a person should know of a login that is well-formed.</param>
public sealed record ValidationData(string Outcome, string Detail, IReadOnlyList<string> Warnings)
{
    /// <summary>What a provider said of a key.</summary>
    public static ValidationData Of(KeyVerdict verdict) => verdict switch
    {
        KeyVerdict.Valid => new("valid", "The provider takes the key.", []),
        KeyVerdict.Invalid => new("invalid", "The provider refuses the key.", []),
        KeyVerdict.RateLimited => new("rate-limited", "The provider takes no call now; ask again later.", []),
        KeyVerdict.Unreachable => new("unreachable", "The provider does not answer, or is out of order.", []),
        _ => new("unknown", "No provider is known for the key, or what it answers says nothing of the key.", []),
    };
}

/// <summary>Checks a user's credential: a key by asking its provider, a vendor's login by looking at it only. Stateless.</summary>
public static class CredentialCheck
{
    /// <summary>Whether nothing speaks against a credential of which this was found.</summary>
    public static bool Stands(ValidationData found) => found.Outcome is "valid" or "not-probed";

    /// <summary>Checks one.</summary>
    /// <param name="opened">The credential, opened.</param>
    /// <param name="probe">Asks its provider.</param>
    /// <param name="now">By which a login's end is judged.</param>
    /// <param name="cancellation">Ends the check.</param>
    public static async Task<ValidationData> OfAsync(OpenedCredential opened, CredentialProbe probe, DateTimeOffset now, CancellationToken cancellation)
    {
        if (opened.Secret is not { } secret) return new ValidationData("invalid", "Its row was altered: replace its secret.", []);
        if (opened.Kind == CredentialKind.AuthJson)
        {
            var (fault, warnings) = AuthJsonCheck.Of(secret, now);
            return fault is not null
                ? new ValidationData("invalid", fault, []) : new ValidationData("not-probed", "It is a Codex login file; its vendor was not asked.", warnings);
        }

        return opened.Kind.IsNative()
            ? new ValidationData("not-probed", "It has the form of a subscription's token; its vendor was not asked.", [])
            : ValidationData.Of(await probe(opened, cancellation));
    }
}
