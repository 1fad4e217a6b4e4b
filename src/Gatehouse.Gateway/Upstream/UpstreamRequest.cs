using System.Collections.Immutable;
using Gatehouse.Catalog;
using Gatehouse.Dialects;
using Gatehouse.Gateway.Credentials;
using Gatehouse.Gateway.Routing;

namespace Gatehouse.Gateway.Upstream;

/// <summary>One attempt as an upstream sees it. Owned by the exchange; it stays unchanged, so that an attempt can be repeated.</summary>
internal sealed class UpstreamRequest
{
    /// <summary>The provider to call.</summary>
    public required Provider Provider { get; init; }

    /// <summary>The dialect to call it in: one of the provider's endpoints.</summary>
    public required Dialect Dialect { get; init; }

    /// <summary>The HTTP method.</summary>
    public required string Method { get; init; }

    /// <summary>What is appended to the endpoint's base address, with the caller's query string: <c>/v1/messages?beta=true</c>, <c>/chat/completions</c>.</summary>
    public required string PathAndQuery { get; init; }

    /// <summary>The caller's headers; filtered by the upstream's header rules.</summary>
    public required CallerHeaders ClientHeaders { get; init; }

    /// <summary>The body in pieces, in order; empty for GET and DELETE.</summary>
    public required ReadOnlyMemory<ReadOnlyMemory<byte>> Body { get; init; }

    /// <summary>The credential to present, or null for a provider that needs none.</summary>
    public ProviderCredential? Credential { get; init; }

    /// <summary>The <c>accept-encoding</c> to send.</summary>
    public required string AcceptEncoding { get; init; }

    /// <summary>Who asks, for a provider that is a program and keeps conversations apart; null for one over HTTP, which learns nothing of its callers.</summary>
    public UpstreamCaller? Caller { get; init; }

    /// <summary>
    /// Whether how the call fares says nothing about the provider's health: a host without a token counter answers the models' calls all the same.
    /// </summary>
    public bool SaysNothing { get; init; }

    /// <summary>Ends the call as its caller's leaving does, but only while it waits for the answer's head: an answer that has begun is ended by who carries it.</summary>
    public CancellationToken GiveUp { get; init; }

    /// <summary>
    /// The provider's edits that apply to this dialect. The exchange has made their body halves; the upstream makes the header halves,
    /// because one without the other is refused.
    /// </summary>
    public ImmutableArray<ProviderEdit> Edits { get; init; } = [];

    /// <summary>The names of those edits that took something away, separated by commas; null when none did.</summary>
    public string? EditLosses { get; init; }
}

/// <summary>Who asks a program.</summary>
/// <param name="TokenId">The caller's access token.</param>
/// <param name="SessionId">The conversation's name, where the agent gives it one.</param>
/// <param name="Profile">The account that the caller names; null for the default.</param>
internal sealed record UpstreamCaller(Guid TokenId, string? SessionId, string? Profile)
{
    /// <summary>The header that names an account.</summary>
    public const string ProfileHeader = "x-gatehouse-profile";
}
