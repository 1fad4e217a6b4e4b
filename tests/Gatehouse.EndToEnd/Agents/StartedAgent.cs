using Gatehouse.EndToEnd.Processes;

namespace Gatehouse.EndToEnd.Agents;

/// <summary>An agent that was started with one prompt, in a home and a project folder of its own. Ended with both when it is disposed.</summary>
internal sealed class StartedAgent(TestFolder folder, GuardedProcess process) : IAsyncDisposable
{
    /// <summary>What stands in a prompt for the project folder's path.</summary>
    public const string Project = "{project}";

    /// <summary>Starts one.</summary>
    /// <param name="folder">Its home and its project folder; disposed with it.</param>
    /// <param name="command">The program and its arguments, in which <see cref="Project"/> stands for its folder.</param>
    /// <param name="environment">Its environment.</param>
    /// <param name="files">Files that lie in its project folder, by name; null for none.</param>
    public static StartedAgent Start(
        TestFolder folder, IReadOnlyList<string> command, IReadOnlyDictionary<string, string> environment, IReadOnlyDictionary<string, byte[]>? files = null)
    {
        var project = folder.Folder("project");
        foreach (var (name, bytes) in files ?? new Dictionary<string, byte[]>()) File.WriteAllBytes(Path.Combine(project, name), bytes);
        return new StartedAgent(folder, GuardedProcess.Start([.. command.Select(one => one.Replace(Project, project, StringComparison.Ordinal))], environment, project));
    }

    /// <summary>Waits for its end.</summary>
    public async Task<AgentRun> WaitAsync()
    {
        var code = await process.WaitAsync(AgentRun.Limit);
        return new AgentRun(code, process.Output, process.Story);
    }

    /// <summary>Interrupts it, as a person does with Ctrl-C.</summary>
    public Task InterruptAsync() => process.SignalAsync("INT");

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await process.DisposeAsync();
        folder.Dispose();
    }
}
