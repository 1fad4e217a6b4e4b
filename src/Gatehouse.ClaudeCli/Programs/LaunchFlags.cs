namespace Gatehouse.ClaudeCli.Programs;

/// <summary>
/// What a process of the program is started with and can't be told later. Two requests with equal flags may be served by the same warm process. Everything
/// else (system text, tools, thinking budget, history) is told to the running process.
/// </summary>
/// <param name="Model">The model's name, or a tier: <c>opus</c>, <c>sonnet</c>, <c>haiku</c>.</param>
/// <param name="Effort">The effort, or null for the program's own.</param>
/// <param name="Adaptive">Whether the model may choose how long it thinks.</param>
/// <param name="Schema">The JSON schema that the answer must keep to; null for free text.</param>
internal sealed record LaunchFlags(string Model, string? Effort = null, bool Adaptive = false, string? Schema = null)
{
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
        yield return "";
        yield return "--setting-sources";
        yield return "";
        yield return "--strict-mcp-config";
        yield return "--allowedTools";
        yield return Protocol.ToolNames.Allowed;
        yield return "--no-session-persistence";
        // The default is a budget; a budget of its own is set in the running process.
        if (Adaptive) yield return "--thinking=adaptive";
        if (Effort is not null) yield return $"--effort={Effort}";
        if (Schema is not null) yield return $"--json-schema={Schema}";
    }
}
