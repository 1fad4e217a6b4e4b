using System.Collections.Immutable;
using Gatehouse.Dialects;
using Gatehouse.Dialects.Translation;

namespace Gatehouse.Gateway.Routing;

/// <summary>A rule of the configuration: which names it takes and where they go.</summary>
/// <param name="Match">An exact name, or a pattern in which <c>*</c> matches any run of characters.</param>
/// <param name="Targets">Where the names go, in order of preference; never empty.</param>
public sealed record ModelRule(string Match, ImmutableArray<ModelTarget> Targets);

/// <summary>One place that a rule sends names to.</summary>
/// <param name="Provider">The provider's configured name.</param>
/// <param name="Model">The name that the provider gets instead; null keeps the one that was asked for.</param>
/// <param name="Dialect">The only dialect in which the provider is spoken to here; null for all that it speaks.</param>
public sealed record ModelTarget(string Provider, string? Model = null, Dialect? Dialect = null);

/// <summary>One place that an exchange can be sent to.</summary>
/// <param name="Provider">The provider.</param>
/// <param name="Model">The name that the provider gets instead of the one asked for; null keeps it.</param>
/// <param name="Dialect">The only dialect in which the provider is spoken to here; null for all that it speaks.</param>
public sealed record Candidate(Provider Provider, string? Model = null, Dialect? Dialect = null)
{
    /// <summary>Whether a caller of this dialect can be carried to it as it is.</summary>
    public bool Speaks(Dialect dialect) => (Dialect is null || Dialect == dialect) && Provider.Endpoints.ContainsKey(dialect);

    /// <summary>
    /// The dialect to speak to it in for a caller whose own it doesn't speak: the first for which there is a translation, in the order that keeps
    /// most (Responses knows more of what Anthropic says than Chat does). Null when there is none.
    /// </summary>
    public Dialect? TranslatedFor(Dialect dialect)
    {
        foreach (var upstream in s_preferred)
        {
            if (upstream != dialect && Speaks(upstream) && EdgeSet.Find(dialect, upstream) is not null) return upstream;
        }

        return null;
    }

    private static readonly Dialect[] s_preferred = [Dialects.Dialect.OpenAiResponses, Dialects.Dialect.Anthropic, Dialects.Dialect.OpenAiChat];
}

/// <summary>One way to serve a caller: where to, and in which dialect.</summary>
/// <param name="Candidate">Where to.</param>
/// <param name="Upstream">The dialect that the provider is spoken to in: the caller's own, or one that an edge leads to.</param>
public readonly record struct Way(Candidate Candidate, Dialect Upstream);
