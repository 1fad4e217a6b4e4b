using Gatehouse.Gateway.Tenancy;

namespace Gatehouse.Control;

/// <summary>
/// Who asks for an edit. Every editor takes one, refuses what it may not do, and writes it into the audit log. Immutable.
/// </summary>
/// <param name="UserId">The user.</param>
/// <param name="Role">What the user may do.</param>
/// <param name="TokenId">The token that the request came with; null on this machine's command line.</param>
/// <param name="Address">From where: an IP address, or <c>local</c> for this machine's command line.</param>
/// <param name="WorkspaceId">
/// The workspace that the actor is bound to: a runner, which may do what serves that workspace and nothing else; null for people.
/// </param>
public sealed record Actor(string UserId, UserRole Role, Guid? TokenId = null, string? Address = null, string? WorkspaceId = null)
{
    /// <summary>Whoever can run commands on this machine with the master key at hand: an administrator in any case.</summary>
    public static Actor OfThisMachine { get; } = new(Users.LocalId, UserRole.Admin, null, "local");

    /// <summary>Whether it may do what is the administrators'.</summary>
    public bool IsAdmin => Role == UserRole.Admin && WorkspaceId is null;

    /// <summary>Whether what belongs to a user is visible to it and may be changed by it.</summary>
    public bool MayReach(string ownerId) => WorkspaceId is null && (Role == UserRole.Admin || UserId == ownerId);
}
