using System.Collections.Immutable;

namespace Gatehouse.Control.Api;

/// <summary>Who may call a route. Whether a thing is theirs, the editors decide.</summary>
internal enum Opens
{
    /// <summary>Anyone, without a token.</summary>
    Everyone,

    /// <summary>Users with an admin-session token: members with what is theirs, administrators with everything.</summary>
    People,

    /// <summary>Administrators only.</summary>
    Admins,

    /// <summary>The runner of the workspace that the path names.</summary>
    Runners,

    /// <summary>Users and the workspace's runner.</summary>
    PeopleAndRunners,

    /// <summary>The harness in a workspace, with its workspace token.</summary>
    Workspaces,
}

/// <summary>One route: what the server serves, the OpenAPI document tells and the reference page lists. Immutable.</summary>
/// <param name="Method">The HTTP method.</param>
/// <param name="Pattern">The path; a segment in braces stands for any text, percent-encoded.</param>
/// <param name="Who">Who may call it.</param>
/// <param name="Summary">What it does, in a sentence.</param>
/// <param name="Handle">Does it.</param>
internal sealed record ApiRoute(string Method, string Pattern, Opens Who, string Summary, Func<ApiCall, Task<ApiAnswer>> Handle)
{
    private readonly string[] _segments = Pattern.Split('/');

    /// <summary>The type of its body; null when it takes none.</summary>
    public Type? Body { get; init; }

    /// <summary>The type of its answer; null when it answers without a body, or not with JSON.</summary>
    public Type? Answer { get; init; }

    /// <summary>The status of success.</summary>
    public int Status { get; init; } = 200;

    /// <summary>The query parameters that it knows; others are refused.</summary>
    public ImmutableArray<string> Query { get; init; } = [];

    /// <summary>
    /// Whether it is for programs that speak OAuth: its token may stand in the query, because they take an address and nothing else, and what
    /// went wrong has the members <c>error</c> and <c>error_description</c> besides (RFC 6749 §5.2).
    /// </summary>
    public bool IsOAuth { get; init; }

    /// <summary>Whether it has a provider asked about a key, which each actor may do only so often.</summary>
    public bool AsksProviders { get; init; }

    /// <summary>The names of the segments in braces, in order.</summary>
    public IEnumerable<string> Places => _segments.Where(IsPlace).Select(static segment => segment[1..^1]);

    /// <summary>The texts in the places of a path, decoded; null when the path is another's.</summary>
    public IReadOnlyDictionary<string, string>? Match(IReadOnlyList<string> segments)
    {
        if (segments.Count != _segments.Length) return null;
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var at = 0; at < segments.Count; at++)
        {
            if (IsPlace(_segments[at])) found[_segments[at][1..^1]] = segments[at];
            else if (_segments[at] != segments[at]) return null;
        }

        return found;
    }

    private static bool IsPlace(string segment) => segment.StartsWith('{');
}
