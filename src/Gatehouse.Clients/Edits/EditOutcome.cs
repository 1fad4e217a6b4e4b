namespace Gatehouse.Clients.Edits;

/// <summary>Why a document was not edited. Nothing of it was changed.</summary>
/// <param name="Reason">The reason in words, for a person.</param>
/// <param name="Path">What was to be edited, if it is about that.</param>
/// <param name="Place">Line and column of what stands in the way, if something does, in the document as it was before any of the edits.</param>
internal sealed record EditRefusal(string Reason, KeyPath? Path = null, (int Line, int Column)? Place = null)
{
    /// <summary>The refusal as a person reads it.</summary>
    public override string ToString() => Place is var (line, column) ? $"line {line}, column {column}: {Reason}" : Reason;
}

/// <summary>A step that was not taken back, and why: what stands there now is not what we wrote.</summary>
internal sealed record LeftAlone(KeyPath Path, string Reason);

/// <summary>What became of the edits of a document: the new document, or a refusal. All edits are done, or none.</summary>
/// <param name="Document">The document with the edits; the same object when they changed nothing. Null when refused.</param>
/// <param name="Refusal">Why not. Null when done.</param>
/// <param name="Reversals">What takes the edits back, in the order in which they were done (<see cref="ConfigDocument.Undo"/> goes backwards).</param>
/// <param name="LeftAlone">Steps that an undo did not take back.</param>
internal sealed record EditOutcome(ConfigDocument? Document, EditRefusal? Refusal, IReadOnlyList<Reversal> Reversals, IReadOnlyList<LeftAlone> LeftAlone)
{
    /// <summary>A refusal.</summary>
    public static EditOutcome Refused(EditRefusal refusal) => new(null, refusal, [], []);
}
