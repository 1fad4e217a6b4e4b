using System.CommandLine;
using System.CommandLine.Parsing;
using Gatehouse.Control;
using Gatehouse.Gateway.Tenancy;

namespace Gatehouse.CommandLine;

/// <summary>
/// What is wrong with the form of the values on a command line, whatever they would mean: empty ones, as a variable that is not set leaves behind, and names
/// that nothing can have. Told before anything is opened. Never repeats a value: one may be a secret in the wrong place.
/// </summary>
internal static class ValueForms
{
    /// <summary>The faults of a line that was understood.</summary>
    public static IReadOnlyList<string> Faults(ParseResult parsed)
    {
        var faults = new List<string>();
        for (SymbolResult? at = parsed.CommandResult; at is CommandResult command; at = at.Parent)
            foreach (var child in command.Children)
                faults.AddRange(Of(child));
        return [.. faults.Distinct()];
    }

    private static IEnumerable<string> Of(SymbolResult result)
    {
        var (name, type, help) = result switch
        {
            OptionResult { Option: var option } => (option.Name, option.ValueType, option.HelpName),
            ArgumentResult { Argument: var argument } => ($"<{argument.Name}>", argument.ValueType, argument.HelpName),
            _ => ("", typeof(void), null),
        };
        if (type != typeof(string)) return [];
        return result.Tokens.Select(token => Fault(name, help ?? "", token.Value)).OfType<string>();
    }

    private static string? Fault(string name, string help, string value) => name switch
    {
        "--name" or "<name>" => GivenName.Fault(value) is { } fault ? $"{name}: {fault}" : null,
        _ when string.IsNullOrWhiteSpace(value) => $"{name} is empty. Give a value, or leave it out.",
        // Paths may hold anything.
        _ when help is "FILE" or "DIR" => null,
        _ when value.Any(char.IsControl) => $"{name} holds a line break or another control character.",
        _ when help.Contains("ID", StringComparison.Ordinal) && value.Length > TenantNames.LongestId =>
            $"{name} is longer than {TenantNames.LongestId} characters, which no id or name is.",
        _ => null,
    };
}
