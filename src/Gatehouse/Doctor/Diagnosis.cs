namespace Gatehouse.Doctor;

/// <summary>What one check found about one subject.</summary>
/// <param name="Check">The check.</param>
/// <param name="Result">What it found.</param>
internal sealed record Diagnosis(Check Check, CheckResult Result)
{
    /// <summary>Whether something does not work.</summary>
    public bool IsFailure => Result.Outcome == CheckOutcome.Failed;

    /// <summary>Runs checks over a scene, in order.</summary>
    public static async Task<IReadOnlyList<Diagnosis>> OfAsync(Scene scene, IReadOnlyList<Check> checks, CancellationToken cancellation)
    {
        var found = new List<Diagnosis>();
        foreach (var check in checks)
            found.AddRange((await check.RunAsync(scene, cancellation)).Select(result => new Diagnosis(check, result)));
        return found;
    }

    /// <summary>The repairs of what was found: one for each file, and none twice.</summary>
    public static IReadOnlyList<Repair> Repairs(IEnumerable<Diagnosis> found)
    {
        var repairs = new List<Repair>();
        foreach (var repair in found.Select(diagnosis => diagnosis.Result.Repair).OfType<Repair>())
        {
            var at = repairs.FindIndex(other => other.File == repair.File && other.Join(repair) is not null);
            if (at < 0) repairs.Add(repair);
            else repairs[at] = repairs[at].Join(repair)!;
        }

        return repairs;
    }
}
