using System.Reflection;

namespace Gatehouse.CommandLine;

/// <summary>Which version of the program this is.</summary>
internal static class ProgramVersion
{
    /// <summary>The version without the build's commit, such as <c>0.1.0</c>.</summary>
    public static string Text { get; } = Read();

    private static string Read()
    {
        var version = typeof(ProgramVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion
            ?? "";
        var plus = version.IndexOf('+', StringComparison.Ordinal);
        return plus < 0 ? version : version[..plus];
    }
}
