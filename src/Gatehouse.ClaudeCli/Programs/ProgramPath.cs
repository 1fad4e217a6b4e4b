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

    private static bool IsProgram(string path) => File.Exists(path)
        && (OperatingSystem.IsWindows() || (File.GetUnixFileMode(path) & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != 0);
}
