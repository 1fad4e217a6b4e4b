using Gatehouse.Gateway.Credentials;
using Gatehouse.Secrets;
using Gatehouse.Storage;

namespace Gatehouse.Gateway.Tenancy;

/// <summary>A loaded table with what is wrong with its rows.</summary>
/// <param name="Table">The table; rows that can't be opened are in it, without their secret.</param>
/// <param name="Problems">One sentence per bad row, naming it and what helps. Holds no secret.</param>
/// <param name="Unopened">The credentials that can't be opened.</param>
public sealed record LoadedTenants(TenantTable Table, IReadOnlyList<string> Problems, IReadOnlyList<OpenedCredential> Unopened);

/// <summary>Loads the table of tenants from the store.</summary>
public static class TenantLoad
{
    private const string KillSwitch = "AI_PROXY_ENABLED";

    /// <summary>Reads all rows and makes the table of them.</summary>
    /// <param name="store">The store.</param>
    /// <param name="ring">Opens credentials.</param>
    /// <param name="environment">Reads an environment variable: the kill switch may stand there.</param>
    /// <param name="cancellation">Ends the attempt.</param>
    /// <exception cref="StoreException">The store can't be read.</exception>
    public static async Task<LoadedTenants> LoadAsync(
        Store store, KeyRing ring, Func<string, string?> environment, CancellationToken cancellation = default) =>
        Build(await ReadAsync(store, cancellation), ring, environment);

    /// <summary>Reads all rows as of one moment, so that an attachment never points at what a later transaction brought.</summary>
    internal static Task<TenantRows> ReadAsync(Store store, CancellationToken cancellation) => store.ReadAsync(
        connection =>
        {
            using var moment = connection.BeginTransaction(deferred: true);
            return new TenantRows(
                TenantStore.Users(connection, moment),
                TenantStore.Projects(connection, moment),
                TenantStore.Workspaces(connection, moment),
                TenantStore.Settings(connection, moment),
                AttachmentStore.Credentials(connection, moment),
                AttachmentStore.Configurations(connection, moment),
                AttachmentStore.Attachments(connection, moment));
        },
        cancellation);

    /// <summary>Makes the table of rows, opening every credential.</summary>
    internal static LoadedTenants Build(TenantRows rows, KeyRing ring, Func<string, string?> environment)
    {
        var problems = new List<string>();
        var settings = PlatformSettingRows.Read(rows.Settings, problems);
        if (string.Equals(environment(KillSwitch), "false", StringComparison.OrdinalIgnoreCase))
        {
            settings = settings with { ProxyEnabled = false };
        }
        var opened = rows.Credentials.ConvertAll(row => row.Open(ring));
        var unopened = opened.FindAll(credential => credential.Secret is null);
        problems.AddRange(unopened.Select(credential =>
            $"The credential '{credential.Name}' ({credential.Id}) can't be opened: its row was altered. Replace its secret, or remove it."));
        var resolver = new CredentialResolver(rows.Attachments, rows.Configurations, opened);
        return new LoadedTenants(new TenantTable(rows.Users, rows.Projects, rows.Workspaces, settings, resolver), problems, unopened);
    }
}

/// <summary>The rows of all tenants as of one moment.</summary>
internal sealed record TenantRows(
    List<User> Users,
    List<Project> Projects,
    List<Workspace> Workspaces,
    List<PlatformSettingRow> Settings,
    List<OwnedCredential> Credentials,
    List<HarnessConfiguration> Configurations,
    List<Attachment> Attachments);
