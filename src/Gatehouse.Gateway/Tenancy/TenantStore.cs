using Gatehouse.Gateway.Access;
using Gatehouse.Storage;
using Gatehouse.Storage.Migrations;
using Microsoft.Data.Sqlite;

namespace Gatehouse.Gateway.Tenancy;

/// <summary>The tables of users, projects, workspaces and platform settings. Thread-safe.</summary>
public sealed class TenantStore(Store store)
{
    private const string UserColumns = "id, name, role, provider_mode, created_at, disabled_at";
    private const string ProjectColumns = "id, owner_id, name, provider_mode, created_at";
    private const string WorkspaceColumns = "id, project_id, user_id, name, created_at, stopped_at";

    /// <summary>The schema of these tables.</summary>
    public static IReadOnlyList<Migration> Migrations { get; } =
    [
        new("20261121-1010-tenants", """
            CREATE TABLE users (
                id TEXT NOT NULL PRIMARY KEY,
                name TEXT NOT NULL UNIQUE,
                role TEXT NOT NULL,
                provider_mode TEXT,
                created_at BIGINT NOT NULL,
                disabled_at BIGINT
            );
            CREATE TABLE projects (
                id TEXT NOT NULL PRIMARY KEY,
                owner_id TEXT NOT NULL REFERENCES users (id),
                name TEXT NOT NULL,
                provider_mode TEXT,
                created_at BIGINT NOT NULL,
                UNIQUE (owner_id, name)
            );
            CREATE TABLE workspaces (
                id TEXT NOT NULL PRIMARY KEY,
                project_id TEXT NOT NULL REFERENCES projects (id),
                user_id TEXT NOT NULL REFERENCES users (id),
                name TEXT NOT NULL,
                created_at BIGINT NOT NULL,
                stopped_at BIGINT
            );
            CREATE TABLE platform_settings (
                name TEXT NOT NULL PRIMARY KEY,
                value TEXT NOT NULL,
                updated_at BIGINT NOT NULL,
                updated_by TEXT
            );
            """),
    ];

    /// <summary>Every user, oldest first.</summary>
    public Task<List<User>> UsersAsync(CancellationToken cancellation = default) => store.ReadAsync(c => Users(c, null), cancellation);

    /// <summary>Every project, oldest first.</summary>
    public Task<List<Project>> ProjectsAsync(CancellationToken cancellation = default) => store.ReadAsync(c => Projects(c, null), cancellation);

    /// <summary>Every workspace, oldest first, the stopped ones among them.</summary>
    public Task<List<Workspace>> WorkspacesAsync(CancellationToken cancellation = default) =>
        store.ReadAsync(c => Workspaces(c, null), cancellation);

    /// <summary>Every platform setting that was ever set.</summary>
    public Task<List<PlatformSettingRow>> SettingsAsync(CancellationToken cancellation = default) =>
        store.ReadAsync(c => Settings(c, null), cancellation);

    internal static List<User> Users(SqliteConnection connection, SqliteTransaction? transaction) => connection
        .Command(transaction, $"SELECT {UserColumns} FROM users ORDER BY created_at, id")
        .Rows(row => new User(
            row.GetString(0),
            row.GetString(1),
            // A role of a later version grants nothing more than a member's here.
            TenantNames.ParseRole(row.GetString(2)) ?? UserRole.Member,
            Mode(row.Text(3)),
            row.Time(4)!.Value,
            row.Time(5)));

    internal static List<Project> Projects(SqliteConnection connection, SqliteTransaction? transaction) => connection
        .Command(transaction, $"SELECT {ProjectColumns} FROM projects ORDER BY created_at, id")
        .Rows(row => new Project(row.GetString(0), row.GetString(1), row.GetString(2), Mode(row.Text(3)), row.Time(4)!.Value));

    internal static List<Workspace> Workspaces(SqliteConnection connection, SqliteTransaction? transaction) => connection
        .Command(transaction, $"SELECT {WorkspaceColumns} FROM workspaces ORDER BY created_at, id")
        .Rows(row => new Workspace(
            row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3), row.Time(4)!.Value, row.Time(5)));

    internal static List<PlatformSettingRow> Settings(SqliteConnection connection, SqliteTransaction? transaction) => connection
        .Command(transaction, "SELECT name, value, updated_at, updated_by FROM platform_settings ORDER BY name")
        .Rows(row => new PlatformSettingRow(row.GetString(0), row.GetString(1), row.Time(2)!.Value, row.Text(3)));

    // A mode that can't be read counts as the strict one; none at all is inherited.
    private static ProviderMode? Mode(string? name) => name is null ? null : TenantNames.ParseMode(name) ?? ProviderMode.Own;

    /// <summary>Adds a user; false when there is one of that id or name.</summary>
    public Task<bool> AddUserAsync(User user, AuditEntry? audit = null, CancellationToken cancellation = default) => store.WriteAsync(
        (connection, transaction) => Insert(connection, transaction, user).By(connection, transaction, audit), cancellation);

    /// <summary>
    /// Adds the first user and their first project, if there has never been any user; false when there is one. Two first starts can't both
    /// succeed.
    /// </summary>
    public Task<bool> AddFirstAsync(User user, Project project, AuditEntry? audit = null, CancellationToken cancellation = default) => store.WriteAsync(
        (connection, transaction) =>
        {
            using var count = connection.Command(transaction, "SELECT COUNT(*) FROM users");
            return (long)count.ExecuteScalar()! == 0
                && Insert(connection, transaction, user)
                && Insert(connection, transaction, project).By(connection, transaction, audit);
        },
        cancellation);

    /// <summary>Stores a user's name, role, mode and lock; false when there is no such user or another has the name.</summary>
    public Task<bool> UpdateUserAsync(User user, AuditEntry? audit = null, CancellationToken cancellation = default) => store.WriteAsync(
        (connection, transaction) => connection.Execute(
            transaction,
            """
            UPDATE users SET name = $name, role = $role, provider_mode = $mode, disabled_at = $disabled
            WHERE id = $id AND NOT EXISTS (SELECT 1 FROM users o WHERE o.name = $name AND o.id <> $id)
            """,
            ("$id", user.Id),
            ("$name", user.Name),
            ("$role", user.Role.Name()),
            ("$mode", user.ProviderMode?.Name()),
            ("$disabled", user.DisabledAt)).IsOne().By(connection, transaction, audit),
        cancellation);

    /// <summary>Adds a project; false when its id exists or its owner has one of that name.</summary>
    public Task<bool> AddProjectAsync(Project project, AuditEntry? audit = null, CancellationToken cancellation = default) => store.WriteAsync(
        (connection, transaction) => Insert(connection, transaction, project).By(connection, transaction, audit), cancellation);

    /// <summary>Stores a project's name and mode; false when there is no such project or its owner has another of that name.</summary>
    public Task<bool> UpdateProjectAsync(Project project, AuditEntry? audit = null, CancellationToken cancellation = default) => store.WriteAsync(
        (connection, transaction) => connection.Execute(
            transaction,
            """
            UPDATE projects SET name = $name, provider_mode = $mode
            WHERE id = $id AND NOT EXISTS (SELECT 1 FROM projects o WHERE o.owner_id = $owner AND o.name = $name AND o.id <> $id)
            """,
            ("$id", project.Id),
            ("$owner", project.OwnerId),
            ("$name", project.Name),
            ("$mode", project.ProviderMode?.Name())).IsOne().By(connection, transaction, audit),
        cancellation);

    /// <summary>
    /// Removes a project with its workspaces, their tokens' rights and what was attached for it; false when there is none, or a workspace of
    /// it still runs.
    /// </summary>
    public Task<bool> RemoveProjectAsync(string id, DateTimeOffset at, AuditEntry? audit = null, CancellationToken cancellation = default) =>
        store.WriteAsync((connection, transaction) => Remove(connection, transaction, id, at).By(connection, transaction, audit), cancellation);

    /// <summary>Adds a workspace; false when its id exists.</summary>
    public Task<bool> AddWorkspaceAsync(Workspace workspace, AuditEntry? audit = null, CancellationToken cancellation = default) => store.WriteAsync(
        (connection, transaction) => connection.Execute(
            transaction,
            $"""
            INSERT INTO workspaces ({WorkspaceColumns}) VALUES ($id, $project, $user, $name, $created, $stopped) ON CONFLICT DO NOTHING
            """,
            ("$id", workspace.Id),
            ("$project", workspace.ProjectId),
            ("$user", workspace.UserId),
            ("$name", workspace.Name),
            ("$created", workspace.CreatedAt),
            ("$stopped", workspace.StoppedAt)).IsOne().By(connection, transaction, audit),
        cancellation);

    /// <summary>Stops a workspace and revokes its tokens, in one transaction; false when it does not run.</summary>
    public Task<bool> StopWorkspaceAsync(string id, DateTimeOffset at, AuditEntry? audit = null, CancellationToken cancellation = default) => store.WriteAsync(
        (connection, transaction) =>
        {
            var stopped = connection.Execute(
                transaction, "UPDATE workspaces SET stopped_at = $at WHERE id = $id AND stopped_at IS NULL", ("$at", at), ("$id", id)).IsOne();
            if (stopped) AccessStore.RevokeWorkspace(connection, transaction, id, at);
            return stopped.By(connection, transaction, audit);
        },
        cancellation);

    /// <summary>Stores a platform setting over whatever was there.</summary>
    public Task SetAsync(PlatformSettingRow row, AuditEntry? audit = null, CancellationToken cancellation = default) => store.WriteAsync(
        (connection, transaction) => connection.Execute(
            transaction,
            """
            INSERT INTO platform_settings (name, value, updated_at, updated_by) VALUES ($name, $value, $at, $by)
            ON CONFLICT (name) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at, updated_by = excluded.updated_by
            """,
            ("$name", row.Name),
            ("$value", row.Value),
            ("$at", row.UpdatedAt),
            ("$by", row.UpdatedBy)).IsOne().By(connection, transaction, audit),
        cancellation);

    /// <summary>Puts a platform setting back to what it is when nobody set it; false when nobody had.</summary>
    public Task<bool> ResetAsync(string name, AuditEntry? audit = null, CancellationToken cancellation = default) => store.WriteAsync(
        (connection, transaction) =>
            connection.Execute(transaction, "DELETE FROM platform_settings WHERE name = $name", ("$name", name)).IsOne()
                .By(connection, transaction, audit),
        cancellation);

    private static bool Remove(SqliteConnection connection, SqliteTransaction transaction, string id, DateTimeOffset at)
    {
        using var running = connection.Command(
            transaction, "SELECT COUNT(*) FROM workspaces WHERE project_id = $id AND stopped_at IS NULL", ("$id", id));
        if ((long)running.ExecuteScalar()! > 0) return false;
        AccessStore.RevokeProject(connection, transaction, id, at);
        connection.Execute(transaction, "DELETE FROM attachments WHERE project_id = $id", ("$id", id));
        connection.Execute(transaction, "DELETE FROM workspaces WHERE project_id = $id", ("$id", id));
        return connection.Execute(transaction, "DELETE FROM projects WHERE id = $id", ("$id", id)).IsOne();
    }

    private static bool Insert(SqliteConnection connection, SqliteTransaction transaction, User user) => connection.Execute(
        transaction,
        $"INSERT INTO users ({UserColumns}) VALUES ($id, $name, $role, $mode, $created, $disabled) ON CONFLICT DO NOTHING",
        ("$id", user.Id),
        ("$name", user.Name),
        ("$role", user.Role.Name()),
        ("$mode", user.ProviderMode?.Name()),
        ("$created", user.CreatedAt),
        ("$disabled", user.DisabledAt)) == 1;

    private static bool Insert(SqliteConnection connection, SqliteTransaction transaction, Project project) => connection.Execute(
        transaction,
        $"INSERT INTO projects ({ProjectColumns}) VALUES ($id, $owner, $name, $mode, $created) ON CONFLICT DO NOTHING",
        ("$id", project.Id),
        ("$owner", project.OwnerId),
        ("$name", project.Name),
        ("$mode", project.ProviderMode?.Name()),
        ("$created", project.CreatedAt)) == 1;
}
