using System.Buffers.Binary;
using Gatehouse.Gateway.Access;
using Gatehouse.Storage;
using Gatehouse.Storage.Migrations;

namespace Gatehouse.Gateway.Conversations;

/// <summary>One remembered state on its way to or from the database.</summary>
/// <param name="Key">A hash of whose it is, where it was issued and the tool call's id.</param>
/// <param name="TokenId">The token whose conversation it belongs to.</param>
/// <param name="CreatedMicros">When it was remembered, microseconds since the Unix epoch.</param>
/// <param name="Sealed">The state, sealed.</param>
internal readonly record struct ReasoningRow(UInt128 Key, Guid TokenId, long CreatedMicros, byte[] Sealed);

/// <summary>
/// The table <c>turn_reasoning</c>: what models thought on chat clients' tool turns, sealed with the key for conversations. A row tells neither the tool
/// call nor the model: its key is a hash. Thread-safe.
/// </summary>
internal static class ReasoningTable
{
    /// <summary>The most bytes that one token's rows may take up; the oldest go first.</summary>
    internal const long MostBytesPerToken = 64L * 1024 * 1024;

    /// <summary>The schema of this table.</summary>
    public static IReadOnlyList<Migration> Migrations { get; } =
    [
        new("20261121-1100-turn-reasoning", """
            CREATE TABLE turn_reasoning (
                key BYTEA NOT NULL PRIMARY KEY,
                token_id BYTEA NOT NULL,
                created BIGINT NOT NULL,
                bytes BIGINT NOT NULL,
                sealed BYTEA NOT NULL
            );
            CREATE INDEX turn_reasoning_by_token ON turn_reasoning (token_id, created);
            CREATE INDEX turn_reasoning_by_age ON turn_reasoning (created);
            """),
    ];

    /// <summary>Adds rows, newer ones over older, and takes away what is too old or too much.</summary>
    internal static Task<int> AddAsync(Store store, IReadOnlyList<ReasoningRow> rows, long oldestMicros) => store.WriteQuietlyAsync(
        (connection, transaction) =>
        {
            foreach (var row in rows)
            {
                connection.Execute(
                    transaction,
                    """
                    INSERT INTO turn_reasoning (key, token_id, created, bytes, sealed) VALUES ($key, $token, $created, $bytes, $sealed)
                    ON CONFLICT (key) DO UPDATE SET created = excluded.created, bytes = excluded.bytes, sealed = excluded.sealed
                    """,
                    ("$key", Bytes(row.Key)),
                    ("$token", row.TokenId),
                    ("$created", row.CreatedMicros),
                    ("$bytes", (long)row.Sealed.Length),
                    ("$sealed", row.Sealed));
            }

            connection.Execute(transaction, "DELETE FROM turn_reasoning WHERE created <= $oldest", ("$oldest", oldestMicros));
            foreach (var token in rows.Select(static r => r.TokenId).Distinct())
            {
                connection.Execute(
                    transaction,
                    """
                    DELETE FROM turn_reasoning WHERE key IN (
                        SELECT key FROM (
                            SELECT key, SUM(bytes) OVER (ORDER BY created DESC, key DESC) AS upto FROM turn_reasoning WHERE token_id = $token) AS newest
                        WHERE upto > $most)
                    """,
                    ("$token", token),
                    ("$most", MostBytesPerToken));
            }

            return rows.Count;
        });

    /// <summary>The rows of those keys that are there and young enough.</summary>
    internal static Task<List<ReasoningRow>> FindAsync(Store store, IReadOnlyList<UInt128> keys, long oldestMicros, TimeSpan limit) => store.ReadAsync(
        connection =>
        {
            var found = new List<ReasoningRow>();
            foreach (var key in keys)
            {
                var command = connection.Command(
                    null, "SELECT token_id, created, sealed FROM turn_reasoning WHERE key = $key AND created > $oldest", ("$key", Bytes(key)), ("$oldest", oldestMicros));
                found.AddRange(command.Rows(row => new ReasoningRow(key, row.Id(0), row.GetInt64(1), row.Bytes(2))));
            }

            return found;
        },
        limit);

    private static byte[] Bytes(UInt128 key)
    {
        var bytes = new byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, key);
        return bytes;
    }
}
