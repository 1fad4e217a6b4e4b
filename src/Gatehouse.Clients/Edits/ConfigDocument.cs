using Gatehouse.Clients.Json;
using Gatehouse.Clients.Toml;

namespace Gatehouse.Clients.Edits;

/// <summary>
/// A client's configuration file as text and as what it says. Edits give a new document; bytes that no edit is about stay as they are, and
/// what is written is read again and held to what was wanted before anyone gets to see it. Immutable and thread-safe.
/// </summary>
internal abstract class ConfigDocument
{
    private protected ConfigDocument(SourceText text, ConfigObject root) => (Text, Root) = (text, root);

    /// <summary>The language.</summary>
    public abstract ConfigSyntax Syntax { get; }

    /// <summary>The text.</summary>
    public SourceText Text { get; }

    /// <summary>What the document says. An empty JSON file says what an empty object says.</summary>
    public ConfigObject Root { get; }

    /// <summary>The bytes of the file.</summary>
    public ReadOnlySpan<byte> Bytes => Text.Bytes;

    /// <summary>Reads a file's bytes; an empty or missing file is the empty document. The fault says why it can't be read.</summary>
    public static ConfigDocument? Parse(ConfigSyntax syntax, ReadOnlySpan<byte> bytes, out SyntaxFault? fault) => syntax switch
    {
        ConfigSyntax.Json => JsoncDocument.Parse(bytes, out fault),
        _ => TomlDocument.Parse(bytes, out fault),
    };

    /// <summary>The value at a path, or null.</summary>
    public ConfigValue? Find(KeyPath path) => Root.Find(path);

    /// <summary>Line and column where the member or value of a path stands, or null.</summary>
    public (int Line, int Column)? Place(KeyPath path) => OffsetOf(path) is { } offset ? Text.Place(offset) : null;

    /// <summary>Does the edits in order: all of them, or none.</summary>
    public EditOutcome Apply(params IEnumerable<Edit> edits)
    {
        var run = new EditRun(this);
        foreach (var edit in edits)
        {
            if (run.Do(edit) is { } refusal) return EditOutcome.Refused(refusal);
        }
        return run.Outcome;
    }

    /// <summary>
    /// Takes edits back, the last one first; never refused as a whole. A step whose value is not what we wrote any more is left alone and reported; so is a removed
    /// value whose place is taken. <paramref name="isOurs"/> may claim a changed value as ours nevertheless (a token whose hash we know).
    /// </summary>
    public EditOutcome Undo(IEnumerable<Reversal> reversals, Func<KeyPath, ConfigValue, bool>? isOurs = null)
    {
        var run = new EditRun(this);
        foreach (var reversal in reversals.Reverse()) run.Undo(reversal, isOurs);
        return run.Outcome;
    }

    /// <summary>Plans to write a value that is not an object with members where nothing, or another value, stands.</summary>
    internal abstract StepPlan PlanSet(KeyPath path, ConfigValue value);

    /// <summary>Plans to take away what stands at a path.</summary>
    internal abstract StepPlan PlanRemove(KeyPath path);

    /// <summary>Whether what stands at a path is written in pieces (a TOML table with header or dotted keys), so that its members are removed one by one.</summary>
    internal virtual bool IsInPieces(KeyPath path) => false;

    /// <summary>Plans to take away what an edit made, with all that it put around it, and the objects that it made if nothing else is in them.</summary>
    internal abstract StepPlan PlanUndoCreated(Reversal reversal);

    /// <summary>Plans to put back what an edit removed.</summary>
    internal abstract StepPlan PlanUndoRemoved(Reversal reversal);

    /// <summary>Reads source text as one value of this language; null when it is not.</summary>
    internal abstract ConfigValue? ReadValue(string source);

    /// <summary>Reads other bytes in the same language.</summary>
    internal ConfigDocument? Reparse(ReadOnlySpan<byte> bytes, out SyntaxFault? fault) => Parse(Syntax, bytes, out fault);

    private protected abstract int? OffsetOf(KeyPath path);
}
