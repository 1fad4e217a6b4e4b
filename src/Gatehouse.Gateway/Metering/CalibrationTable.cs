using Gatehouse.Gateway.Access;
using Gatehouse.Storage;
using Gatehouse.Storage.Migrations;

namespace Gatehouse.Gateway.Metering;

/// <summary>The table <c>token_calibration</c>: for each model the factor by which estimates of its input tokens are corrected. Thread-safe.</summary>
internal static class CalibrationTable
{
    /// <summary>Models that nobody has asked for longest are forgotten beyond this number: their names come from callers.</summary>
    internal const int MostModels = 500;

    /// <summary>The schema of this table.</summary>
    public static IReadOnlyList<Migration> Migrations { get; } =
    [
        new("20261121-1105-token-calibration", """
            CREATE TABLE token_calibration (
                model TEXT NOT NULL PRIMARY KEY,
                factor DOUBLE PRECISION NOT NULL,
                learned_at BIGINT NOT NULL
            );
            """),
    ];

    /// <summary>Writes down what was learned at a time, in milliseconds since the Unix epoch.</summary>
    internal static Task<int> AddAsync(Store store, IReadOnlyList<(string Model, double Factor)> learned, DateTimeOffset at) => store.WriteQuietlyAsync(
        (connection, transaction) =>
        {
            foreach (var (model, factor) in learned)
            {
                connection.Execute(
                    transaction,
                    """
                    INSERT INTO token_calibration (model, factor, learned_at) VALUES ($model, $factor, $at)
                    ON CONFLICT (model) DO UPDATE SET factor = excluded.factor, learned_at = excluded.learned_at
                    """,
                    ("$model", model),
                    ("$factor", factor),
                    ("$at", at));
            }

            return connection.Execute(
                transaction,
                """
                DELETE FROM token_calibration WHERE model NOT IN (
                    SELECT model FROM token_calibration ORDER BY learned_at DESC, model LIMIT $most)
                """,
                ("$most", MostModels));
        });

    /// <summary>Everything that is known.</summary>
    internal static Task<List<(string Model, double Factor)>> ReadAsync(Store store) => store.ReadAsync(
        connection => connection.Command(null, "SELECT model, factor FROM token_calibration").Rows(static row => (row.GetString(0), row.GetDouble(1))));
}
