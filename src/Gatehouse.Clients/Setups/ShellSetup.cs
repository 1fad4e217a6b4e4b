namespace Gatehouse.Clients.Setups;

/// <summary>What a shell needs so that a client started in it calls Gatehouse.</summary>
/// <param name="Set">Variables and their values.</param>
/// <param name="Unset">Variables that would take precedence, or be sent along.</param>
/// <param name="Wrapper">Arguments that the program needs as well; none when the variables are enough.</param>
internal sealed record ShellSetup(
    IReadOnlyList<KeyValuePair<string, string>> Set, IReadOnlyList<string> Unset, IReadOnlyList<string> Wrapper);
