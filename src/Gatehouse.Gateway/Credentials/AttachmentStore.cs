using Gatehouse.Gateway.Access;
using Gatehouse.Gateway.Tenancy;
using Gatehouse.Storage;
using Gatehouse.Storage.Migrations;
using Microsoft.Data.Sqlite;

namespace Gatehouse.Gateway.Credentials;

/// <summary>The tables of users' credentials, configurations and attachments. Thread-safe.</summary>
public sealed class AttachmentStore(Store store)
{
    private const string CredentialColumns =
        "id, owner_id, name, kind, is_active, hint, created_at, updated_at, revision, key_id, sealed";

    private const string ConfigurationColumns = "id, owner_id, name, harness, credential_id, settings, is_active, created_at";
    private const string AttachmentColumns = "id, configuration_id, harness, user_id, project_id, is_active, created_at";

    /// <summary>
    /// The schema of these tables. At most one attachment per user or project and harness is active; references that are gone are found at
    /// use and told, so a credential may be removed while it is attached.
    /// </summary>
    public static IReadOnlyList<Migration> Migrations { get; } =
    [
        new("20261121-1011-attachments", """
            CREATE TABLE owned_credentials (
                id TEXT NOT NULL PRIMARY KEY,
                owner_id TEXT NOT NULL,
                name TEXT NOT NULL,
                kind TEXT NOT NULL,
                is_active BIGINT NOT NULL,
                hint TEXT NOT NULL,
                created_at BIGINT NOT NULL,
                updated_at BIGINT NOT NULL,
                revision BIGINT NOT NULL,
                key_id BYTEA NOT NULL,
                sealed BYTEA NOT NULL
            );
            CREATE TABLE harness_configurations (
                id TEXT NOT NULL PRIMARY KEY,
                owner_id TEXT NOT NULL,
                name TEXT NOT NULL,
                harness TEXT NOT NULL,
                credential_id TEXT,
                settings TEXT NOT NULL,
                is_active BIGINT NOT NULL,
                created_at BIGINT NOT NULL
            );
            CREATE TABLE attachments (
                id TEXT NOT NULL PRIMARY KEY,
                configuration_id TEXT NOT NULL,
                harness TEXT NOT NULL,
                user_id TEXT NOT NULL,
                project_id TEXT,
                is_active BIGINT NOT NULL,
                created_at BIGINT NOT NULL
            );
            CREATE UNIQUE INDEX attachments_of_users ON attachments (user_id, harness) WHERE project_id IS NULL AND is_active = 1;
            CREATE UNIQUE INDEX attachments_of_projects ON attachments (project_id, harness) WHERE project_id IS NOT NULL AND is_active = 1;
            """),
    ];

    /// <summary>Every credential, oldest first. A row of a kind that this version does not know is left out.</summary>
    public Task<List<OwnedCredential>> CredentialsAsync(CancellationToken cancellation = default) =>
        store.ReadAsync(c => Credentials(c, null), cancellation);

    /// <summary>Every configuration, oldest first.</summary>
    public Task<List<HarnessConfiguration>> ConfigurationsAsync(CancellationToken cancellation = default) =>
        store.ReadAsync(c => Configurations(c, null), cancellation);

    /// <summary>Every attachment, oldest first.</summary>
    public Task<List<Attachment>> AttachmentsAsync(CancellationToken cancellation = default) =>
        store.ReadAsync(c => Attachments(c, null), cancellation);

    /// <summary>Adds a credential; false when its id exists.</summary>
    public Task<bool> AddAsync(OwnedCredential row, AuditEntry? audit = null, CancellationToken cancellation = default) =>
        store.WriteAsync((connection, transaction) => Insert(connection, transaction, row).By(connection, transaction, audit), cancellation);

    /// <summary>Stores a credential's name and whether it is active; false when there is none.</summary>
    public Task<bool> RenameAsync(OwnedCredential row, AuditEntry? audit = null, CancellationToken cancellation = default) => store.WriteAsync(
        (connection, transaction) => connection.Execute(
            transaction,
            "UPDATE owned_credentials SET name = $name, is_active = $active, updated_at = $updated WHERE id = $id",
            ("$id", row.Id),
            ("$name", row.Name),
            ("$active", row.IsActive ? 1 : 0),
            ("$updated", row.UpdatedAt)).IsOne().By(connection, transaction, audit),
        cancellation);

    /// <summary>
    /// Stores a credential's new secret, if the stored one is still of the revision before; false when another replacement was faster or the
    /// credential is gone.
    /// </summary>
    public Task<bool> ReplaceAsync(OwnedCredential row, AuditEntry? audit = null, CancellationToken cancellation = default) => store.WriteAsync(
        (connection, transaction) => connection.Execute(
            transaction,
            """
            UPDATE owned_credentials SET hint = $hint, updated_at = $updated, revision = $revision, key_id = $key, sealed = $sealed
            WHERE id = $id AND revision = $revision - 1
            """,
            ("$id", row.Id),
            ("$hint", row.Hint),
            ("$updated", row.UpdatedAt),
            ("$revision", row.Revision),
            ("$key", row.KeyId),
            ("$sealed", row.Sealed)).IsOne().By(connection, transaction, audit),
        cancellation);

    /// <summary>Removes a credential; false when there is none. What refers to it then says that it is missing.</summary>
    public Task<bool> RemoveCredentialAsync(string id, AuditEntry? audit = null, CancellationToken cancellation = default) => store.WriteAsync(
        (connection, transaction) => connection.Execute(transaction, "DELETE FROM owned_credentials WHERE id = $id", ("$id", id)).IsOne().By(connection, transaction, audit),
        cancellation);

    /// <summary>Adds a configuration; false when its id exists.</summary>
    public Task<bool> AddAsync(HarnessConfiguration row, DateTimeOffset at, AuditEntry? audit = null, CancellationToken cancellation = default) =>
        store.WriteAsync((connection, transaction) => Insert(connection, transaction, row, at).By(connection, transaction, audit), cancellation);

    /// <summary>Stores a configuration's name, credential, settings and whether it is active; false when there is none.</summary>
    public Task<bool> UpdateAsync(HarnessConfiguration row, AuditEntry? audit = null, CancellationToken cancellation = default) => store.WriteAsync(
        (connection, transaction) => connection.Execute(
            transaction,
            """
            UPDATE harness_configurations SET name = $name, credential_id = $credential, settings = $settings, is_active = $active
            WHERE id = $id
            """,
            ("$id", row.Id),
            ("$name", row.Name),
            ("$credential", row.CredentialId),
            ("$settings", row.Settings.ToJson()),
            ("$active", row.IsActive ? 1 : 0)).IsOne().By(connection, transaction, audit),
        cancellation);

    /// <summary>Removes a configuration and its attachments; false when there is none.</summary>
    public Task<bool> RemoveConfigurationAsync(string id, AuditEntry? audit = null, CancellationToken cancellation = default) => store.WriteAsync(
        (connection, transaction) =>
        {
            connection.Execute(transaction, "DELETE FROM attachments WHERE configuration_id = $id", ("$id", id));
            return connection.Execute(transaction, "DELETE FROM harness_configurations WHERE id = $id", ("$id", id)).IsOne()
                .By(connection, transaction, audit);
        },
        cancellation);

    /// <summary>
    /// Puts an attachment in place of every other one of the same user or project and harness, in one transaction.
    /// </summary>
    public Task AttachAsync(Attachment row, DateTimeOffset at, AuditEntry? audit = null, CancellationToken cancellation = default) => store.WriteAsync(
        (connection, transaction) => Attach(connection, transaction, row, at).By(connection, transaction, audit), cancellation);

    /// <summary>
    /// Stores a new credential and configuration and attaches them in place of whatever was attached, all in one transaction: a connection
    /// is made or replaced as one action. The three rows have one id, by which they are taken away together later.
    /// </summary>
    public Task ConnectAsync(
        OwnedCredential credential, HarnessConfiguration configuration, Attachment attachment, AuditEntry? audit = null, CancellationToken cancellation = default) =>
        store.WriteAsync(
            (connection, transaction) => Insert(connection, transaction, credential)
                && Insert(connection, transaction, configuration, credential.CreatedAt)
                && Attach(connection, transaction, attachment, credential.CreatedAt).By(connection, transaction, audit),
            cancellation);

    /// <summary>Switches an attachment on or off; false when there is none, or another one is active in its place.</summary>
    public Task<bool> SetActiveAsync(Attachment row, bool active, AuditEntry? audit = null, CancellationToken cancellation = default) => store.WriteAsync(
        (connection, transaction) => SetActive(connection, transaction, row, active).By(connection, transaction, audit), cancellation);

    /// <summary>
    /// Switches an attachment on with its configuration and credential, in one transaction; false with nothing changed when it is gone, or another
    /// one is active in its place.
    /// </summary>
    public Task<bool> ActivateAsync(
        Attachment row, string? configurationId, string? credentialId, DateTimeOffset at, AuditEntry? audit = null, CancellationToken cancellation = default) =>
        store.WriteAsync(
            (connection, transaction) =>
            {
                if (!SetActive(connection, transaction, row, active: true)) return false;
                connection.Execute(transaction, "UPDATE harness_configurations SET is_active = 1 WHERE id = $id", ("$id", configurationId));
                connection.Execute(
                    transaction, "UPDATE owned_credentials SET is_active = 1, updated_at = $at WHERE id = $id AND is_active = 0", ("$id", credentialId), ("$at", at));
                return true.By(connection, transaction, audit);
            },
            cancellation);

    /// <summary>Removes an attachment; false when there is none.</summary>
    public Task<bool> RemoveAttachmentAsync(string id, AuditEntry? audit = null, CancellationToken cancellation = default) => store.WriteAsync(
        (connection, transaction) => connection.Execute(transaction, "DELETE FROM attachments WHERE id = $id", ("$id", id)).IsOne().By(connection, transaction, audit),
        cancellation);

    /// <summary>
    /// Removes whatever is attached for a user, or for a project when given, and a harness; the number of attachments removed. A credential
    /// and configuration that were made with <see cref="ConnectAsync"/> go too; those that were made one by one stay.
    /// </summary>
    public Task<int> DisconnectAsync(string userId, string? projectId, string harness, AuditEntry? audit = null, CancellationToken cancellation = default) =>
        store.WriteAsync(
            (connection, transaction) =>
            {
                var removed = Detach(connection, transaction, userId, projectId, harness);
                _ = (removed > 0).By(connection, transaction, audit);
                return removed;
            },
            cancellation);

    internal static List<OwnedCredential> Credentials(SqliteConnection connection, SqliteTransaction? transaction) =>
        [.. connection.Command(transaction, $"SELECT {CredentialColumns} FROM owned_credentials ORDER BY created_at, id")
            .Rows(CredentialRow).OfType<OwnedCredential>()];

    internal static List<HarnessConfiguration> Configurations(SqliteConnection connection, SqliteTransaction? transaction) => connection
        .Command(transaction, $"SELECT {ConfigurationColumns} FROM harness_configurations ORDER BY created_at, id")
        .Rows(row => new HarnessConfiguration(
            row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3), row.Text(4), HarnessSettings.Parse(row.Text(5)),
            row.GetInt64(6) != 0));

    internal static List<Attachment> Attachments(SqliteConnection connection, SqliteTransaction? transaction) => connection
        .Command(transaction, $"SELECT {AttachmentColumns} FROM attachments ORDER BY created_at, id")
        .Rows(row => new Attachment(
            row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3), row.Text(4), row.GetInt64(5) != 0));

    private static OwnedCredential? CredentialRow(SqliteDataReader row) =>
        CredentialKinds.Parse(row.GetString(3)) is not { } kind ? null : new OwnedCredential(
            row.GetString(0), row.GetString(1), row.GetString(2), kind, row.GetInt64(4) != 0, row.GetString(5), row.Time(6)!.Value,
            row.Time(7)!.Value, row.GetInt64(8), row.Id(9), row.Bytes(10));

    private static bool Insert(SqliteConnection connection, SqliteTransaction transaction, OwnedCredential row) => connection.Execute(
        transaction,
        $"""
        INSERT INTO owned_credentials ({CredentialColumns})
        VALUES ($id, $owner, $name, $kind, $active, $hint, $created, $updated, $revision, $key, $sealed) ON CONFLICT DO NOTHING
        """,
        ("$id", row.Id),
        ("$owner", row.OwnerId),
        ("$name", row.Name),
        ("$kind", row.Kind.Name()),
        ("$active", row.IsActive ? 1 : 0),
        ("$hint", row.Hint),
        ("$created", row.CreatedAt),
        ("$updated", row.UpdatedAt),
        ("$revision", row.Revision),
        ("$key", row.KeyId),
        ("$sealed", row.Sealed)) == 1;

    private static bool Insert(SqliteConnection connection, SqliteTransaction transaction, HarnessConfiguration row, DateTimeOffset at) =>
        connection.Execute(
            transaction,
            $"""
            INSERT INTO harness_configurations ({ConfigurationColumns})
            VALUES ($id, $owner, $name, $harness, $credential, $settings, $active, $created) ON CONFLICT DO NOTHING
            """,
            ("$id", row.Id),
            ("$owner", row.OwnerId),
            ("$name", row.Name),
            ("$harness", row.Harness),
            ("$credential", row.CredentialId),
            ("$settings", row.Settings.ToJson()),
            ("$active", row.IsActive ? 1 : 0),
            ("$created", at)) == 1;

    // What was made as one connection is taken away as one: its three rows share an id. Rows that were made one by one stay, and so does
    // whatever something else still refers to.
    private static void Sweep(SqliteConnection connection, SqliteTransaction transaction, List<string> connections)
    {
        foreach (var id in connections)
        {
            connection.Execute(
                transaction,
                """
                DELETE FROM harness_configurations WHERE id = $id AND credential_id = $id
                    AND NOT EXISTS (SELECT 1 FROM attachments a WHERE a.configuration_id = $id)
                """,
                ("$id", id));
            connection.Execute(
                transaction,
                """
                DELETE FROM owned_credentials WHERE id = $id
                    AND NOT EXISTS (SELECT 1 FROM harness_configurations c WHERE c.credential_id = $id)
                """,
                ("$id", id));
        }
    }

    private static bool Attach(SqliteConnection connection, SqliteTransaction transaction, Attachment row, DateTimeOffset at)
    {
        Detach(connection, transaction, row.UserId, row.ProjectId, row.Harness);
        return connection.Execute(
            transaction,
            $"""
            INSERT INTO attachments ({AttachmentColumns}) VALUES ($id, $configuration, $harness, $user, $project, $active, $created)
            """,
            ("$id", row.Id),
            ("$configuration", row.ConfigurationId),
            ("$harness", row.Harness),
            ("$user", row.UserId),
            ("$project", row.ProjectId),
            ("$active", row.IsActive ? 1 : 0),
            ("$created", at)) == 1;
    }

    private static bool SetActive(SqliteConnection connection, SqliteTransaction transaction, Attachment row, bool active) => connection.Execute(
        transaction,
        """
        UPDATE attachments SET is_active = $active WHERE id = $id AND ($active = 0 OR NOT EXISTS (
            SELECT 1 FROM attachments o WHERE o.id <> $id AND o.is_active = 1 AND o.harness = $harness
                AND ((o.project_id IS NULL AND $project IS NULL AND o.user_id = $user) OR o.project_id = $project)))
        """,
        ("$id", row.Id),
        ("$active", active ? 1 : 0),
        ("$harness", row.Harness),
        ("$user", row.UserId),
        ("$project", row.ProjectId)).IsOne();

    private static int Detach(
        SqliteConnection connection, SqliteTransaction transaction, string userId, string? projectId, string harness)
    {
        var which = projectId is null ? "user_id = $owner AND project_id IS NULL" : "project_id = $owner";
        var owner = ("$owner", (object?)(projectId ?? userId));
        var connections = connection.Command(
            transaction,
            $"SELECT id FROM attachments WHERE {which} AND harness = $harness AND id = configuration_id",
            owner,
            ("$harness", harness)).Rows(row => row.GetString(0));
        var removed = connection.Execute(
            transaction, $"DELETE FROM attachments WHERE {which} AND harness = $harness", owner, ("$harness", harness));
        Sweep(connection, transaction, connections);
        return removed;
    }
}
