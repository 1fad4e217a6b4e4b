namespace Gatehouse.ClaudeCli.Workbench;

/// <summary>What a tool of the workbench answers the model.</summary>
/// <param name="Text">The words.</param>
/// <param name="IsError">Whether it failed; the words then say why.</param>
internal readonly record struct ToolOutcome(string Text, bool IsError = false)
{
    /// <summary>The most characters of one answer. The program replaces longer results of tool servers by a note of its own.</summary>
    public const int MostText = 50_000;

    /// <summary>A failure.</summary>
    public static ToolOutcome Failed(string why) => new(why, true);
}
