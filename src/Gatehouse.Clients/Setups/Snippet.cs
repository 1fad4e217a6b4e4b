namespace Gatehouse.Clients.Setups;

/// <summary>What a person pastes to set a client up by hand.</summary>
/// <param name="Format">Its form.</param>
/// <param name="Text">The text, without a last line end. It holds the token when the setup does.</param>
/// <param name="Destination">The file that it belongs to; null when it belongs to none.</param>
/// <param name="Notes">What else has to be done or known.</param>
public sealed record Snippet(SnippetFormat Format, string Text, string? Destination, IReadOnlyList<string> Notes);
