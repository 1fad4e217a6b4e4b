namespace Gatehouse.Clients.Setups;

/// <summary>A model that a client is set up with.</summary>
/// <param name="Name">Its name as Gatehouse is asked for it.</param>
/// <param name="ContextTokens">How many tokens fit into it, when that is known: a client that guesses wrongly compacts too late or too early.</param>
/// <param name="OutputTokens">The longest answer in tokens, when that is known.</param>
/// <param name="Images">Whether it takes images, when that is known.</param>
public sealed record ModelChoice(string Name, int? ContextTokens = null, int? OutputTokens = null, bool? Images = null);
