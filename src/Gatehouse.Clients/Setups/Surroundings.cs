namespace Gatehouse.Clients.Setups;

/// <summary>
/// Where a client's files are looked for: the home, the environment, the current folder. A test gives its own; a program gives those of its
/// process. Immutable.
/// </summary>
/// <param name="Home">The person's home folder.</param>
/// <param name="Folder">The folder that project settings belong to.</param>
/// <param name="Variable">Reads an environment variable; null when it is not set.</param>
/// <param name="SystemRoot">The root below which settings of the whole machine lie: <c>/</c>.</param>
public sealed record Surroundings(string Home, string Folder, Func<string, string?> Variable, string SystemRoot = "/")
{
    /// <summary>The folder for configuration by the XDG rules, which some clients follow on every system.</summary>
    public string ConfigHome => Set("XDG_CONFIG_HOME") ?? Path.Combine(Home, ".config");

    /// <summary>The folder for state by the XDG rules.</summary>
    public string StateHome => Set("XDG_STATE_HOME") ?? Path.Combine(Home, ".local", "state");

    /// <summary>Runs a client's program from the path with arguments and gives what it prints; null when there is none or it fails. By default it knows no program.</summary>
    public Func<string, IReadOnlyList<string>, string?> Ask { get; init; } = (_, _) => null;

    /// <summary>Those of this process.</summary>
    public static Surroundings OfProcess() => new(
        Environment.GetEnvironmentVariable("HOME") is { Length: > 0 } home ? home : Environment.GetFolderPath(Environment.SpecialFolder.UserProfile),
        Environment.CurrentDirectory,
        Environment.GetEnvironmentVariable)
    {
        Ask = ProgramOutput.Of,
    };

    /// <summary>The value of a variable; null when it is missing or empty.</summary>
    public string? Set(string variable) => Variable(variable) is { Length: > 0 } value ? value : null;

    /// <summary>A path below the home.</summary>
    internal string InHome(params ReadOnlySpan<string> parts) => Path.Combine([Home, .. parts]);

    /// <summary>A file with the home written as <c>~</c>, for people.</summary>
    public string Shown(string path) =>
        Home.Length > 1 && path.StartsWith(Home + "/", StringComparison.Ordinal) ? "~" + path[Home.Length..] : path;
}
