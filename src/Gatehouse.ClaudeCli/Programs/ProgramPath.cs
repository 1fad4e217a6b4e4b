namespace Gatehouse.ClaudeCli.Programs;

/// <summary>Finds the program. It is looked for before it is started, because the helper that starts it in a session of its own would only say that it failed.</summary>
internal static class ProgramPath
{
    /// <summary>The whole path of a program that is there and may be run; null when there is none.</summary>
    /// <param name="program">A path, or a name to find on <c>PATH</c>.</param>
    /// <param name="machine">Reads a variable of the gateway's own environment.</param>
    public static string? Find(string program, Func<string, string?> machine)
    {
        if (program.Contains(Path.DirectorySeparatorChar, StringComparison.Ordinal)) return IsProgram(program) ? Path.GetFullPath(program) : null;
        return (machine("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Select(folder => Path.Combine(folder, program)).FirstOrDefault(IsProgram);
    }

    /// <summary>What a person is told of a program that is not there.</summary>
    public static string Absent(string program) =>
        $"'{program}' is not there, or may not be run. Install it with: npm install -g @anthropic-ai/claude-code – or name its path in program.path of the provider.";

    /// <summary>What a person is told of a program that is too old.</summary>
    public static string TooOld(string program, Version version) =>
        $"'{program}' is version {version}; {Accounts.ProgramCommand.Oldest} is the oldest that is known to work. Install a newer one with: npm install -g @anthropic-ai/claude-code@latest";

    private static bool IsProgram(string path) => File.Exists(path)
        && (OperatingSystem.IsWindows() || (File.GetUnixFileMode(path) & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != 0);
}
