namespace Gatehouse.Gateway.Conversations;

/// <summary>
/// One answered call of the Responses API to an upstream that keeps nothing itself: what <c>previous_response_id</c> continues. Immutable.
/// </summary>
/// <param name="Id">The response's id as the client knows it.</param>
/// <param name="PreviousId">The turn that it continued, or null.</param>
/// <param name="TokenId">The token that asked.</param>
/// <param name="UserId">The owner of that token, or null.</param>
/// <param name="CreatedMicros">When the exchange began, microseconds since the Unix epoch.</param>
/// <param name="Input">Its own input items, a JSON array.</param>
/// <param name="Response">The response document.</param>
internal sealed record StoredTurn(
    string Id, string? PreviousId, Guid TokenId, string? UserId, long CreatedMicros, byte[] Input, byte[] Response)
{
    /// <summary>How long a turn is kept: as long as OpenAI keeps stored responses.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(30);

    /// <summary>The largest turn that is kept, in bytes; a later call that continues a larger one gets the vendor's not-found error.</summary>
    public const int Largest = 16 * 1024 * 1024;

    /// <summary>Bytes that it takes up.</summary>
    public long Bytes => Input.Length + Response.Length;

    /// <summary>Whether a caller may use it: it is the user's where the token has one, else that one token's.</summary>
    public bool IsOwnedBy(Access.AccessToken token) => UserId is { } user ? user == token.UserId : TokenId == token.Id;
}
