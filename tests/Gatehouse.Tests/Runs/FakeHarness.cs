using System.Runtime.Versioning;
using Gatehouse.Tests.Running;

namespace Gatehouse.Tests.Runs;

/// <summary>A shell script that is called as an agent is, on a search path of its own, in a home where a server runs.</summary>
[SupportedOSPlatform("linux")]
internal sealed class FakeHarness : IDisposable
{
    /// <summary>Makes it.</summary>
    /// <param name="program">The agent's program, such as <c>claude</c>.</param>
    /// <param name="script">What it does.</param>
    public FakeHarness(string program, string script)
    {
        Folder = Path.Combine(Home.Path, "bin");
        Directory.CreateDirectory(Folder);
        File.WriteAllText(Path.Combine(Folder, program), $"#!/bin/sh\n{script}\n");
        File.SetUnixFileMode(Path.Combine(Folder, program), UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }

    public TemporaryHome Home { get; } = new();

    /// <summary>Where the folders of runs lie.</summary>
    public string Runs => Path.Combine(Home.Path, ".local", "state", "gatehouse", "runs");

    /// <summary>The variable that puts it on the path.</summary>
    public (string, string) SearchPath => ("PATH", $"{Folder}:{Environment.GetEnvironmentVariable("PATH")}");

    /// <summary>Where the program lies.</summary>
    public string Folder { get; }

    public Task<Ran> RunAsync(string[] arguments, string input = "", params (string, string)[] variables) => Gate.RunAsync(Home, ["run", .. arguments], input, [SearchPath, .. variables]);

    public void Dispose() => Home.Dispose();
}
