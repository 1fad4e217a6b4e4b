using System.Text;
using Gatehouse.Clients.Edits;

namespace Gatehouse.Clients.Toml;

/// <summary>A TOML 1.0 file. Immutable and thread-safe.</summary>
internal sealed class TomlDocument : ConfigDocument
{
    private TomlDocument(SourceText text, TomlReader reader) : base(text, reader.Root.ToValue()) => (Sections, Table) = (reader.Sections, reader.Root);

    /// <inheritdoc/>
    public override ConfigSyntax Syntax => ConfigSyntax.Toml;

    /// <summary>The sections in the order of the text; the first holds what stands before any header.</summary>
    public IReadOnlyList<TomlSection> Sections { get; }

    /// <summary>The root table, which tells how each table was written.</summary>
    public TomlTable Table { get; }

    /// <summary>Reads the bytes of a file. The fault says why it can't be read.</summary>
    public static TomlDocument? Parse(ReadOnlySpan<byte> bytes, out SyntaxFault? fault)
    {
        if (SourceText.Read(bytes, out fault) is not { } text) return null;
        try
        {
            var reader = new TomlReader(text);
            reader.Read();
            return new TomlDocument(text, reader);
        }
        catch (SyntaxException found)
        {
            fault = found.Fault;
            return null;
        }
    }

    internal override StepPlan PlanSet(KeyPath path, ConfigValue value) => new TomlEditor(this).Set(path, value);

    internal override StepPlan PlanRemove(KeyPath path) => new TomlEditor(this).Remove(path);

    internal override StepPlan PlanUndoCreated(Reversal reversal) => new TomlUndo(this).Created(reversal);

    internal override StepPlan PlanUndoRemoved(Reversal reversal) => new TomlUndo(this).Removed(reversal);

    internal override bool IsInPieces(KeyPath path) => !path.Steps.Any(step => step.IsItem) && Table.Find(path.Steps.Select(step => step.Name)) is not null;

    internal override ConfigValue? ReadValue(string source)
    {
        if (SourceText.Read(Encoding.UTF8.GetBytes(source), out _) is not { } text) return null;
        try
        {
            var node = TomlValues.Read(new TomlCursor(text));
            return node.End == text.Length ? node.Value : null;
        }
        catch (SyntaxException)
        {
            return null;
        }
    }

    private protected override int? OffsetOf(KeyPath path) => TomlPlaces.OffsetOf(this, path);
}
