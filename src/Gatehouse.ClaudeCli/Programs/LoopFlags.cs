namespace Gatehouse.ClaudeCli.Programs;

/// <summary>What a process that works by itself is started with.</summary>
/// <param name="Turns">How many answers of the model's it may take.</param>
/// <param name="HasAgents">Whether it may start agents.</param>
internal sealed record LoopFlags(int Turns, bool HasAgents);
