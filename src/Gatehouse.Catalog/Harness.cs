using System.Collections.Immutable;
using Gatehouse.Dialects;

namespace Gatehouse.Catalog;

/// <summary>
/// A coding agent as data: what it speaks and how a workspace tells it where to call and with what. Read once from the embedded catalog;
/// immutable.
/// </summary>
public sealed record Harness
{
    /// <summary>The name that configurations, attachments and tokens hold: lower case, letters, digits and hyphens.</summary>
    public required string Name { get; init; }

    /// <summary>Its name for people.</summary>
    public required string Label { get; init; }

    /// <summary>Other names that it may be asked for by.</summary>
    public ImmutableArray<string> Aliases { get; init; } = [];

    /// <summary>What it can be set to speak, the best first; empty when it speaks nothing that Gatehouse does.</summary>
    public ImmutableArray<Dialect> Dialects { get; init; } = [];

    /// <summary>The variable for the address that it calls; null when that stands in a file.</summary>
    public string? BaseUrlVariable { get; init; }

    /// <summary>The variable for its key or token.</summary>
    public string? AuthVariable { get; init; }

    /// <summary>The variable for a subscription's token; null when it takes none.</summary>
    public string? OAuthVariable { get; init; }

    /// <summary>The variable for its model; null when that stands in a file.</summary>
    public string? ModelVariable { get; init; }

    /// <summary>What follows the token in a path-token address, for its best dialect; null when it is native only.</summary>
    public string? RouteSegment { get; init; }

    /// <summary>Its own login file, below the home folder; null when it has none.</summary>
    public string? AuthFile { get; init; }

    /// <summary>The variable that stands for the folder of <see cref="AuthFile"/>.</summary>
    public string? HomeVariable { get; init; }

    /// <summary>The variable for the address at which it refreshes its login; null when that can't be said.</summary>
    public string? RefreshVariable { get; init; }

    /// <summary>Why it can't be served by the proxy; null when it can.</summary>
    public string? NativeReason { get; init; }

    /// <summary>
    /// Variables that it is given besides. <c>{model}</c>, <c>{effort}</c> and <c>{version}</c> stand for what the runtime knows; a variable
    /// whose word has no value is left out.
    /// </summary>
    public ImmutableSortedDictionary<string, string> ExtraVariables { get; init; } =
        ImmutableSortedDictionary<string, string>.Empty.WithComparers(StringComparer.Ordinal);

    /// <summary>The variables that hold secrets of it, and are kept off command lines and out of what is shown.</summary>
    public ImmutableArray<string> SecretNames { get; init; } = [];

    /// <summary>The preset that a bare API key for it belongs to; null when the key must name one.</summary>
    public string? DefaultProvider { get; init; }

    /// <summary>Whether the proxy serves it.</summary>
    public bool Proxied => NativeReason is null;
}
