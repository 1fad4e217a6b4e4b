using Gatehouse.Clients.Setups;

namespace Gatehouse.Clients.Tests;

/// <summary>A home, a project folder and a system root of their own for clients' files, removed at the end.</summary>
internal sealed class ClientHome : IDisposable
{
    private readonly Dictionary<string, string> _variables = [];

    public ClientHome()
    {
        Root = Directory.CreateTempSubdirectory("gatehouse-clients-").FullName;
        Directory.CreateDirectory(Path.Combine(Root, "home"));
        Directory.CreateDirectory(Path.Combine(Root, "project"));
    }

    public string Root { get; }

    public string Home => Path.Combine(Root, "home");

    public Surroundings At => new(Home, Path.Combine(Root, "project"), name => _variables.GetValueOrDefault(name), Path.Combine(Root, "system"));

    public void Set(string variable, string value) => _variables[variable] = value;

    /// <summary>The path of something below the root.</summary>
    public string Full(string name) => Path.Combine(Root, name);

    /// <summary>Writes a file below the root.</summary>
    public string Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Full(name))!);
        File.WriteAllText(Full(name), text);
        return Full(name);
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
