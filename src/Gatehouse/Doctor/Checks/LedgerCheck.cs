namespace Gatehouse.Doctor.Checks;

/// <summary>The running server writes down what is used, in time and without loss.</summary>
internal sealed class LedgerCheck : Check
{
    /// <inheritdoc/>
    public override string Id => "ledger";

    /// <inheritdoc/>
    public override Task<IReadOnlyList<CheckResult>> RunAsync(Scene scene, CancellationToken cancellation)
    {
        if (scene.Report("ledger") is not { } ledger) return Found(CheckResult.NotApplicable("No server answers."));
        var lost = ledger.TryGetProperty("lost_records", out var count) ? count.GetInt64() : 0;
        if (ledger.TryGetProperty("degraded", out var degraded))
            return Found(CheckResult.Failed($"The ledger is late: {degraded.GetString()}", "Make room on the disk, or give the data directory to this user alone; it catches up by itself."));
        return Found(lost > 0
            ? CheckResult.Warning($"{lost} records were lost since the server started, because disk and memory were full.", "The sums of 'gatehouse usage' are too low by these.")
            : CheckResult.Ok($"{(ledger.TryGetProperty("pending_rows", out var rows) ? rows.GetInt64() : 0)} rows wait to be stored, none was lost."));
    }
}
