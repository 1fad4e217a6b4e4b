using System.Collections.Immutable;
using Gatehouse.Dialects;

namespace Gatehouse.Gateway.Routing;

/// <summary>A rule of the configuration: which names it takes and where they go.</summary>
/// <param name="Match">An exact name, or a pattern in which <c>*</c> matches any run of characters.</param>
/// <param name="Targets">Where the names go, in order of preference; never empty.</param>
public sealed record ModelRule(string Match, ImmutableArray<ModelTarget> Targets);

/// <summary>One place that a rule sends names to.</summary>
/// <param name="Provider">The provider's configured name.</param>
/// <param name="Model">The name that the provider gets instead; null keeps the one that was asked for.</param>
/// <param name="Dialect">The only dialect in which this target is used; null for all that the provider speaks.</param>
public sealed record ModelTarget(string Provider, string? Model = null, Dialect? Dialect = null);

/// <summary>One place that an exchange can be sent to.</summary>
/// <param name="Provider">The provider.</param>
/// <param name="Model">The name that the provider gets instead of the one asked for; null keeps it.</param>
/// <param name="Dialect">The only dialect in which it is used; null for all that the provider speaks.</param>
public sealed record Candidate(Provider Provider, string? Model = null, Dialect? Dialect = null)
{
    /// <summary>Whether a caller of this dialect can be carried to it as it is.</summary>
    public bool Speaks(Dialect dialect) => (Dialect is null || Dialect == dialect) && Provider.Endpoints.ContainsKey(dialect);
}
