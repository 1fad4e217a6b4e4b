using System.Collections.Frozen;
using Gatehouse.Gateway.Credentials;

namespace Gatehouse.Gateway.Tenancy;

/// <summary>
/// Users, projects, workspaces, what they attached, and the platform's settings, as requests see them. An immutable snapshot, made anew
/// whenever the store changes and read without a lock.
/// </summary>
public sealed class TenantTable
{
    private readonly FrozenDictionary<string, User> _users;
    private readonly FrozenDictionary<string, Project> _projects;
    private readonly FrozenDictionary<string, Workspace> _workspaces;
    private readonly CredentialResolver _resolver;

    /// <summary>Makes a snapshot of a consistent set of rows.</summary>
    public TenantTable(
        IEnumerable<User> users,
        IEnumerable<Project> projects,
        IEnumerable<Workspace> workspaces,
        PlatformSettings settings,
        CredentialResolver resolver)
    {
        _users = users.ToFrozenDictionary(one => one.Id, StringComparer.Ordinal);
        _projects = projects.ToFrozenDictionary(one => one.Id, StringComparer.Ordinal);
        _workspaces = workspaces.ToFrozenDictionary(one => one.Id, StringComparer.Ordinal);
        (Settings, _resolver) = (settings, resolver);
    }

    /// <summary>Nobody, and nothing set.</summary>
    public static TenantTable Empty { get; } = new([], [], [], PlatformSettings.Initial, CredentialResolver.Empty);

    /// <summary>What an administrator set for everyone.</summary>
    public PlatformSettings Settings { get; }

    /// <summary>Whether more than one user may come in, so that what is one person's own can't serve.</summary>
    public bool IsShared => _users.Values.Count(static user => user.DisabledAt is null) > 1;

    /// <summary>Every credential of every user, those that can't be opened among them.</summary>
    public IReadOnlyCollection<OpenedCredential> Credentials => _resolver.Credentials;

    /// <summary>The user of an id, or null.</summary>
    public User? FindUser(string id) => _users.GetValueOrDefault(id);

    /// <summary>The project of an id, or null.</summary>
    public Project? FindProject(string id) => _projects.GetValueOrDefault(id);

    /// <summary>The workspace of an id, or null.</summary>
    public Workspace? FindWorkspace(string id) => _workspaces.GetValueOrDefault(id);

    /// <summary>The credential of an id, or null.</summary>
    public OpenedCredential? FindCredential(string id) => _resolver.FindCredential(id);

    /// <summary>
    /// Resolves a harness's credential for a user, in a project when given. Pure, and the only place where that is decided: requests, the
    /// runtime's assembly and the status shown to people all ask here.
    /// </summary>
    public ResolvedCredential Resolve(string userId, string? projectId, string harness)
    {
        var known = FindUser(userId) is { DisabledAt: null } && (projectId is null || FindProject(projectId) is not null);
        return known ? _resolver.Resolve(userId, projectId, harness) : new ResolvedCredential { Source = CredentialSource.Unresolved };
    }
}
