namespace Gatehouse.Clients.Edits;

/// <summary>
/// How one step of an edit is written: the splices, what the document is to say after them, and what takes it back. A language's editor
/// makes it; <see cref="ConfigDocument"/> does it and holds the result to <see cref="Intended"/>.
/// </summary>
internal sealed record StepPlan(IReadOnlyList<Splice> Splices, ConfigObject Intended, Reversal? Reversal = null)
{
    /// <summary>Set when the step is not to be done; the rest is empty then.</summary>
    public EditRefusal? Refusal { get; private init; }

    /// <summary>A plan that is a refusal.</summary>
    public static StepPlan Refused(EditRefusal refusal) => new([], ConfigObject.Empty) { Refusal = refusal };
}
