using System.Collections.Immutable;

namespace Gatehouse.Clients.Programs;

/// <summary>Variables of Claude Code that decide where it calls.</summary>
public static class ClaudeCodeVariables
{
    /// <summary>How long the helper's output is used, in milliseconds: a token file changes seldom, and reading it costs nothing.</summary>
    public const string HelperLifetime = "300000";

    private const string Reader = "cat ";

    /// <summary>Each of these sends Claude Code somewhere else, whatever the base address says.</summary>
    public static ImmutableArray<string> Elsewhere { get; } =
    [
        "CLAUDE_CODE_USE_BEDROCK", "CLAUDE_CODE_USE_VERTEX", "CLAUDE_CODE_USE_FOUNDRY", "CLAUDE_CODE_USE_GATEWAY", "CLAUDE_CODE_USE_MANTLE",
        "CLAUDE_CODE_USE_ANTHROPIC_AWS", "CLAUDE_CODE_USE_ANTHROPIC_GOOGLE_CLOUD", "ANTHROPIC_API_BASE_URL", "CLAUDE_AGENT_API_BASE_URL",
    ];

    /// <summary>The command that prints a token file.</summary>
    public static string HelperCommand(string file) => Reader + ShellText.Quote(file);

    /// <summary>The file of a command that <see cref="HelperCommand"/> made; null when it is another command.</summary>
    public static string? HelperFile(string command)
    {
        if (!command.StartsWith(Reader, StringComparison.Ordinal)) return null;
        var file = ShellText.Unquote(command[Reader.Length..]);
        return file is { Length: > 0 } && HelperCommand(file) == command ? file : null;
    }
}
