using System.Security.Cryptography;
using Gatehouse.Gateway.Access;
using Gatehouse.Secrets;
using Gatehouse.Storage;
using Gatehouse.Storage.Migrations;

namespace Gatehouse.Gateway.Credentials;

/// <summary>
/// What every gateway on one database must know of the refreshes of users' logins: who refreshes one just now, how often that was done, and which refresh tokens were used
/// up by it, of which the hash alone is kept. Nobody builds a snapshot of it, so that it is written quietly. Thread-safe.
/// </summary>
/// <param name="store">The database.</param>
public sealed class LoginRefreshStore(Store store)
{
    // A login is refreshed every few weeks at the latest, and an old file may turn up later than that.
    private static readonly TimeSpan s_kept = TimeSpan.FromDays(60);

    /// <summary>The schema of these tables. A lease that has expired is whoever's takes it: its holder is gone, or too late.</summary>
    public static IReadOnlyList<Migration> Migrations { get; } =
    [
        new("20261121-1630-login-refreshes", """
            CREATE TABLE login_leases (
                credential_id TEXT NOT NULL PRIMARY KEY,
                holder TEXT NOT NULL,
                expires_at BIGINT NOT NULL
            );
            CREATE TABLE login_refreshes (
                credential_id TEXT NOT NULL,
                holder TEXT NOT NULL,
                at BIGINT NOT NULL,
                used BYTEA,
                PRIMARY KEY (credential_id, holder)
            );
            """),
    ];

    /// <summary>Takes the right to refresh a login; false while another has it.</summary>
    /// <param name="credentialId">The login.</param>
    /// <param name="holder">Who asks: a word that is used once.</param>
    /// <param name="now">The time.</param>
    /// <param name="life">How long it is kept at most.</param>
    /// <exception cref="StoreException">The store is busy or failing.</exception>
    public Task<bool> TryLeaseAsync(string credentialId, string holder, DateTimeOffset now, TimeSpan life) => store.WriteQuietlyAsync(
        (connection, transaction) => connection.Execute(
            transaction,
            """
            INSERT INTO login_leases (credential_id, holder, expires_at) VALUES ($id, $holder, $until)
            ON CONFLICT (credential_id) DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at WHERE login_leases.expires_at <= $now
            """,
            ("$id", credentialId),
            ("$holder", holder),
            ("$until", (now + life).ToUnixTimeMilliseconds()),
            ("$now", now.ToUnixTimeMilliseconds())) == 1);

    /// <summary>Gives the right back; does nothing when another has it by now.</summary>
    /// <exception cref="StoreException">The store is busy or failing.</exception>
    public Task ReleaseAsync(string credentialId, string holder) => store.WriteQuietlyAsync(
        (connection, transaction) => connection.Execute(
            transaction, "DELETE FROM login_leases WHERE credential_id = $id AND holder = $holder", ("$id", credentialId), ("$holder", holder)));

    /// <summary>Counts a call to the vendor, or says after how long there may be one again.</summary>
    /// <param name="credentialId">The login.</param>
    /// <param name="holder">Who holds the right to refresh it.</param>
    /// <param name="now">The time.</param>
    /// <param name="perHour">How many there may be in an hour.</param>
    /// <exception cref="StoreException">The store is busy or failing.</exception>
    public Task<TimeSpan?> CallAsync(string credentialId, string holder, DateTimeOffset now, int perHour) => store.WriteQuietlyAsync(
        (connection, transaction) =>
        {
            connection.Execute(transaction, "DELETE FROM login_refreshes WHERE at < $old", ("$old", (now - s_kept).ToUnixTimeMilliseconds()));
            var hour = (now - TimeSpan.FromHours(1)).ToUnixTimeMilliseconds();
            var calls = connection
                .Command(transaction, "SELECT at FROM login_refreshes WHERE credential_id = $id AND at > $hour ORDER BY at", ("$id", credentialId), ("$hour", hour))
                .Rows(static row => row.GetInt64(0));
            if (calls.Count >= perHour) return TimeSpan.FromMilliseconds(calls[^perHour] - hour);
            connection.Execute(
                transaction,
                "INSERT INTO login_refreshes (credential_id, holder, at) VALUES ($id, $holder, $at)",
                ("$id", credentialId),
                ("$holder", holder),
                ("$at", now.ToUnixTimeMilliseconds()));
            return (TimeSpan?)null;
        });

    /// <summary>Notes that the call of a holder has used a refresh token up.</summary>
    /// <exception cref="StoreException">The store is busy or failing.</exception>
    public Task UseAsync(string credentialId, string holder, Secret token) => store.WriteQuietlyAsync(
        (connection, transaction) => connection.Execute(
            transaction,
            "UPDATE login_refreshes SET used = $used WHERE credential_id = $id AND holder = $holder",
            ("$used", SHA256.HashData(token.Utf8)),
            ("$id", credentialId),
            ("$holder", holder)));

    /// <summary>When a refresh token of a login was used up; null when it was not, or long ago.</summary>
    /// <exception cref="StoreException">The store is busy or failing.</exception>
    public Task<DateTimeOffset?> UsedAtAsync(string credentialId, Secret token)
    {
        var used = SHA256.HashData(token.Utf8);
        return store.ReadAsync(connection => connection
            .Command(null, "SELECT at FROM login_refreshes WHERE credential_id = $id AND used = $used ORDER BY at DESC LIMIT 1", ("$id", credentialId), ("$used", used))
            .Rows(static row => (DateTimeOffset?)DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(0)))
            .FirstOrDefault());
    }
}
