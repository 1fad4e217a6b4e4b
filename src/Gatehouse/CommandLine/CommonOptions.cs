using System.CommandLine;
using System.CommandLine.Parsing;

namespace Gatehouse.CommandLine;

/// <summary>Options that mean the same wherever they stand.</summary>
internal static class CommonOptions
{
    /// <summary>The configuration file; understood by every command.</summary>
    public static Option<string?> ConfigFile { get; } = new("--config")
    {
        Description = "The configuration file. Otherwise $GATEHOUSE_CONFIG, then gatehouse.json in the data directory, then defaults.",
        HelpName = "FILE",
        Recursive = true,
        Validators = { static result => RefuseEmpty(result) },
    };

    /// <summary>The data directory; understood by every command.</summary>
    public static Option<string?> DataDirectory { get; } = new("--data-dir")
    {
        Description = "Where the database and the journal are kept. Otherwise $XDG_DATA_HOME/gatehouse, or ~/.local/share/gatehouse.",
        HelpName = "DIR",
        Recursive = true,
        Validators = { static result => RefuseEmpty(result) },
    };

    /// <summary>Asks for the machine-readable form; on every command that prints data.</summary>
    public static Option<bool> Json { get; } = new("--json")
    {
        Description = "Print one JSON object {ok, command, data, warnings, errors} on standard output, whatever happens.",
    };

    // What a variable that is not set leaves behind: taking it for nothing would mean the person's own installation.
    private static void RefuseEmpty(OptionResult result)
    {
        if (result.Tokens is [var token] && string.IsNullOrWhiteSpace(token.Value)) result.AddError($"{result.Option.Name} is empty. Name a path, or leave it out.");
    }
}
