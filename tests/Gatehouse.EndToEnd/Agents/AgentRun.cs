namespace Gatehouse.EndToEnd.Agents;

/// <summary>What a run of an agent left.</summary>
/// <param name="Code">Its exit code.</param>
/// <param name="Output">Its standard output.</param>
/// <param name="Story">Both outputs, for a failure message.</param>
internal sealed record AgentRun(int Code, string Output, string Story)
{
    /// <summary>How long an agent may take. They need about a second; a busy machine may need many.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);
}
