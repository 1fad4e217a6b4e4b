using Gatehouse.Gateway.Access;
using Gatehouse.Storage;
using Gatehouse.Storage.Migrations;
using Microsoft.Data.Sqlite;

namespace Gatehouse.Gateway.Tenancy;

/// <summary>One line of the audit log: who did what to what, when, and from where. Holds no secret. Immutable.</summary>
/// <param name="Id">UUIDv7: sorts by time.</param>
/// <param name="At">When.</param>
/// <param name="Actor">The user who did it.</param>
/// <param name="TokenId">The token that it was done with; null on this machine's command line.</param>
/// <param name="Action">What was done, such as <c>credential.replace</c>.</param>
/// <param name="Subject">What it was done to, such as <c>credential:0193…</c>.</param>
/// <param name="OwnerId">The user whom the subject belongs to, who may read the line; null when it is the platform's.</param>
/// <param name="Address">From where: an IP address, or <c>local</c> for this machine's command line.</param>
/// <param name="Detail">A JSON object of names and settings, never a secret.</param>
public sealed record AuditEntry(
    Guid Id, DateTimeOffset At, string Actor, Guid? TokenId, string Action, string Subject, string? OwnerId, string? Address, string Detail);

/// <summary>Which lines of the audit log are wanted, newest first. A null member does not narrow.</summary>
/// <param name="Reader">A user who may see only what is their own: done by them or to what is theirs; null for an administrator.</param>
/// <param name="Actor">Done by this user.</param>
/// <param name="Subject">Done to this subject.</param>
/// <param name="Action">This action, or all of a kind when it ends with a dot.</param>
/// <param name="Since">At or after.</param>
/// <param name="Until">Before.</param>
/// <param name="Before">Lines older than this one, for the next page.</param>
/// <param name="Limit">At most so many.</param>
public sealed record AuditQuery(
    string? Reader = null,
    string? Actor = null,
    string? Subject = null,
    string? Action = null,
    DateTimeOffset? Since = null,
    DateTimeOffset? Until = null,
    Guid? Before = null,
    int Limit = 100);

/// <summary>
/// The table of the audit log. Lines are added in the transaction of the change that they tell of, so that there is neither one without the
/// other, and the database itself refuses to change or remove one. Thread-safe.
/// </summary>
public sealed class AuditStore(Store store)
{
    private const string Columns = "id, at, actor, token_id, action, subject, owner_id, address, detail";

    /// <summary>The schema of this table.</summary>
    public static IReadOnlyList<Migration> Migrations { get; } =
    [
        new("20261121-1013-audit-log", """
            CREATE TABLE audit_log (
                id BYTEA NOT NULL PRIMARY KEY,
                at BIGINT NOT NULL,
                actor TEXT NOT NULL,
                token_id BYTEA,
                action TEXT NOT NULL,
                subject TEXT NOT NULL,
                owner_id TEXT,
                address TEXT,
                detail TEXT NOT NULL
            );
            """),
        // So that neither a slip of ours nor whoever gets at the database with plain SQL rewrites what was done.
        new("20261121-1900-audit-log-append-only", """
            CREATE TRIGGER audit_log_keeps_lines BEFORE UPDATE ON audit_log
            BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
            CREATE TRIGGER audit_log_loses_no_line BEFORE DELETE ON audit_log
            BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
            CREATE TRIGGER audit_log_replaces_no_line BEFORE INSERT ON audit_log
            WHEN EXISTS (SELECT 1 FROM audit_log WHERE id = NEW.id)
            BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
            """),
    ];

    /// <summary>Adds a line about something that is no change of a row, such as the rotation of keys.</summary>
    public Task AddAsync(AuditEntry entry, CancellationToken cancellation = default) => store.WriteQuietlyAsync(
        (connection, transaction) => Append(connection, transaction, entry), cancellation);

    /// <summary>The lines that a query asks for, newest first.</summary>
    public Task<List<AuditEntry>> FindAsync(AuditQuery query, CancellationToken cancellation = default) => store.ReadAsync(
        connection => connection.Command(
            null,
            $"""
            SELECT {Columns} FROM audit_log
            WHERE ($reader IS NULL OR actor = $reader OR owner_id = $reader)
                AND ($actor IS NULL OR actor = $actor)
                AND ($subject IS NULL OR subject = $subject)
                AND ($action IS NULL OR action = $action OR ($kind IS NOT NULL AND substr(action, 1, length($kind)) = $kind))
                AND ($since IS NULL OR at >= $since)
                AND ($until IS NULL OR at < $until)
                AND ($before IS NULL OR id < $before)
            ORDER BY id DESC LIMIT $limit
            """,
            ("$reader", query.Reader),
            ("$actor", query.Actor),
            ("$subject", query.Subject),
            ("$action", query.Action),
            ("$kind", query.Action?.EndsWith('.') == true ? query.Action : null),
            ("$since", query.Since),
            ("$until", query.Until),
            ("$before", query.Before),
            ("$limit", Math.Clamp(query.Limit, 1, 10_000))).Rows(Row),
        cancellation);

    internal static int Append(SqliteConnection connection, SqliteTransaction transaction, AuditEntry entry) => connection.Execute(
        transaction,
        $"INSERT INTO audit_log ({Columns}) VALUES ($id, $at, $actor, $token, $action, $subject, $owner, $address, $detail)",
        ("$id", entry.Id),
        ("$at", entry.At),
        ("$actor", entry.Actor),
        ("$token", entry.TokenId),
        ("$action", entry.Action),
        ("$subject", entry.Subject),
        ("$owner", entry.OwnerId),
        ("$address", entry.Address),
        ("$detail", entry.Detail));

    private static AuditEntry Row(SqliteDataReader row) => new(
        row.Id(0),
        row.Time(1)!.Value,
        row.GetString(2),
        row.IsDBNull(3) ? null : row.Id(3),
        row.GetString(4),
        row.GetString(5),
        row.Text(6),
        row.Text(7),
        row.GetString(8));
}

/// <summary>Tells the audit log of a change within its transaction.</summary>
internal static class Audited
{
    /// <summary>Adds the line when the change was made; passes on whether it was.</summary>
    public static bool By(this bool done, SqliteConnection connection, SqliteTransaction transaction, AuditEntry? entry)
    {
        if (done && entry is not null)
        {
            AuditStore.Append(connection, transaction, entry);
        }
        return done;
    }
}
