using Gatehouse.Dialects.Errors;
using Gatehouse.Dialects.Translation;
using Gatehouse.Gateway.Credentials;
using Gatehouse.Gateway.Routing;

namespace Gatehouse.Gateway.Exchanges;

/// <summary>One place that an attempt can be sent to.</summary>
/// <param name="Provider">The provider.</param>
/// <param name="Credential">The key to lend it; null when it takes none.</param>
/// <param name="Rename">The model name to put into the body; null leaves the caller's.</param>
/// <param name="Edge">The translation to the dialect that the provider is spoken to in; null when it speaks the caller's.</param>
internal sealed record Target(Provider Provider, ProviderCredential? Credential, string? Rename, Edge? Edge = null)
{
    /// <summary>To whom usage is put down when the provider is a user's own; null for configured providers, whose name says it.</summary>
    public string? ProviderId { get; init; }
}

/// <summary>Where an exchange can be sent, in order, or why nowhere.</summary>
/// <param name="Targets">At least one, when there is no error.</param>
/// <param name="Error">What to tell the caller.</param>
/// <param name="ErrorType">The ledger's word for it.</param>
internal readonly record struct Resolution(IReadOnlyList<Target> Targets, DialectError? Error, string? ErrorType)
{
    /// <summary>A refusal.</summary>
    public static Resolution Refuse(DialectError error, string type) => new([], error, type);
}
