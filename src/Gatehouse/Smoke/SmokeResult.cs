using Gatehouse.Dialects;

namespace Gatehouse.Smoke;

/// <summary>What a check of the smoke run came to.</summary>
internal enum SmokeOutcome
{
    /// <summary>As it should be.</summary>
    Ok,

    /// <summary>Not as it should be.</summary>
    Failed,

    /// <summary>The gateway says that the model's provider is not spoken to in this dialect. No failure: the caller has to speak another.</summary>
    NotServed,
}

/// <summary>One check of the smoke run.</summary>
/// <param name="Dialect">The dialect that was spoken.</param>
/// <param name="Check">The check's name, as in <c>docs/doctor.md</c>.</param>
/// <param name="Outcome">What it came to.</param>
/// <param name="Took">How long it took.</param>
/// <param name="Detail">What was seen; never a secret.</param>
internal sealed record SmokeResult(Dialect Dialect, string Check, SmokeOutcome Outcome, TimeSpan Took, string Detail)
{
    /// <summary>The outcome's name, as it is shown.</summary>
    public string Word => Outcome switch { SmokeOutcome.Ok => "ok", SmokeOutcome.Failed => "failed", _ => "not served" };
}
