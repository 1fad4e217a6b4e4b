using System.CommandLine;
using System.Text.RegularExpressions;

namespace Gatehouse.CommandLine;

/// <summary>Says what the parser of the command line says in words for people: its own name types of the platform, and spread lists over lines.</summary>
internal static partial class ParserWords
{
    /// <summary>The message in our words; as it is where there are none for it.</summary>
    /// <param name="message">What the parser says.</param>
    /// <param name="command">The command that it says it of.</param>
    public static string Of(string message, Command command)
    {
        if (message == "Required command was not provided.")
            return $"Required command was not provided. Write one of {string.Join(", ", command.Subcommands.Where(word => !word.Hidden).Select(word => $"'{word.Name}'"))}.";
        if (NotOfType().Match(message) is { Success: true } wrong) return $"{wrong.Groups["option"].Value} is '{wrong.Groups["value"].Value}', which is not a number.";
        if (NotAmong().Match(message) is { Success: true } unknown)
            return $"'{unknown.Groups["value"].Value}' is not known here. Write one of {string.Join(", ", unknown.Groups["choice"].Captures.Select(choice => choice.Value))}.";
        return message;
    }

    // The only types of ours that the parser converts by itself are numbers.
    [GeneratedRegex(@"^Cannot parse argument '(?<value>.*)' for \w+ '(?<option>[^']+)' as expected type '[^']+'\.$", RegexOptions.Singleline)]
    private static partial Regex NotOfType();

    [GeneratedRegex(@"^Argument '(?<value>.*)' not recognized\. Must be one of:(\s+(?<choice>'[^']+'))+\s*$", RegexOptions.Singleline)]
    private static partial Regex NotAmong();
}
