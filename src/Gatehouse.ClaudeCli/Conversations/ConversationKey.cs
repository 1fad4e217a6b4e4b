namespace Gatehouse.ClaudeCli.Conversations;

/// <summary>Whose conversation it is, and which of theirs. What never matches across tokens, profiles and folders can't leak across them.</summary>
/// <param name="Token">The caller's access token.</param>
/// <param name="Profile">The account.</param>
/// <param name="Folder">The folder that the program works in as configured; empty for one of its own.</param>
/// <param name="Name">The conversation's name as the client gives it, or what its first message is recognised by.</param>
/// <param name="IsNamed">Whether the client gave the name.</param>
internal readonly record struct ConversationKey(Guid Token, string Profile, string Folder, string Name, bool IsNamed);
