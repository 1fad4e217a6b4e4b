using Gatehouse.Gateway.Access;
using Gatehouse.Gateway.Admission;
using Gatehouse.Gateway.Credentials;
using Gatehouse.Gateway.Tenancy;
using Gatehouse.Secrets;
using Gatehouse.Storage;

namespace Gatehouse.Control;

/// <summary>
/// Every editor of what users have, over one store: the command line and the HTTP interface hold one of these, so that both know the same
/// rules. Works on the store, whether or not a server runs on it. Thread-safe.
/// </summary>
public sealed class TenantEditors
{
    /// <summary>Makes the editors of a store.</summary>
    /// <param name="store">The store.</param>
    /// <param name="keys">Seals and hashes.</param>
    /// <param name="clock">Tells the time.</param>
    /// <param name="privateHosts">
    /// The hosts in private networks that the operator lets users name (<c>workspaces.privateHosts</c>), as configured now; none when null.
    /// </param>
    /// <param name="userLimits">The platform's limits for users as of now; those of an installation without configuration when null.</param>
    public TenantEditors(
        Store store, KeyRing keys, TimeProvider clock, Func<IReadOnlyCollection<string>>? privateHosts = null, Func<UserLimitsConfig>? userLimits = null)
    {
        var (tenants, attachments, access) = (new TenantStore(store), new AttachmentStore(store), new AccessStore(store));
        Users = new Users(tenants, clock);
        Projects = new Projects(tenants, clock);
        Workspaces = new Workspaces(tenants, clock);
        WorkspaceTokens = new WorkspaceTokens(access, tenants, keys.TokenHasher, clock);
        Credentials = new CredentialShelf(attachments, tenants, keys, clock, privateHosts ?? (static () => []));
        Configurations = new Configurations(attachments, Credentials, clock);
        Attachments = new Attachments(attachments, tenants, Credentials, Configurations, clock);
        Connections = new Connections(attachments, Credentials, Attachments, clock);
        Settings = new PlatformSettingsEditor(tenants, clock);
        Limits = new Limits(store, Users, userLimits ?? (static () => new UserLimitsConfig()), clock);
        Vault = new Vault(new VaultStore(store), keys, clock);
        Audit = new AuditLog(new AuditStore(store));
    }

    /// <summary>Users.</summary>
    public Users Users { get; }

    /// <summary>Projects.</summary>
    public Projects Projects { get; }

    /// <summary>Workspaces.</summary>
    public Workspaces Workspaces { get; }

    /// <summary>The tokens of workspaces and their runners.</summary>
    public WorkspaceTokens WorkspaceTokens { get; }

    /// <summary>Users' credentials.</summary>
    public CredentialShelf Credentials { get; }

    /// <summary>Configurations of harnesses.</summary>
    public Configurations Configurations { get; }

    /// <summary>What is attached for users and projects.</summary>
    public Attachments Attachments { get; }

    /// <summary>Connections of harnesses, looked at and repaired as a whole.</summary>
    public Connections Connections { get; }

    /// <summary>What is set for everyone.</summary>
    public PlatformSettingsEditor Settings { get; }

    /// <summary>Users' limits.</summary>
    public Limits Limits { get; }

    /// <summary>The platform's provider keys.</summary>
    public Vault Vault { get; }

    /// <summary>The audit log.</summary>
    public AuditLog Audit { get; }
}
