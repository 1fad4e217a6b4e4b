using Gatehouse.Gateway.Credentials;
using Gatehouse.Gateway.Upstream;

namespace Gatehouse.Control.Api;

/// <summary>What a check of a credential came to. Holds nothing of what its provider said.</summary>
internal sealed record ValidationData(string Outcome, string Detail, IReadOnlyList<string> Warnings)
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

/// <summary>Checks a user's credential: a key by asking its provider, a vendor's login by looking at it only.</summary>
internal static class KeyCheck
{
    /// <summary>Checks one.</summary>
    public static async Task<ValidationData> OfAsync(OpenedCredential opened, ApiCall call)
    {
        if (opened.Secret is not { } secret) return new ValidationData("invalid", "Its row was altered: replace its secret.", []);
        if (opened.Kind == CredentialKind.AuthJson)
        {
            var (fault, warnings) = AuthJsonCheck.Of(secret, call.Desk.Clock.GetUtcNow());
            return fault is not null
                ? new ValidationData("invalid", fault, []) : new ValidationData("not-probed", "It is a Codex login file; its vendor was not asked.", warnings);
        }

        return opened.Kind.IsNative()
            ? new ValidationData("not-probed", "It has the form of a subscription's token; its vendor was not asked.", [])
            : ValidationData.Of(await call.Desk.Probes.OfUsers(opened, call.Cancelled));
    }
}
