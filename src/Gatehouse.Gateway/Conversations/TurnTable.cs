using System.Buffers.Binary;
using Gatehouse.Gateway.Access;
using Gatehouse.Secrets;
using Gatehouse.Storage;
using Gatehouse.Storage.Migrations;
using Microsoft.Data.Sqlite;

namespace Gatehouse.Gateway.Conversations;

/// <summary>The table <c>response_turns</c>: turns sealed with the key for conversations, each bound to its id. Thread-safe.</summary>
internal static class TurnTable
{
    /// <summary>The most bytes that one token's turns may take up; the oldest go first.</summary>
    internal const long MostBytesPerToken = 256L * 1024 * 1024;

    /// <summary>The schema of this table.</summary>
    public static IReadOnlyList<Migration> Migrations { get; } =
    [
        new("20261121-1000-response-turns", """
            CREATE TABLE response_turns (
                id TEXT NOT NULL PRIMARY KEY,
                previous_id TEXT,
                token_id BYTEA NOT NULL,
                user_id TEXT,
                created BIGINT NOT NULL,
                expires BIGINT NOT NULL,
                bytes BIGINT NOT NULL,
                sealed BYTEA NOT NULL
            );
            CREATE INDEX response_turns_by_token ON response_turns (token_id, created);
            """),
    ];

    internal static Task<int> AddAsync(Store store, KeyRing keys, StoredTurn turn, CancellationToken cancellation)
    {
        var box = keys.Seal(KeyPurpose.ConversationState, RowId(turn.Id), Pack(turn));
        return store.WriteQuietlyAsync(
            (connection, transaction) =>
            {
                var added = connection.Execute(
                    transaction,
                    """
                    INSERT INTO response_turns (id, previous_id, token_id, user_id, created, expires, bytes, sealed)
                    VALUES ($id, $previous, $token, $user, $created, $expires, $bytes, $sealed) ON CONFLICT (id) DO NOTHING
                    """,
                    ("$id", turn.Id),
                    ("$previous", turn.PreviousId),
                    ("$token", turn.TokenId),
                    ("$user", turn.UserId),
                    ("$created", turn.CreatedMicros),
                    ("$expires", turn.CreatedMicros + (long)StoredTurn.Kept.TotalMicroseconds),
                    ("$bytes", turn.Bytes),
                    ("$sealed", box));
                Trim(connection, transaction, turn);
                return added;
            },
            cancellation);
    }

    internal static Task<StoredTurn?> FindAsync(Store store, KeyRing keys, string id, long nowMicros, TimeSpan limit, CancellationToken cancellation) =>
        store.ReadAsync(
            connection =>
            {
                var command = connection.Command(
                    null,
                    "SELECT previous_id, token_id, user_id, created, sealed FROM response_turns WHERE id = $id AND expires > $now",
                    ("$id", id),
                    ("$now", nowMicros));
                return command.Rows(row => Row(keys, id, row)).FirstOrDefault();
            },
            limit,
            cancellation);

    internal static async Task<int> RemoveAsync(Store store, string id, TimeSpan limit, TimeProvider time)
    {
        using var late = new CancellationTokenSource(limit, time);
        try
        {
            return await store.WriteQuietlyAsync(
                (connection, transaction) => connection.Execute(transaction, "DELETE FROM response_turns WHERE id = $id", ("$id", id)), late.Token);
        }
        catch (OperationCanceledException e)
        {
            throw new TimeoutException("The turn was not removed in time.", e);
        }
    }

    private static void Trim(SqliteConnection connection, SqliteTransaction transaction, StoredTurn turn)
    {
        connection.Execute(transaction, "DELETE FROM response_turns WHERE expires <= $now", ("$now", turn.CreatedMicros));
        connection.Execute(
            transaction,
            """
            DELETE FROM response_turns WHERE id IN (
                SELECT id FROM (
                    SELECT id, SUM(bytes) OVER (ORDER BY created DESC, id DESC) AS upto FROM response_turns WHERE token_id = $token) AS newest
                WHERE upto > $most)
            """,
            ("$token", turn.TokenId),
            ("$most", MostBytesPerToken));
    }

    /// <summary>A row that was altered, or sealed by another key, counts as not there.</summary>
    private static StoredTurn? Row(KeyRing keys, string id, SqliteDataReader row)
    {
        if (keys.TryOpen(KeyPurpose.ConversationState, RowId(id), row.Bytes(4)) is not { Length: >= 4 } packed) return null;
        var input = BinaryPrimitives.ReadInt32BigEndian(packed);
        return new StoredTurn(id, row.Text(0), row.Id(1), row.Text(2), row.GetInt64(3), packed[4..(4 + input)], packed[(4 + input)..]);
    }

    private static byte[] Pack(StoredTurn turn)
    {
        var packed = new byte[4 + turn.Input.Length + turn.Response.Length];
        BinaryPrimitives.WriteInt32BigEndian(packed, turn.Input.Length);
        turn.Input.CopyTo(packed, 4);
        turn.Response.CopyTo(packed, 4 + turn.Input.Length);
        return packed;
    }

    private static string RowId(string id) => "response-turn/" + id;
}
