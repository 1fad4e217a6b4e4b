namespace Gatehouse.Simulator.Metering;

/// <summary>What an exchange cost, by kind, in the simulator's own words.</summary>
/// <param name="Input">Tokens of the request that no cache covered.</param>
/// <param name="CacheRead">Tokens read from a cache.</param>
/// <param name="CacheWrite5m">Tokens written to a cache for five minutes (Anthropic).</param>
/// <param name="CacheWrite1h">Tokens written to a cache for an hour (Anthropic).</param>
/// <param name="Output">Tokens of the answer, reasoning included.</param>
/// <param name="Reasoning">Tokens of the answer spent on reasoning.</param>
internal sealed record TokenUse(int Input, int CacheRead, int CacheWrite5m, int CacheWrite1h, int Output, int Reasoning)
{
    /// <summary>Everything the request cost, whatever covered it.</summary>
    public int AllInput => Input + CacheRead + CacheWrite5m + CacheWrite1h;
}
