using System.Globalization;
using Gatehouse.ClaudeCli.Protocol;

namespace Gatehouse.ClaudeCli.Programs;

/// <summary>
/// What a process of the program is started with and can't be told later. Two requests with equal flags may be served by the same warm process. Everything
/// else (system text, tools, thinking budget, history) is told to the running process.
/// </summary>
/// <param name="Model">The model's name, or a tier: <c>opus</c>, <c>sonnet</c>, <c>haiku</c>.</param>
/// <param name="Effort">The effort, or null for the program's own.</param>
/// <param name="Adaptive">Whether the model may choose how long it thinks.</param>
/// <param name="Schema">The JSON schema that the answer must keep to; null for free text.</param>
/// <param name="Permission">What it may do without being asked, in its own words; null for its usual.</param>
/// <param name="Loop">How it works by itself; null where the tools are the caller's to run.</param>
internal sealed record LaunchFlags(string Model, string? Effort = null, bool Adaptive = false, string? Schema = null, string? Permission = null, LoopFlags? Loop = null)
{
    private const string AgentTool = "Task";

    // Off already; named once more, so that no agent gets one by a definition of the program's own.
    private const string BuiltIn = "Read,Write,Edit,MultiEdit,Bash,Glob,Grep,NotebookEdit,WebFetch,WebSearch,TodoWrite";

    /// <summary>
    /// The program's arguments. Built-in tools and the host's own settings are off; the caller's tools are the only ones, and all of them are allowed, so
    /// that nobody is asked and no permission has to be bypassed.
    /// </summary>
    public IEnumerable<string> Arguments()
    {
        yield return "--output-format";
        yield return "stream-json";
        // Without it the program refuses this output format.
        yield return "--verbose";
        yield return "--input-format";
        yield return "stream-json";
        yield return "--include-partial-messages";
        yield return "--model";
        yield return Model;
        yield return "--tools";
        // The one tool of its own that may be there starts agents, which have no others than ours either.
        yield return Loop is { HasAgents: true } ? AgentTool : "";
        yield return "--setting-sources";
        yield return "";
        yield return "--strict-mcp-config";
        yield return "--allowedTools";
        yield return Loop switch
        {
            null => ToolNames.Allowed,
            { HasAgents: true } => $"{ToolNames.AllowedBench},{AgentTool}",
            _ => ToolNames.AllowedBench,
        };
        if (Loop is { } loop)
        {
            yield return "--disallowedTools";
            yield return BuiltIn;
            yield return $"--max-turns={loop.Turns.ToString(CultureInfo.InvariantCulture)}";
        }

        if (Permission is not null) yield return $"--permission-mode={Permission}";
        // As root it refuses that, unless the machine says that it is a sandbox (IS_SANDBOX=1).
        if (Permission == "bypassPermissions") yield return "--allow-dangerously-skip-permissions";
        yield return "--no-session-persistence";
        // The default is a budget; a budget of its own is set in the running process.
        if (Adaptive) yield return "--thinking=adaptive";
        if (Effort is not null) yield return $"--effort={Effort}";
        if (Schema is not null) yield return $"--json-schema={Schema}";
    }
}
