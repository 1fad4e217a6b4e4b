using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Gatehouse.Gateway.Access;

namespace Gatehouse.Control.Api;

/// <summary>A token as it is shown: everything but its text, which is known to nobody any more.</summary>
internal sealed record TokenData(
    Guid Id, string Kind, string Name, string Hint, string? UserId, string? ProjectId, string? WorkspaceId, string? Harness, string Scopes,
    IReadOnlyList<string>? Models, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt, DateTimeOffset? RevokedAt, DateTimeOffset? LastUsedAt, string? LastClient)
{
    /// <summary>Shows one.</summary>
    public static TokenData Of(AccessToken one) => new(
        one.Id, one.Kind.Name(), one.Name, one.Hint, one.UserId, one.ProjectId, one.WorkspaceId, one.Harness, one.Scopes.Text(), one.Models,
        one.CreatedAt, one.ExpiresAt, one.RevokedAt, one.LastUsedAt, one.LastClient);
}

/// <summary>A token that was just made, with its text, shown this once.</summary>
internal sealed record MintedData(string Text, TokenData Token)
{
    /// <summary>Shows one.</summary>
    public static MintedData Of(MintedToken one) => new(one.Text.Reveal(), TokenData.Of(one.Token));
}

/// <summary>A token to make.</summary>
internal sealed class NewToken
{
    /// <summary>What to call it.</summary>
    [JsonRequired]
    public string Name { get; init; } = "";

    /// <summary><c>client</c>, which it is when left out, <c>service</c>, or <c>admin</c>.</summary>
    public string? Kind { get; init; }

    /// <summary>When it ends; left out for never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>The models that it may ask for; left out for all.</summary>
    public string[]? Models { get; init; }

    /// <summary>The user that it speaks for; left out for oneself.</summary>
    public string? UserId { get; init; }
}

/// <summary>A workspace token to make.</summary>
internal sealed class NewWorkspaceToken
{
    /// <summary>The harness that it is for.</summary>
    [JsonRequired]
    public string Harness { get; init; } = "";

    /// <summary>For how many seconds it is good; left out for two hours.</summary>
    public int? LifetimeSeconds { get; init; }

    /// <summary>The models that it may ask for; left out for all.</summary>
    public string[]? Models { get; init; }
}

/// <summary>For how long a workspace token is to go on.</summary>
internal sealed class TokenRenewal
{
    /// <summary>For how many seconds from now; left out for two hours.</summary>
    public int? LifetimeSeconds { get; init; }
}

/// <summary>The routes of access tokens.</summary>
internal static class TokenRoutes
{
    private const string OfWorkspace = $"{ApiRoutes.Root}/workspaces/{{workspace}}";
    private const string One = $"{ApiRoutes.Root}/tokens/{{token}}";

    /// <summary>The routes.</summary>
    public static ImmutableArray<ApiRoute> All { get; } =
    [
        new("GET", $"{ApiRoutes.Root}/tokens", Opens.People, "The tokens, the revoked and expired ones among them, without their texts.", async call =>
            ApiAnswer.All(await call.Desk.Tokens.ListAsync(call.Actor, call.Cancelled), TokenData.Of)) { Answer = typeof(Listed<TokenData>) },
        new("POST", $"{ApiRoutes.Root}/tokens", Opens.People, "Makes a token; its text is answered this once. Admin sessions are made by administrators.", CreateAsync)
            { Body = typeof(NewToken), Answer = typeof(MintedData), Status = 201 },
        new("DELETE", One, Opens.PeopleAndRunners, "Revokes a token for good; a runner, of its workspace's.", async call =>
            ApiAnswer.Gone(await call.Desk.Tokens.RevokeAsync(call.Actor, call.Place("token"), call.Cancelled))) { Status = 204 },
        new("POST", $"{OfWorkspace}/tokens", Opens.PeopleAndRunners, "Makes a workspace token for a harness; its text is answered this once.", IssueAsync)
            { Body = typeof(NewWorkspaceToken), Answer = typeof(MintedData), Status = 201 },
        new("POST", $"{OfWorkspace}/runner-tokens", Opens.People, "Makes a runner token for a workspace; its text is answered this once.", async call =>
            ApiAnswer.Of(await call.Editors.WorkspaceTokens.IssueRunnerAsync(call.Actor, call.Place("workspace"), call.Cancelled), MintedData.Of))
            { Answer = typeof(MintedData), Status = 201 },
        new("POST", $"{One}/renew", Opens.PeopleAndRunners, "Moves the end of a workspace token, whose text stays.", RenewAsync)
            { Body = typeof(TokenRenewal), Answer = typeof(TokenData) },
    ];

    private static async Task<ApiAnswer> CreateAsync(ApiCall call)
    {
        var body = call.Body<NewToken>();
        if (TokenKinds.Parse(body.Kind ?? TokenKind.Client.Name()) is not { } kind) return ApiAnswer.Refused(EditRefusal.Invalid, "The kind is client, service or admin.");
        var user = body.UserId ?? call.Actor.UserId;
        if (!(await call.Editors.Users.ListAsync(call.Actor, call.Cancelled)).Any(one => one.Id == user))
            return ApiAnswer.Refused(EditRefusal.NotFound, "There is no user with that id.");
        return ApiAnswer.Of(
            await call.Desk.Tokens.CreateAsync(
                body.Name, kind, body.ExpiresAt, body.Models, null, call.Actor, new TokenBinding(user), call.Cancelled),
            MintedData.Of);
    }

    private static async Task<ApiAnswer> IssueAsync(ApiCall call)
    {
        var body = call.Body<NewWorkspaceToken>();
        return ApiAnswer.Of(
            await call.Editors.WorkspaceTokens.IssueAsync(
                call.Actor, call.Place("workspace"), body.Harness, Lifetime(body.LifetimeSeconds), body.Models, call.Cancelled),
            MintedData.Of);
    }

    private static async Task<ApiAnswer> RenewAsync(ApiCall call) => Guid.TryParse(call.Place("token"), out var id)
        ? ApiAnswer.Of(
            await call.Editors.WorkspaceTokens.RenewAsync(call.Actor, id, Lifetime(call.Body<TokenRenewal>().LifetimeSeconds), call.Cancelled), TokenData.Of)
        : ApiAnswer.Refused(EditRefusal.NotFound, "There is no workspace token with that id.");

    private static TimeSpan? Lifetime(int? seconds) => seconds is { } given ? TimeSpan.FromSeconds(given) : null;
}
