using Gatehouse.Gateway.Access;
using Gatehouse.Gateway.Server;
using Gatehouse.Gateway.Tenancy;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Control.Api;

/// <summary>Who calls, or why that may not.</summary>
/// <param name="Actor">Who; null when refused.</param>
/// <param name="Token">With which token.</param>
/// <param name="Refusal">Why not; null when the call may go on.</param>
internal readonly record struct ApiCaller(Actor? Actor, AccessToken? Token, ApiAnswer? Refusal)
{
    /// <summary>
    /// Makes an actor of a request's token: of an admin session its user with the role that the user has now, of a runner and of a workspace's
    /// harness the workspace. No other kind of token opens anything here.
    /// </summary>
    public static async Task<ApiCaller> OfAsync(
        HttpRequest request, Opens who, ControlAuthentication authenticate, ApiDesk desk, CancellationToken cancellation)
    {
        var caller = await authenticate(request);
        if (caller.Token is not { } token) return Refused(caller.Status, caller.Refusal!, caller.Message);
        var (people, runners) = (who is not (Opens.Runners or Opens.Workspaces), who is Opens.Runners or Opens.PeopleAndRunners);
        var fits = token.Kind switch
        {
            TokenKind.Admin => people && token.Scopes.HasFlag(TokenScopes.Admin),
            TokenKind.Runner => runners && token.WorkspaceId is not null,
            TokenKind.Workspace => who == Opens.Workspaces && token.WorkspaceId is not null,
            _ => false,
        };
        if (!fits)
            return Refused(403, "wrong-kind", $"A token of kind {token.Kind.Name()} does not open this. It needs {(who == Opens.Workspaces ? "a workspace token" : Needed(people, runners))}.");
        // Asked of the store each time: a role that was taken away, or a user locked out, must not go on for a moment.
        var users = await desk.Editors.Users.ListAsync(Actor.OfThisMachine, cancellation);
        if (users.FirstOrDefault(one => one.Id == token.UserId) is not { DisabledAt: null } user)
            return Refused(403, "no-user", "The token's user is locked out, or it has none. 'gatehouse token create --kind admin --user NAME' makes one that has.");
        var actor = new Actor(user.Id, user.Role, token.Id, Address(request), token.Kind is TokenKind.Runner or TokenKind.Workspace ? token.WorkspaceId : null);
        return who == Opens.Admins && !actor.IsAdmin
            ? Refused(403, "forbidden", "Only an administrator may do this.")
            : new ApiCaller(actor, token, null);
    }

    private static string Needed(bool people, bool runners) =>
        people && runners ? "an admin session's or the workspace's runner's" : people ? "an admin session's" : "the workspace's runner's";

    private static string? Address(HttpRequest request) =>
        request.HttpContext.Connection.RemoteIpAddress is { } ip ? (ip.IsIPv4MappedToIPv6 ? ip.MapToIPv4() : ip).ToString() : null;

    private static ApiCaller Refused(int status, string code, string detail) => new(null, null, ApiAnswer.Failed(status, code, detail));
}
