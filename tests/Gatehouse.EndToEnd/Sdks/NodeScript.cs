using System.Text.Json;
using Gatehouse.EndToEnd.Agents;
using Gatehouse.EndToEnd.Processes;
using Gatehouse.EndToEnd.Stages;

namespace Gatehouse.EndToEnd.Sdks;

/// <summary>Runs one scenario of a script in <c>node/</c> with Node 22 and the pinned vendors' libraries.</summary>
internal static class NodeScript
{
    /// <summary>Runs it to its end and returns the object it printed.</summary>
    public static async Task<JsonElement> RunAsync(string script, Uri gateway, string token, string scenario, string model, string prompt)
    {
        using var folder = new TestFolder();
        // A module is looked for from where its importer lies: the script moves to beside a link to the libraries.
        File.Copy(Path.Combine(AppContext.BaseDirectory, "node", script), folder.At(script));
        Directory.CreateSymbolicLink(folder.At("node_modules"), RepositoryPaths.NodeModules);
        var environment = folder.Environment(("BASE_URL", gateway.ToString().TrimEnd('/')), ("TOKEN", token));
        await using var process =
            GuardedProcess.Start([RepositoryPaths.Node, folder.At(script), scenario, model, prompt], environment, folder.Path);
        (await process.WaitAsync(AgentRun.Limit)).ShouldBe(0, process.Story);
        return JsonDocument.Parse(process.Output).RootElement;
    }
}
