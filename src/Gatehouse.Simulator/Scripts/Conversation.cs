namespace Gatehouse.Simulator.Scripts;

/// <summary>One thing that happened in a conversation, in the order of the request.</summary>
internal abstract record Turn;

/// <summary>All texts of one message written by the user (agents add reminders to them).</summary>
internal sealed record UserTurn(IReadOnlyList<string> Texts) : Turn;

/// <summary>Text or reasoning of the model.</summary>
internal sealed record AssistantTurn(string Text) : Turn;

/// <summary>A tool call that the model made earlier.</summary>
internal sealed record CallTurn(string Id, string Name) : Turn;

/// <summary>What a tool gave back.</summary>
internal sealed record ResultTurn(string Id, string Text) : Turn;

/// <summary>A tool that the request offers.</summary>
/// <param name="Name">Its name.</param>
/// <param name="IsCustom">Whether its input is free text.</param>
/// <param name="Namespace">The Responses namespace that holds it, if any.</param>
/// <param name="Schema">The JSON schema of its input as text, if it has one.</param>
internal sealed record OfferedTool(string Name, bool IsCustom, string? Namespace, string? Schema);

/// <summary>What the script needs of a request, whatever its dialect.</summary>
internal sealed record Conversation(IReadOnlyList<Turn> Turns, IReadOnlyList<OfferedTool> Tools)
{
    /// <summary>Whether the caller asked for reasoning that it can see or echo.</summary>
    public Reasoning Reasoning { get; init; }

    /// <summary>The tool the caller insists on; empty = any; null = the model may choose.</summary>
    public string? ForcedTool { get; init; }

    /// <summary>Whether tools must not be called at all.</summary>
    public bool ToolsForbidden { get; init; }

    /// <summary>The vendor's own tools that the request offers; an MCP server by its name, the others with an empty one.</summary>
    public IReadOnlyDictionary<HostedKind, string> Hosted { get; init; } = new Dictionary<HostedKind, string>();

    /// <summary>The JSON schema that the text must obey, as text, if the caller gave one.</summary>
    public string? TextSchema { get; init; }

    /// <summary>The limit on the answer's length, in tokens.</summary>
    public long? MaxTokens { get; init; }

    /// <summary>Strings that end the answer.</summary>
    public IReadOnlyList<string> StopSequences { get; init; } = [];
}

/// <summary>How far a request wants reasoning.</summary>
internal enum Reasoning
{
    /// <summary>None can be shown.</summary>
    Off,

    /// <summary>When the script asks for it.</summary>
    Allowed,

    /// <summary>Always (Anthropic's <c>thinking.type: enabled</c>).</summary>
    Always,
}
