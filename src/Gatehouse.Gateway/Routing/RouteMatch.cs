using System.Collections.Immutable;
using Gatehouse.Dialects;
using Gatehouse.Dialects.Errors;

namespace Gatehouse.Gateway.Routing;

/// <summary>What a model name came to. A value: copying it costs nothing and a known exact name allocates nothing.</summary>
public readonly struct RouteMatch
{
    private readonly Route? _route;
    private readonly string _asked;
    private readonly int _suffix;

    internal RouteMatch(Route? route, string asked, int suffix)
    {
        _route = route;
        _asked = asked;
        _suffix = suffix;
    }

    /// <summary>Whether anything matched.</summary>
    public bool Found => _route is not null;

    /// <summary>The pattern that matched, as written; empty when nothing did.</summary>
    public string Rule => _route?.Pattern.Pattern ?? "";

    /// <summary>The list that the pattern stands in.</summary>
    public RouteSource Source => _route?.Source ?? RouteSource.None;

    /// <summary>Every candidate in order, whatever it speaks.</summary>
    public ImmutableArray<Candidate> Candidates => _route?.Candidates ?? [];

    /// <summary>The suffix such as <c>[1m]</c> that the client put behind the name for its own use, or null. No upstream ever gets it.</summary>
    public string? ContextSuffix => _suffix == 0 ? null : _asked[^_suffix..];

    /// <summary>The name that was asked for, less <see cref="ContextSuffix"/>.</summary>
    public string Model => _suffix == 0 ? _asked : _asked[..^_suffix];

    /// <summary>The candidates, in order, that a caller of this dialect can be carried to as it is. Empty: see <see cref="WrongDialect"/>.</summary>
    public ImmutableArray<Candidate> For(Dialect dialect) => _route?.For(dialect) ?? [];

    /// <summary>
    /// The ways to serve a caller of this dialect: first the candidates that speak it, then those that are reached by translation, each in order.
    /// Empty: see <see cref="WrongDialect"/>.
    /// </summary>
    public ImmutableArray<Way> Ways(Dialect dialect) => _route?.Ways(dialect) ?? [];

    /// <summary>
    /// The name to put in place of the one in the request's body for this candidate, or null when the body stays as it is.
    /// </summary>
    public string? Rename(Candidate candidate) => candidate.Model ?? (_suffix == 0 ? null : Model);

    /// <summary>What to tell a caller whose dialect none of the candidates speaks: which ones they do speak.</summary>
    public DialectError WrongDialect(Dialect asked)
    {
        var speak = Candidates.Select(c => $"'{c.Provider.Name}' {Spoken(c)}").Distinct();
        return new DialectError(
            ErrorKind.InvalidRequest,
            $"Model '{Model}' was asked for in the {asked.Name()} dialect, which its provider does not speak: {string.Join("; ", speak)}. "
                + "Ask in a dialect that is spoken, or route the model to a provider that speaks this one.",
            "dialect_not_supported",
            "model");
    }

    private static string Spoken(Candidate candidate)
    {
        var names = DialectNames.All.Where(candidate.Provider.Endpoints.ContainsKey).Select(d => d.Name());
        var speaks = "speaks " + string.Join(" and ", names);
        return candidate.Dialect is { } only ? $"{speaks}, and is used here for {only.Name()} alone" : speaks;
    }
}
