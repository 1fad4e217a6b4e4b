using System.Collections.Immutable;
using System.Text.Json;
using Gatehouse.Gateway.Tenancy;
using Gatehouse.Secrets;
using Gatehouse.Storage;
using Gatehouse.Storage.Migrations;
using Microsoft.Data.Sqlite;

namespace Gatehouse.Gateway.Access;

/// <summary>
/// The table of access tokens. Of a token's text it holds the keyed hash and a hint to show, nothing else. Rows stay after expiry and
/// revocation, because the ledger names them. Thread-safe.
/// </summary>
public sealed class AccessStore(Store store)
{
    private const string Columns =
        "hash, id, kind, name, hint, user_id, project_id, workspace_id, scopes, models, created_at, expires_at, revoked_at, last_used_at, last_client, harness";

    /// <summary>The schema of this table. BYTEA is PostgreSQL's name; SQLite takes it and keeps the bytes as they are.</summary>
    public static IReadOnlyList<Migration> Migrations { get; } =
    [
        new("20261121-0900-access-tokens", """
            CREATE TABLE access_tokens (
                id BYTEA NOT NULL PRIMARY KEY,
                hash BYTEA NOT NULL UNIQUE,
                kind TEXT NOT NULL,
                name TEXT NOT NULL,
                hint TEXT NOT NULL,
                user_id TEXT,
                project_id TEXT,
                workspace_id TEXT,
                scopes TEXT NOT NULL,
                models TEXT,
                created_at BIGINT NOT NULL,
                expires_at BIGINT,
                revoked_at BIGINT,
                last_used_at BIGINT,
                last_client TEXT
            );
            """),
        new("20261121-1012-token-harness", """
            ALTER TABLE access_tokens ADD COLUMN harness TEXT;
            """),
    ];

    /// <summary>Every token, oldest first. A row of a kind that this version does not know is left out: it can open nothing here.</summary>
    public Task<List<StoredToken>> LoadAsync(CancellationToken cancellation = default) => store.ReadAsync(
        connection => Read(connection.Command(null, $"SELECT {Columns} FROM access_tokens ORDER BY created_at, id")), cancellation);

    /// <summary>
    /// The tokens that requests may still come with: every one but those that ended before a given time. Workspaces leave many of those
    /// behind, and who presents one all the same is looked up by its hash.
    /// </summary>
    public Task<List<StoredToken>> LoadCurrentAsync(DateTimeOffset endedSince, CancellationToken cancellation = default) => store.ReadAsync(
        connection => Read(connection.Command(
            null,
            $"""
            SELECT {Columns} FROM access_tokens
            WHERE (revoked_at IS NULL OR revoked_at >= $since) AND (expires_at IS NULL OR expires_at >= $since) ORDER BY created_at, id
            """,
            ("$since", endedSince))),
        cancellation);

    /// <summary>The token with a hash, or null.</summary>
    public Task<StoredToken?> FindAsync(TokenHash hash, CancellationToken cancellation = default) => store.ReadAsync(
        connection => Read(connection.Command(null, $"SELECT {Columns} FROM access_tokens WHERE hash = $hash", ("$hash", hash.ToArray())))
            .FirstOrDefault(),
        cancellation);

    /// <summary>Stores a new token.</summary>
    public Task AddAsync(StoredToken stored, AuditEntry? audit = null, CancellationToken cancellation = default) => store.WriteAsync(
        (connection, transaction) => Insert(connection, transaction, stored).IsOne().By(connection, transaction, audit), cancellation);

    /// <summary>
    /// Stores a token of a workspace if that is known and runs; false when not. In one transaction, so that a workspace that is stopped
    /// meanwhile leaves no token behind.
    /// </summary>
    public Task<bool> AddForWorkspaceAsync(StoredToken stored, AuditEntry? audit = null, CancellationToken cancellation = default) => store.WriteAsync(
        (connection, transaction) =>
        {
            using var running = connection.Command(
                transaction,
                "SELECT COUNT(*) FROM workspaces WHERE id = $id AND stopped_at IS NULL",
                ("$id", stored.Token.WorkspaceId));
            return (long)running.ExecuteScalar()! == 1
                && Insert(connection, transaction, stored).IsOne().By(connection, transaction, audit);
        },
        cancellation);

    /// <summary>Stores a token if there has never been one of its kind; false when there has. Two first starts can't both succeed.</summary>
    public Task<bool> AddFirstAsync(StoredToken stored, CancellationToken cancellation = default) => store.WriteAsync(
        (connection, transaction) =>
        {
            using var count = connection.Command(
                transaction, "SELECT COUNT(*) FROM access_tokens WHERE kind = $kind", ("$kind", stored.Token.Kind.Name()));
            return (long)count.ExecuteScalar()! == 0 && Insert(connection, transaction, stored) == 1;
        },
        cancellation);

    /// <summary>Revokes a token; false when it does not exist or was revoked before.</summary>
    public Task<bool> RevokeAsync(Guid id, DateTimeOffset at, AuditEntry? audit = null, CancellationToken cancellation = default) =>
        store.WriteAsync(
            (connection, transaction) => connection.Execute(
                transaction,
                "UPDATE access_tokens SET revoked_at = $at WHERE id = $id AND revoked_at IS NULL",
                ("$at", at),
                ("$id", id)).IsOne().By(connection, transaction, audit),
            cancellation);

    /// <summary>
    /// Moves the expiry of a token that is neither revoked nor expired, so that whoever holds it goes on; false when it is one of those.
    /// </summary>
    public Task<bool> RenewAsync(
        Guid id, DateTimeOffset expires, DateTimeOffset now, AuditEntry? audit = null, CancellationToken cancellation = default) => store.WriteAsync(
        (connection, transaction) => connection.Execute(
            transaction,
            "UPDATE access_tokens SET expires_at = $expires WHERE id = $id AND revoked_at IS NULL AND expires_at > $now",
            ("$expires", expires),
            ("$now", now),
            ("$id", id)).IsOne().By(connection, transaction, audit),
        cancellation);

    /// <summary>Revokes every token of a workspace within the transaction that stops it; how many there were.</summary>
    internal static int RevokeWorkspace(SqliteConnection connection, SqliteTransaction transaction, string workspaceId, DateTimeOffset at) =>
        connection.Execute(
            transaction,
            "UPDATE access_tokens SET revoked_at = $at WHERE workspace_id = $workspace AND revoked_at IS NULL",
            ("$at", at),
            ("$workspace", workspaceId));

    /// <summary>Revokes every token of a project, as when it is removed; how many there were.</summary>
    internal static int RevokeProject(SqliteConnection connection, SqliteTransaction transaction, string projectId, DateTimeOffset at) =>
        connection.Execute(
            transaction,
            "UPDATE access_tokens SET revoked_at = $at WHERE project_id = $project AND revoked_at IS NULL",
            ("$at", at),
            ("$project", projectId));

    /// <summary>Writes down when tokens were last used. Quietly: no request depends on it, so no snapshot is loaded again for it.</summary>
    internal Task RecordUseAsync(IReadOnlyCollection<TokenUse> uses, CancellationToken cancellation) => store.WriteQuietlyAsync(
        (connection, transaction) =>
        {
            foreach (var use in uses)
            {
                connection.Execute(
                    transaction,
                    "UPDATE access_tokens SET last_used_at = $at, last_client = COALESCE($client, last_client) WHERE id = $id",
                    ("$at", use.At),
                    ("$client", use.Client),
                    ("$id", use.TokenId));
            }
            return uses.Count;
        },
        cancellation);

    private static int Insert(SqliteConnection connection, SqliteTransaction transaction, StoredToken stored)
    {
        var token = stored.Token;
        return connection.Execute(
            transaction,
            $"""
            INSERT INTO access_tokens ({Columns}) VALUES ($hash, $id, $kind, $name, $hint, $user, $project, $workspace, $scopes, $models,
                $created, $expires, $revoked, $used, $client, $harness)
            """,
            ("$hash", stored.Hash.ToArray()),
            ("$id", token.Id),
            ("$kind", token.Kind.Name()),
            ("$name", token.Name),
            ("$hint", token.Hint),
            ("$user", token.UserId),
            ("$project", token.ProjectId),
            ("$workspace", token.WorkspaceId),
            ("$scopes", token.Scopes.Text()),
            ("$models", token.Models is { } models ? JsonSerializer.Serialize(models) : null),
            ("$created", token.CreatedAt),
            ("$expires", token.ExpiresAt),
            ("$revoked", token.RevokedAt),
            ("$used", token.LastUsedAt),
            ("$client", token.LastClient),
            ("$harness", token.Harness));
    }

    private static List<StoredToken> Read(SqliteCommand command) => [.. command.Rows(Row).OfType<StoredToken>()];

    private static StoredToken? Row(SqliteDataReader row) => TokenKinds.Parse(row.GetString(2)) is not { } kind ? null : new StoredToken(
        new TokenHash(row.Bytes(0)),
        new AccessToken
        {
            Id = row.Id(1),
            Kind = kind,
            Name = row.GetString(3),
            Hint = row.GetString(4),
            UserId = row.Text(5),
            ProjectId = row.Text(6),
            WorkspaceId = row.Text(7),
            Scopes = TokenScopeNames.Parse(row.GetString(8)),
            Models = row.Text(9) is { } models ? JsonSerializer.Deserialize<ImmutableArray<string>>(models) : null,
            CreatedAt = row.Time(10)!.Value,
            ExpiresAt = row.Time(11),
            RevokedAt = row.Time(12),
            LastUsedAt = row.Time(13),
            LastClient = row.Text(14),
            Harness = row.Text(15),
        });
}
