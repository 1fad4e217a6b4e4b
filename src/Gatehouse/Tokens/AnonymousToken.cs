using Gatehouse.CommandLine;
using Gatehouse.Gateway.Access;
using Gatehouse.Gateway.Configuration;

namespace Gatehouse.Tokens;

/// <summary>
/// The client token that callers without one count as: the configuration names it, and it is made, ends and is revoked apart from that.
/// </summary>
internal static class AnonymousToken
{
    /// <summary>Why such callers are refused although they are meant to be let in; null when they are let in, or not meant to be.</summary>
    /// <param name="config">The configuration; null when it is bad.</param>
    /// <param name="tokens">Every token; null where there is no database yet, and the first start makes its first token.</param>
    /// <param name="now">The time.</param>
    public static Problem? Fault(GatehouseConfig? config, IEnumerable<AccessToken>? tokens, DateTimeOffset now)
    {
        if (config is not { Auth: { Anonymous: AnonymousAccess.Loopback, AnonymousToken: { } name } }) return null;
        if (tokens is null && name == Control.Tokens.FirstClientName) return null;
        var named = (tokens ?? []).Where(token => token.Kind == TokenKind.Client && token.Name == name).ToList();
        if (named.Exists(token => token.RevokedAt is null && !(token.ExpiresAt <= now))) return null;
        var why = named.Count == 0 ? "there is no client token of that name" : named.Exists(token => token.RevokedAt is null) ? "it has expired" : "it was revoked";
        return new Problem(
            $"Callers without a token are to count as '{name}' (auth.anonymousToken), but {why}: they are refused with 401.",
            $"Make it: gatehouse token create --name {(name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.') ? name : $"'{name}'")}");
    }

    /// <summary>The same on one line.</summary>
    public static string? Warning(GatehouseConfig? config, IEnumerable<AccessToken>? tokens, DateTimeOffset now) =>
        Fault(config, tokens, now) is { } fault ? $"{fault.What} {fault.Fix}" : null;
}
