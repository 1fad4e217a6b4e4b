using System.Text.RegularExpressions;

namespace Gatehouse.Simulator.Scripts;

/// <summary>Finds what a person wrote among what agents add around it.</summary>
internal static partial class UserText
{
    /// <summary>The texts of a message without the agents' own blocks; empty ones are left out.</summary>
    public static List<string> Authored(UserTurn turn) => [.. turn.Texts.Select(Bare).Where(t => t.Length > 0)];

    /// <summary>A text without the agents' own blocks.</summary>
    public static string Bare(string text) => Wrapped().Replace(text, "").Trim();

    // Claude Code, Codex, opencode and Qwen Code wrap reminders, environments and instructions in tags of these families.
    [GeneratedRegex(@"<(system-reminder|system_reminder|environment_context|user_instructions|local-command-[a-z]+|command-[a-z]+|INSTRUCTIONS|env|context|permissions[a-z_ -]*|collaboration_mode|skills_instructions|apps_instructions|plugins_instructions)\b[^>]*>.*?</\1>", RegexOptions.Singleline | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Wrapped();
}
