namespace Gatehouse.EndToEnd.Processes;

/// <summary>A temporary folder, removed with everything in it when disposed, and an environment that keeps a program inside it.</summary>
internal sealed class TestFolder : IDisposable
{
    /// <summary>Makes a new one.</summary>
    public TestFolder() => Path = Directory.CreateTempSubdirectory("gatehouse-e2e-").FullName;

    /// <summary>Its absolute path.</summary>
    public string Path { get; }

    /// <summary>The path of something inside it.</summary>
    public string At(params string[] parts) => System.IO.Path.Combine([Path, .. parts]);

    /// <summary>Makes a folder inside it.</summary>
    public string Folder(params string[] parts) => Directory.CreateDirectory(At(parts)).FullName;

    /// <summary>Writes a file inside it.</summary>
    public string Write(string name, string text)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(At(name))!);
        File.WriteAllText(At(name), text);
        return At(name);
    }

    /// <summary>A home and every folder that programs look for by a variable, all inside this folder, with more variables added.</summary>
    public Dictionary<string, string> Environment(params (string Name, string Value)[] more)
    {
        var environment = new Dictionary<string, string>
        {
            ["HOME"] = Folder("home"),
            ["TMPDIR"] = Folder("tmp"),
            ["XDG_CONFIG_HOME"] = Folder("home", ".config"),
            ["XDG_DATA_HOME"] = Folder("home", ".local", "share"),
            ["XDG_CACHE_HOME"] = Folder("home", ".cache"),
            ["XDG_STATE_HOME"] = Folder("home", ".local", "state"),
            ["LANG"] = "C.UTF-8",
            ["TERM"] = "dumb",
            ["SHELL"] = "/bin/bash",
            ["DOTNET_NOLOGO"] = "1",
            ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1",
        };
        if (System.Environment.GetEnvironmentVariable("DOTNET_ROOT") is { } dotnet) environment["DOTNET_ROOT"] = dotnet;
        foreach (var (name, value) in more) environment[name] = value;
        return environment;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // A program that was just killed may still be losing its files.
        for (var left = 5; Directory.Exists(Path) && left > 0; left--)
        {
            try
            {
                Directory.Delete(Path, recursive: true);
            }
            catch (IOException) when (left > 1)
            {
                Thread.Yield();
            }
        }
    }
}
