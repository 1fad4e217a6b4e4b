using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Gatehouse.Gateway.Tenancy;

namespace Gatehouse.Control.Api;

/// <summary>A user as it is shown.</summary>
internal sealed record UserData(string Id, string Name, string Role, string? ProviderMode, DateTimeOffset CreatedAt, DateTimeOffset? DisabledAt)
{
    /// <summary>Shows one.</summary>
    public static UserData Of(User user) =>
        new(user.Id, user.Name, user.Role.Name(), user.ProviderMode?.Name(), user.CreatedAt, user.DisabledAt);
}

/// <summary>Who calls, with which token.</summary>
internal sealed record SessionData(UserData User, Guid TokenId, string TokenName, DateTimeOffset? ExpiresAt, string? WorkspaceId);

/// <summary>A user to add.</summary>
internal sealed class NewUser
{
    /// <summary>What people call it.</summary>
    [JsonRequired]
    public string Name { get; init; } = "";

    /// <summary><c>member</c>, which it is when left out, or <c>admin</c>.</summary>
    public string? Role { get; init; }

    /// <summary><c>own</c>, <c>platform</c>, or left out for what the platform says.</summary>
    public string? ProviderMode { get; init; }

    /// <summary>An id of one's own.</summary>
    public string? Id { get; init; }
}

/// <summary>What is to be changed of a user; what is left out or null stays.</summary>
internal sealed class UserEdit
{
    /// <summary>Another name.</summary>
    public string? Name { get; init; }

    /// <summary><c>member</c> or <c>admin</c>.</summary>
    public string? Role { get; init; }

    /// <summary><c>own</c>, <c>platform</c>, or <c>default</c> for what the platform says.</summary>
    public string? ProviderMode { get; init; }

    /// <summary>Locks it out, or lets it in again.</summary>
    public bool? Disabled { get; init; }
}

/// <summary>The routes of users.</summary>
internal static class UserRoutes
{
    /// <summary>The routes.</summary>
    public static ImmutableArray<ApiRoute> All { get; } =
    [
        new("GET", $"{ApiRoutes.Root}/me", Opens.PeopleAndRunners, "Who the token speaks for; of a runner, for which workspace.", MeAsync) { Answer = typeof(SessionData) },
        new("GET", $"{ApiRoutes.Root}/users", Opens.People, "The users: everyone for administrators, else oneself.", ListAsync) { Answer = typeof(Listed<UserData>) },
        new("POST", $"{ApiRoutes.Root}/users", Opens.Admins, "Adds a user.", AddAsync) { Body = typeof(NewUser), Answer = typeof(UserData), Status = 201 },
        new("GET", $"{ApiRoutes.Root}/users/{{user}}", Opens.People, "A user.", async call =>
            ApiAnswer.Of(await call.Editors.Users.FindAsync(call.Actor, call.Place("user"), call.Cancelled), UserData.Of)) { Answer = typeof(UserData) },
        new("PATCH", $"{ApiRoutes.Root}/users/{{user}}", Opens.People, "Renames a user, or changes role, provider mode or lock; the last three are for administrators.", UpdateAsync)
            { Body = typeof(UserEdit), Answer = typeof(UserData) },
    ];

    private static async Task<ApiAnswer> MeAsync(ApiCall call)
    {
        // A runner may see of its user what it needs to say for whom it runs.
        var found = await call.Editors.Users.FindAsync(call.Actor with { WorkspaceId = null }, call.Actor.UserId, call.Cancelled);
        return ApiAnswer.Of(found, user => new SessionData(UserData.Of(user), call.Token!.Id, call.Token.Name, call.Token.ExpiresAt, call.Actor.WorkspaceId));
    }

    private static async Task<ApiAnswer> ListAsync(ApiCall call) =>
        ApiAnswer.All(await call.Editors.Users.ListAsync(call.Actor, call.Cancelled), UserData.Of);

    private static async Task<ApiAnswer> AddAsync(ApiCall call)
    {
        var body = call.Body<NewUser>();
        if (!Words.Role(body.Role, out var role) || !Words.Mode(body.ProviderMode, out var mode)) return Words.Unknown;
        return ApiAnswer.Of(
            await call.Editors.Users.AddAsync(call.Actor, body.Name, role ?? UserRole.Member, mode?.To, body.Id, call.Cancelled), UserData.Of);
    }

    private static async Task<ApiAnswer> UpdateAsync(ApiCall call)
    {
        var body = call.Body<UserEdit>();
        if (!Words.Role(body.Role, out var role) || !Words.Mode(body.ProviderMode, out var mode)) return Words.Unknown;
        var change = new UserChange { Name = body.Name, Role = role, ProviderMode = mode, Disabled = body.Disabled };
        return ApiAnswer.Of(await call.Editors.Users.UpdateAsync(call.Actor, call.Place("user"), change, call.Cancelled), UserData.Of);
    }
}
