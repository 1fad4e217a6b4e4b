namespace Gatehouse.Doctor;

/// <summary>What a check came to.</summary>
internal enum CheckOutcome
{
    /// <summary>As it should be.</summary>
    Ok,

    /// <summary>It works, but a person should know.</summary>
    Warning,

    /// <summary>It does not work, or not as the person wanted.</summary>
    Failed,

    /// <summary>There was nothing to look at, and the evidence says why.</summary>
    NotApplicable,
}

/// <summary>One thing that a check found. A check may find several, each about a subject of its own.</summary>
/// <param name="Outcome">What it came to.</param>
/// <param name="Evidence">What was seen, in words; never a secret.</param>
/// <param name="Suggestion">What helps; null when nothing has to be done.</param>
/// <param name="Subject">Which client, provider or file it is about; empty for the installation as a whole.</param>
/// <param name="Repair">What <c>--fix</c> does about it; null when only a person can.</param>
internal sealed record CheckResult(CheckOutcome Outcome, string Evidence, string? Suggestion = null, string Subject = "", Repair? Repair = null)
{
    /// <summary>As it should be.</summary>
    public static CheckResult Ok(string evidence, string subject = "") => new(CheckOutcome.Ok, evidence, null, subject);

    /// <summary>It works, but a person should know.</summary>
    public static CheckResult Warning(string evidence, string suggestion, string subject = "", Repair? repair = null) =>
        new(CheckOutcome.Warning, evidence, suggestion, subject, repair);

    /// <summary>It does not work.</summary>
    public static CheckResult Failed(string evidence, string suggestion, string subject = "", Repair? repair = null) =>
        new(CheckOutcome.Failed, evidence, suggestion, subject, repair);

    /// <summary>There was nothing to look at.</summary>
    public static CheckResult NotApplicable(string why, string subject = "") => new(CheckOutcome.NotApplicable, why, null, subject);

    /// <summary>The outcome's name, as it is shown.</summary>
    public string Word => Outcome switch
    {
        CheckOutcome.Ok => "ok",
        CheckOutcome.Warning => "warning",
        CheckOutcome.Failed => "failed",
        _ => "not applicable",
    };
}
