using System.Collections.Immutable;
using Gatehouse.Dialects;

namespace Gatehouse.Catalog;

/// <summary>
/// A provider described as data: where it is, what it speaks, how it wants its key, and which model names go to it when nobody says
/// otherwise. Read once from the embedded catalog; immutable.
/// </summary>
public sealed record Preset
{
    /// <summary>The name by which configuration refers to it: lower case, letters, digits and hyphens.</summary>
    public required string Name { get; init; }

    /// <summary>Its name for people.</summary>
    public required string Label { get; init; }

    /// <summary>Where its interface is documented.</summary>
    public required Uri Docs { get; init; }

    /// <summary>One endpoint per dialect that it speaks; empty for a generic preset, whose addresses the configuration gives.</summary>
    public ImmutableArray<PresetEndpoint> Endpoints { get; init; } = [];

    /// <summary>How a generic preset's endpoints present the credential.</summary>
    public AuthStyle Auth { get; init; } = AuthStyle.Bearer;

    /// <summary>The environment variables that its key usually stands in; the first that is set counts.</summary>
    public ImmutableArray<string> KeyVariables { get; init; } = [];

    /// <summary>Patterns of model names routed to it after the configuration's own rules.</summary>
    public ImmutableArray<string> Models { get; init; } = [];

    /// <summary>
    /// Patterns so wide that they come last of all, after every other preset's and after the explicit <c>provider/model</c> form: a host
    /// of other vendors' models must not take names from the vendors themselves.
    /// </summary>
    public ImmutableArray<string> FallbackModels { get; init; } = [];

    /// <summary>Whether <c>stream_options.include_usage</c> may be added to chat streams. Off for hosts that refuse the field.</summary>
    public bool IncludeUsage { get; init; } = true;

    /// <summary>Names of the edits that are on unless the configuration lists its own.</summary>
    public ImmutableArray<string> Edits { get; init; } = [];
}

/// <summary>Where and how a preset is spoken to in one dialect.</summary>
/// <param name="Dialect">The dialect.</param>
/// <param name="BaseAddress">
/// Without a trailing slash: for <c>anthropic</c> the root before <c>/v1/messages</c>, for the OpenAI dialects including their <c>/v1</c>.
/// </param>
/// <param name="Auth">How the credential is presented.</param>
public sealed record PresetEndpoint(Dialect Dialect, Uri BaseAddress, AuthStyle Auth);
