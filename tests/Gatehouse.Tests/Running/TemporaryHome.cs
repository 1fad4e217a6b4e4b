namespace Gatehouse.Tests.Running;

/// <summary>A home directory for programs under test, removed at the end.</summary>
internal sealed class TemporaryHome : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("gatehouse-cli-").FullName;

    /// <summary>Where the program keeps its data when nothing else is said.</summary>
    public string DataDirectory => System.IO.Path.Combine(Path, "data", "gatehouse");

    public string Database => System.IO.Path.Combine(DataDirectory, "gatehouse.db");

    public string KeyFile => System.IO.Path.Combine(Path, "config", "gatehouse", "master.key");

    /// <summary>The whole environment of a program: nothing of the person's own who runs the tests.</summary>
    public Dictionary<string, string> Environment() => new()
    {
        ["PATH"] = System.Environment.GetEnvironmentVariable("PATH") ?? "",
        ["DOTNET_ROOT"] = System.Environment.GetEnvironmentVariable("DOTNET_ROOT") ?? "",
        ["HOME"] = Path,
        ["XDG_DATA_HOME"] = System.IO.Path.Combine(Path, "data"),
        ["XDG_CONFIG_HOME"] = System.IO.Path.Combine(Path, "config"),
        ["TMPDIR"] = Path,
    };

    public string Write(string name, string text)
    {
        var file = System.IO.Path.Combine(Path, name);
        File.WriteAllText(file, text);
        return file;
    }

    /// <summary>Every file below it whose bytes hold a text.</summary>
    public IReadOnlyList<string> FilesHolding(string text)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(text);
        return [.. Directory.EnumerateFiles(Path, "*", SearchOption.AllDirectories)
            .Where(f => File.ReadAllBytes(f).AsSpan().IndexOf(bytes) >= 0)];
    }

    public void Dispose()
    {
        Directory.Delete(Path, recursive: true);
    }
}
