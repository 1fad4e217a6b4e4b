using System.Text.Json;
using Gatehouse.ClaudeCli.Workbench;
using Gatehouse.Gateway.Routing;

namespace Gatehouse.ClaudeCli.Tests.Workbench;

/// <summary>A working folder with a secret beside it, and the tools on it. Removed with the test.</summary>
internal sealed class WorkStage : IDisposable
{
    /// <summary>What must never come out, and the file that it is in, beside the working folder.</summary>
    public const string Secret = "the-neighbours-secret";

    private readonly string _above = Directory.CreateTempSubdirectory("gatehouse-work-").FullName;
    private readonly WorkTools _tools;

    public WorkStage(bool commands = true, double seconds = 60, Dictionary<string, string>? environment = null, bool hasSteps = true)
    {
        Directory.CreateDirectory(Folder);
        File.WriteAllText(SecretFile, Secret);
        var machine = environment ?? new Dictionary<string, string> { ["PATH"] = Environment.GetEnvironmentVariable("PATH")! };
        _tools = new WorkTools(new WorkFolder(Folder, hasSteps), new ProgramLoop(100, commands, TimeSpan.FromSeconds(seconds)), machine.GetValueOrDefault);
    }

    public string Folder => Path.Combine(_above, "work");

    /// <summary>The folder that the working folder and the secret are in, and nothing else.</summary>
    public string Above => _above;

    public string SecretFile => Path.Combine(_above, "secret.txt");

    public string At(string path) => Path.Combine(Folder, path);

    public void Put(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At(path))!);
        File.WriteAllText(At(path), text);
    }

    public void Link(string path, string target) => File.CreateSymbolicLink(At(path), target);

    public Task<ToolOutcome> RunAsync(string tool, object arguments, CancellationToken cancellation = default) =>
        _tools.RunAsync(JsonSerializer.SerializeToUtf8Bytes(new { name = tool, arguments }), cancellation).WaitAsync(TimeSpan.FromSeconds(10), CancellationToken.None);

    public void Dispose() => Directory.Delete(_above, true);
}
