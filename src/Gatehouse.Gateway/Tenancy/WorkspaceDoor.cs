using Gatehouse.Catalog;
using Gatehouse.Dialects.Errors;
using Gatehouse.Gateway.Access;

namespace Gatehouse.Gateway.Tenancy;

/// <summary>
/// Whether the workspaces' door is open, to all and to the holder of a token: asked before a body is read. Tokens that are bound to no
/// workspace are none of its business. Thread-safe.
/// </summary>
internal sealed class WorkspaceDoor(Live<TenantTable> tenants)
{
    /// <summary>Whether a token is served as a workspace: with the credential of its user or project, and the platform's only where that is allowed.</summary>
    public static bool Serves(AccessToken token) => token.WorkspaceId is not null || token.Harness is not null;

    /// <summary>What everyone is told while the kill switch is thrown; null when it is not.</summary>
    public DialectError? Closed() => tenants.Current.Settings.ProxyEnabled ? null : new DialectError(
        ErrorKind.Unavailable, "Workspaces are not served at the moment: an administrator switched the proxy off.", "proxy_disabled");

    /// <summary>Why this token is not served; null when it is.</summary>
    public DialectError? Refuse(AccessToken token)
    {
        if (!Serves(token)) return null;
        if (Closed() is { } closed) return closed;
        var table = tenants.Current;
        if (token.UserId is not { } user || table.FindUser(user) is not { DisabledAt: null })
            return Gone("its user does not exist or is locked out");
        if (token.WorkspaceId is { } id && table.FindWorkspace(id) is not { StoppedAt: null }) return Gone("it was stopped or removed");
        if (token.ProjectId is { } project && table.FindProject(project) is null) return Gone("its project was removed");
        return token.Harness is { } harness ? Unserved(harness) : new DialectError(
            ErrorKind.Permission, "This workspace token names no harness, so whose credential serves it can't be told. Make another.", "harness_unknown");
    }

    private static DialectError? Unserved(string harness) => HarnessCatalog.Embedded.Find(harness) switch
    {
        null => new DialectError(ErrorKind.Permission, $"This workspace token is for the harness '{harness}', which is not known here.", "harness_unknown"),
        { Proxied: false } known => new DialectError(
            ErrorKind.Permission, $"{known.Label} is not served by the gateway. {known.NativeReason}", "harness_native"),
        _ => null,
    };

    private static DialectError Gone(string why) =>
        new(ErrorKind.Authentication, $"The workspace of this token no longer stands: {why}.", "workspace_gone");
}
