using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Gatehouse.Gateway.Tenancy;

namespace Gatehouse.Control.Api;

/// <summary>A project as it is shown.</summary>
internal sealed record ProjectData(string Id, string OwnerId, string Name, string? ProviderMode, DateTimeOffset CreatedAt)
{
    /// <summary>Shows one.</summary>
    public static ProjectData Of(Project project) =>
        new(project.Id, project.OwnerId, project.Name, project.ProviderMode?.Name(), project.CreatedAt);
}

/// <summary>A project to add.</summary>
internal sealed class NewProject
{
    /// <summary>What its owner calls it.</summary>
    [JsonRequired]
    public string Name { get; init; } = "";

    /// <summary>The user that it is for; left out for oneself.</summary>
    public string? OwnerId { get; init; }

    /// <summary><c>own</c>, <c>platform</c>, or left out for what its workspaces' users have.</summary>
    public string? ProviderMode { get; init; }

    /// <summary>An id of one's own.</summary>
    public string? Id { get; init; }
}

/// <summary>What is to be changed of a project; what is left out or null stays.</summary>
internal sealed class ProjectEdit
{
    /// <summary>Another name.</summary>
    public string? Name { get; init; }

    /// <summary><c>own</c>, <c>platform</c>, or <c>default</c> for what its workspaces' users have.</summary>
    public string? ProviderMode { get; init; }
}

/// <summary>The routes of projects.</summary>
internal static class ProjectRoutes
{
    private const string One = $"{ApiRoutes.Root}/projects/{{project}}";

    /// <summary>The routes.</summary>
    public static ImmutableArray<ApiRoute> All { get; } =
    [
        new("GET", $"{ApiRoutes.Root}/projects", Opens.People, "The projects.", async call =>
            ApiAnswer.All(await call.Editors.Projects.ListAsync(call.Actor, call.Cancelled), ProjectData.Of)) { Answer = typeof(Listed<ProjectData>) },
        new("POST", $"{ApiRoutes.Root}/projects", Opens.People, "Adds a project.", AddAsync)
            { Body = typeof(NewProject), Answer = typeof(ProjectData), Status = 201 },
        new("GET", One, Opens.People, "A project.", async call =>
            ApiAnswer.Of(await call.Editors.Projects.FindAsync(call.Actor, call.Place("project"), call.Cancelled), ProjectData.Of)) { Answer = typeof(ProjectData) },
        new("PATCH", One, Opens.People, "Renames a project, or says whose keys serve it; only administrators let the platform's.", UpdateAsync)
            { Body = typeof(ProjectEdit), Answer = typeof(ProjectData) },
        new("DELETE", One, Opens.People, "Removes a project with its stopped workspaces and what is attached for it; a conflict while a workspace of it runs.", async call =>
            ApiAnswer.Gone(await call.Editors.Projects.RemoveAsync(call.Actor, call.Place("project"), call.Cancelled))) { Status = 204 },
    ];

    private static async Task<ApiAnswer> AddAsync(ApiCall call)
    {
        var body = call.Body<NewProject>();
        return Words.Mode(body.ProviderMode, out var mode)
            ? ApiAnswer.Of(await call.Editors.Projects.AddAsync(call.Actor, body.Name, body.OwnerId, mode?.To, body.Id, call.Cancelled), ProjectData.Of)
            : Words.Unknown;
    }

    private static async Task<ApiAnswer> UpdateAsync(ApiCall call)
    {
        var body = call.Body<ProjectEdit>();
        if (!Words.Mode(body.ProviderMode, out var mode)) return Words.Unknown;
        var change = new ProjectChange { Name = body.Name, ProviderMode = mode };
        return ApiAnswer.Of(await call.Editors.Projects.UpdateAsync(call.Actor, call.Place("project"), change, call.Cancelled), ProjectData.Of);
    }
}
