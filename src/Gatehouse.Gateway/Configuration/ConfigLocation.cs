namespace Gatehouse.Gateway.Configuration;

/// <summary>Where the configuration file is, and who said so.</summary>
/// <param name="Path">The file's full path.</param>
/// <param name="NamedBy"><c>--config</c> or <c>GATEHOUSE_CONFIG</c>; null for the data directory's own file, which may be absent.</param>
public sealed record ConfigLocation(string Path, string? NamedBy)
{
    /// <summary>The file's name in the data directory.</summary>
    public const string FileName = "gatehouse.json";

    /// <summary>The environment variable that names a file.</summary>
    public const string Variable = "GATEHOUSE_CONFIG";

    private const int LargestBytes = 1 << 20;

    /// <summary>Finds the file: <c>--config</c>, else <c>GATEHOUSE_CONFIG</c>, else the data directory's.</summary>
    public static ConfigLocation Find(ConfigInputs inputs)
    {
        if (inputs.File is { } named) return new ConfigLocation(System.IO.Path.GetFullPath(named), "--config");
        if (inputs.Environment.GetValueOrDefault(Variable) is { Length: > 0 } variable) return new ConfigLocation(System.IO.Path.GetFullPath(variable), Variable);
        return new ConfigLocation(System.IO.Path.GetFullPath(System.IO.Path.Combine(inputs.DataDirectory, FileName)), null);
    }

    /// <summary>Reads the file. Null without a problem: there is none and none was named.</summary>
    internal byte[]? Read(out ConfigProblem? problem)
    {
        problem = null;
        try
        {
            using var file = new FileStream(Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            if (!file.CanSeek)
            {
                problem = new ConfigProblem("", $"{Path} can't be read: it is a pipe, which gives what it holds only once", "Write it to a file, which can be followed");
                return null;
            }

            if (file.Length > LargestBytes)
            {
                problem = new ConfigProblem("", $"{Path} is larger than {LargestBytes} bytes", "Name the right file");
                return null;
            }

            using var content = new MemoryStream();
            file.CopyTo(content);
            return content.ToArray();
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            if (NamedBy is not null) problem = new ConfigProblem("", $"{Path}, named by {NamedBy}, is not there", "Create it, or name another");
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problem = Directory.Exists(Path) ? new ConfigProblem("", $"{Path} can't be read: it is a folder", "Name the file in it")
                : new ConfigProblem("", $"{Path} can't be read ({e.GetType().Name})", "Let this user read the file");
            return null;
        }
    }
}
