using System.Collections.Immutable;
using Gatehouse.Dialects;

namespace Gatehouse.Gateway.Routing;

/// <summary>Which list a route stands in; lists are tried in this order.</summary>
public enum RouteSource : byte
{
    /// <summary>No route: the name matches nothing.</summary>
    None,

    /// <summary>The built-in route of the simulated provider.</summary>
    Simulator,

    /// <summary>A rule of the configuration.</summary>
    Configuration,

    /// <summary>A preset's own names.</summary>
    Preset,

    /// <summary>The explicit form <c>provider/model</c>.</summary>
    Explicit,

    /// <summary>A preset's catch-all.</summary>
    Fallback,
}

/// <summary>A pattern and the candidates it leads to, sorted by caller's dialect ahead of time. Immutable.</summary>
internal sealed class Route
{
    private readonly ImmutableArray<Candidate>[] _byDialect;
    private readonly ImmutableArray<Way>[] _ways;

    public Route(string pattern, RouteSource source, ImmutableArray<Candidate> candidates)
    {
        Pattern = new Glob(pattern);
        Source = source;
        Candidates = candidates;
        _byDialect = [.. DialectNames.All.Select(d => candidates.Where(c => c.Speaks(d)).ToImmutableArray())];
        _ways = [.. DialectNames.All.Select(d => Sorted(candidates, d))];
    }

    public Glob Pattern { get; }

    public RouteSource Source { get; }

    public ImmutableArray<Candidate> Candidates { get; }

    public ImmutableArray<Candidate> For(Dialect dialect) => _byDialect[(int)dialect];

    public ImmutableArray<Way> Ways(Dialect dialect) => _ways[(int)dialect];

    /// <summary>Who speaks the caller's dialect comes first, whatever the order: a translation is never better than the thing itself.</summary>
    private static ImmutableArray<Way> Sorted(ImmutableArray<Candidate> candidates, Dialect dialect) =>
    [
        .. candidates.Where(c => c.Speaks(dialect)).Select(c => new Way(c, dialect)),
        .. candidates.Where(c => !c.Speaks(dialect)).Select(c => (Candidate: c, Upstream: c.TranslatedFor(dialect)))
            .Where(static w => w.Upstream is not null).Select(static w => new Way(w.Candidate, w.Upstream!.Value)),
    ];
}
