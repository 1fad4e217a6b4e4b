using Gatehouse.Doctor;

namespace Gatehouse.Tests.Doctor;

/// <summary>One thing that is wrong with an agent that is otherwise well.</summary>
public sealed record AgentFault
{
    /// <summary>The check that has to find it.</summary>
    public required string Check { get; init; }

    /// <summary>What the row is called in the test's name.</summary>
    public required string Name { get; init; }

    /// <summary>The agent: <c>claude-code</c>, <c>codex</c>, <c>opencode</c> or <c>qwen-code</c>.</summary>
    public required string Agent { get; init; }

    /// <summary>A part of its good settings that is replaced.</summary>
    public string From { get; init; } = "";

    /// <summary>What it is replaced with.</summary>
    public string To { get; init; } = "";

    /// <summary>Further files, by their path below the home.</summary>
    public (string Path, string Text)[] Files { get; init; } = [];

    /// <summary>Variables of the shell.</summary>
    public (string Name, string Value)[] Shell { get; init; } = [];

    /// <summary>Whether it is only a warning.</summary>
    public bool IsWarning { get; init; }

    /// <summary>A part of the evidence.</summary>
    public required string Evidence { get; init; }

    /// <summary>Whether <c>--fix</c> mends it.</summary>
    public bool IsMended { get; init; }

    /// <summary>What stands in place of <see cref="To"/> once it is mended; null for what stood there in the good settings.</summary>
    public string? Mended { get; init; }

    /// <summary>What the check comes to.</summary>
    internal CheckOutcome Outcome => IsWarning ? CheckOutcome.Warning : CheckOutcome.Failed;

    /// <inheritdoc/>
    public override string ToString() => $"{Check}: {Name}";
}
