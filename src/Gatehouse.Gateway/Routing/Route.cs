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

    public Route(string pattern, RouteSource source, ImmutableArray<Candidate> candidates)
    {
        Pattern = new Glob(pattern);
        Source = source;
        Candidates = candidates;
        _byDialect = [.. DialectNames.All.Select(d => candidates.Where(c => c.Speaks(d)).ToImmutableArray())];
    }

    public Glob Pattern { get; }

    public RouteSource Source { get; }

    public ImmutableArray<Candidate> Candidates { get; }

    public ImmutableArray<Candidate> For(Dialect dialect) => _byDialect[(int)dialect];
}
