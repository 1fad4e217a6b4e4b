using Gatehouse.Dialects.Json;

namespace Gatehouse.ClaudeCli.Accounts;

/// <summary>
/// What <c>claude auth status</c> prints. It speaks of what the program was given or has stored, and calls nobody: whether the vendor takes it shows only in a turn.
/// </summary>
/// <param name="LoggedIn">Whether there is a login.</param>
/// <param name="Method">Which: <c>claude.ai</c>, <c>oauth_token</c>, <c>api_key</c>, <c>none</c>.</param>
/// <param name="Email">Whose, for a login of its own.</param>
/// <param name="Plan">The subscription, for a login of its own.</param>
internal sealed record AuthStatus(bool LoggedIn, string? Method, string? Email, string? Plan)
{
    /// <summary>Reads it; null when it is something else.</summary>
    public static AuthStatus? Read(ReadOnlySpan<byte> printed)
    {
        if (!JsonView.TryParse(printed.Trim(" \r\n\t"u8), out var said) || said["loggedIn"u8] is not ({ IsTrue: true } or { IsFalse: true }))
            return null;
        return new AuthStatus(said["loggedIn"u8].IsTrue, said["authMethod"u8].Text(), said["email"u8].Text(), said["subscriptionType"u8].Text());
    }
}
