using Gatehouse.Clients.Edits;

namespace Gatehouse.Clients.Json;

/// <summary>A JSON file, with comments and trailing commas where it has them. Its root is an object; a file of blanks and comments is an empty one. Immutable and thread-safe.</summary>
internal sealed class JsoncDocument : ConfigDocument
{
    private JsoncDocument(SourceText text, JsoncNode? node) : base(text, (ConfigObject?)node?.Value ?? ConfigObject.Empty) => Node = node;

    /// <inheritdoc/>
    public override ConfigSyntax Syntax => ConfigSyntax.Json;

    /// <summary>The root object; null when the file holds none yet.</summary>
    public JsoncNode? Node { get; }

    /// <summary>Reads the bytes of a file. The fault says why it can't be read.</summary>
    public static JsoncDocument? Parse(ReadOnlySpan<byte> bytes, out SyntaxFault? fault)
    {
        if (SourceText.Read(bytes, out fault) is not { } text) return null;
        try
        {
            var node = new JsoncReader(text).Read();
            if (node is not (null or { Value: ConfigObject })) fault = text.Fault(node.Start, $"the document is {node.Value.Kind}, not an object");
            return fault is null ? new JsoncDocument(text, node) : null;
        }
        catch (SyntaxException found)
        {
            fault = found.Fault;
            return null;
        }
    }

    /// <summary>The nodes from the root along a path, as far as they are there: the root first.</summary>
    public IReadOnlyList<JsoncNode> Way(KeyPath path)
    {
        if (Node is null) return [];
        var way = new List<JsoncNode> { Node };
        foreach (var step in path.Steps)
        {
            var index = way[^1].IndexOf(step);
            if (index < 0) break;
            way.Add(way[^1].Slots![index].Node);
        }
        return way;
    }

    internal override StepPlan PlanSet(KeyPath path, ConfigValue value) => new JsoncEditor(this).Set(path, value);

    internal override StepPlan PlanRemove(KeyPath path) => new JsoncEditor(this).Remove(path);

    internal override StepPlan PlanUndoCreated(Reversal reversal) => new JsoncUndo(this).Created(reversal);

    internal override StepPlan PlanUndoRemoved(Reversal reversal) => new JsoncUndo(this).Removed(reversal);

    internal override ConfigValue? ReadValue(string source)
    {
        if (SourceText.Read(System.Text.Encoding.UTF8.GetBytes(source), out _) is not { } text) return null;
        try
        {
            return new JsoncReader(text).Read() is { } node && node.Start == text.Start && node.End == text.Length ? node.Value : null;
        }
        catch (SyntaxException)
        {
            return null;
        }
    }

    private protected override int? OffsetOf(KeyPath path)
    {
        if (path.IsRoot) return Node?.Start ?? Text.Start;
        var way = Way(path.Parent);
        if (way.Count < path.Steps.Count) return null;
        var index = way[^1].IndexOf(path.Last);
        return index < 0 ? null : way[^1].Slots![index].Start;
    }
}
