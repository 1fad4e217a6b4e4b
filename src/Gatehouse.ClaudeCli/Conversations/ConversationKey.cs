namespace Gatehouse.ClaudeCli.Conversations;

/// <summary>Whose conversation it is, and which of theirs. What never matches across tokens and profiles can't leak across them.</summary>
/// <param name="Token">The caller's access token.</param>
/// <param name="Profile">The account.</param>
/// <param name="Name">The conversation's name as the client gives it, or what its first message is recognised by.</param>
internal readonly record struct ConversationKey(Guid Token, string Profile, string Name);
