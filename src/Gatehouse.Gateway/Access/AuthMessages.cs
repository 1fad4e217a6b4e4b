using System.Globalization;

namespace Gatehouse.Gateway.Access;

/// <summary>What callers are told when they are refused: what is wrong and what to do about it, and never what they presented.</summary>
internal static class AuthMessages
{
    public const string AnonymousRefused =
        "Anonymous requests must come from a program on this machine: no Origin, no cross-site Sec-Fetch-Site, and a JSON content type. Send a Gatehouse token instead.";

    public const string StoreUnavailable =
        "Gatehouse can't check this token at the moment, because its store does not answer in time. Try again shortly.";

    private const string Missing =
        "No Gatehouse token: send one as 'Authorization: Bearer TOKEN' or 'x-api-key: TOKEN'. 'gatehouse token create' makes one.";

    private const string Unknown =
        "This is not a token of this Gatehouse. Send one that 'gatehouse token create' made here, not a provider's key.";

    private const string Malformed =
        "This Gatehouse token is damaged: its length or checksum is wrong. Copy it again, whole.";

    private const string TwoTokens =
        "Two different Gatehouse tokens were sent (Authorization, x-api-key and the path are looked at). Send only one.";

    /// <summary>For the outcomes that know no token.</summary>
    public static string For(AuthOutcome outcome) => outcome switch
    {
        AuthOutcome.Missing => Missing,
        AuthOutcome.Malformed => Malformed,
        AuthOutcome.TwoTokens => TwoTokens,
        _ => Unknown,
    };

    public static string Revoked(AccessToken token) =>
        $"The Gatehouse token '{token.Name}' was revoked on {Date(token.RevokedAt)}. Make another with 'gatehouse token create'.";

    public static string Expired(AccessToken token) =>
        $"The Gatehouse token '{token.Name}' expired on {Date(token.ExpiresAt)}. Make another with 'gatehouse token create'.";

    public static string WrongKind(AccessToken token) =>
        $"The Gatehouse token '{token.Name}' is of kind {token.Kind.Name()}, which does not open this. Use a client token.";

    public static string NotInPath(AccessToken token) =>
        $"The Gatehouse token '{token.Name}' is of kind {token.Kind.Name()}; only a workspace's token may stand in a path. Send it in a header.";

    public static string WrongScope(AccessToken token, TokenScopes scope) =>
        $"The Gatehouse token '{token.Name}' does not have the scope '{scope.Text()}'.";

    public static string NoAnonymousToken(string name) =>
        $"Anonymous access is on, but there is no client token named '{name}' to act as. Make it with 'gatehouse token create --name {name}'.";

    private static string Date(DateTimeOffset? time) => time?.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture) ?? "an unknown day";
}
