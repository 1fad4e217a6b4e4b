using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Gatehouse.Control.Logins;
using Gatehouse.Control.Runtime;
using Gatehouse.Gateway.Tenancy;
using Gatehouse.Secrets;

namespace Gatehouse.Control.Api;

/// <summary>A workspace as it is shown.</summary>
internal sealed record WorkspaceData(string Id, string ProjectId, string UserId, string Name, DateTimeOffset CreatedAt, DateTimeOffset? StoppedAt)
{
    /// <summary>Shows one.</summary>
    public static WorkspaceData Of(Workspace one) => new(one.Id, one.ProjectId, one.UserId, one.Name, one.CreatedAt, one.StoppedAt);
}

/// <summary>A workspace to add.</summary>
internal sealed class NewWorkspace
{
    /// <summary>The project, by id or name.</summary>
    [JsonRequired]
    public string Project { get; init; } = "";

    /// <summary>What people call it.</summary>
    [JsonRequired]
    public string Name { get; init; } = "";

    /// <summary>The user that it runs for; left out for the project's owner.</summary>
    public string? UserId { get; init; }

    /// <summary>An id of one's own.</summary>
    public string? Id { get; init; }
}

/// <summary>Which harness a runner is about to start.</summary>
internal sealed class AgentWish
{
    /// <summary>The harness's name.</summary>
    public string? Harness { get; init; }

    /// <summary>The same, as runners of SAM's kind call it.</summary>
    public string? AgentType { get; init; }
}

/// <summary>A login that its harness renewed in a workspace.</summary>
internal sealed class RenewedLogin
{
    /// <summary>The harness's name.</summary>
    [JsonRequired]
    public string Harness { get; init; } = "";

    /// <summary>The login file's text. Goes in and never out.</summary>
    [JsonRequired]
    public string Content { get; init; } = "";
}

/// <summary>What a sync came to.</summary>
internal sealed record LoginSyncedData(bool Updated, string? Reason);

/// <summary>The same, as runners of SAM's kind say it.</summary>
internal sealed class SyncedCredential
{
    /// <summary>The harness's name.</summary>
    [JsonRequired]
    public string AgentType { get; init; } = "";

    /// <summary><c>oauth-token</c> or <c>auth-json</c>: only a vendor's own login is taken back.</summary>
    public string? CredentialKind { get; init; }

    /// <summary>The login file's text. Goes in and never out.</summary>
    [JsonRequired]
    public string Credential { get; init; } = "";
}

/// <summary>What a sync came to, as runners of SAM's kind read it.</summary>
internal sealed record CredentialSyncedData(bool Success)
{
    /// <summary>Whether the stored login is another one now; left out where there is none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? Updated { get; init; }

    /// <summary>Why nothing could be synced; left out where it could.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Reason { get; init; }
}

/// <summary>The routes of workspaces, those of their runners among them.</summary>
internal static class WorkspaceRoutes
{
    private const string One = $"{ApiRoutes.Root}/workspaces/{{workspace}}";

    /// <summary>The routes.</summary>
    public static ImmutableArray<ApiRoute> All { get; } =
    [
        new("GET", $"{ApiRoutes.Root}/workspaces", Opens.People, "The workspaces, the stopped ones among them.", async call =>
            ApiAnswer.All(await call.Editors.Workspaces.ListAsync(call.Actor, call.Cancelled), WorkspaceData.Of)) { Answer = typeof(Listed<WorkspaceData>) },
        new("POST", $"{ApiRoutes.Root}/workspaces", Opens.People, "Adds a workspace.", AddAsync)
            { Body = typeof(NewWorkspace), Answer = typeof(WorkspaceData), Status = 201 },
        new("GET", One, Opens.PeopleAndRunners, "A workspace.", async call =>
            ApiAnswer.Of(await call.Editors.Workspaces.FindAsync(call.Actor, call.Place("workspace"), call.Cancelled), WorkspaceData.Of)) { Answer = typeof(WorkspaceData) },
        new("POST", $"{One}/stop", Opens.People, "Stops a workspace for good and revokes its tokens.", async call =>
            ApiAnswer.Of(await call.Editors.Workspaces.StopAsync(call.Actor, call.Place("workspace"), call.Cancelled), WorkspaceData.Of)) { Answer = typeof(WorkspaceData) },
        AgentKey($"{One}/agent-key", "What a harness is started with in the workspace: environment, files, and no provider's key where the gateway serves it."),
        AgentKey("/api/workspaces/{workspace}/agent-key", "The same, at the address that runners of SAM's kind know."),
        new("POST", $"{One}/login", Opens.Runners, "Takes back a login file that its harness renewed in the workspace; the newest wins.", SyncAsync)
            { Body = typeof(RenewedLogin), Answer = typeof(LoginSyncedData) },
        new("POST", "/api/workspaces/{workspace}/agent-credential-sync", Opens.Runners, "The same, at the address and in the form that runners of SAM's kind know.", SyncCredentialAsync)
            { Body = typeof(SyncedCredential), Answer = typeof(CredentialSyncedData) },
    ];

    private static ApiRoute AgentKey(string pattern, string summary) => new("POST", pattern, Opens.Runners, summary, AssembleAsync) { Body = typeof(AgentWish) };

    private static async Task<ApiAnswer> AddAsync(ApiCall call)
    {
        var body = call.Body<NewWorkspace>();
        return ApiAnswer.Of(
            await call.Editors.Workspaces.AddAsync(call.Actor, body.Project, body.Name, body.UserId, body.Id, call.Cancelled), WorkspaceData.Of);
    }

    private static async Task<ApiAnswer> AssembleAsync(ApiCall call)
    {
        var body = call.Body<AgentWish>();
        if ((body.Harness ?? body.AgentType) is not { } harness || (body.Harness is not null && body.AgentType is not null))
            return ApiAnswer.Refused(EditRefusal.Invalid, "Say which harness: one of the members 'harness' and 'agentType'.");
        var table = await call.Desk.TenantsAsync(call.Cancelled);
        var made = new RuntimeAssembler(table, call.Origin, call.Desk.Environment, call.Desk.Version, call.Desk.Workspaces()).Assemble(call.Actor, call.Place("workspace"), harness);
        return made.Value is { } key
            ? new ApiAnswer { Write = json => AgentKeyJson.Write(json, key) }
            : ApiAnswer.Refused(made.Refusal, made.Error!);
    }

    private static async Task<ApiAnswer> SyncAsync(ApiCall call)
    {
        var body = call.Body<RenewedLogin>();
        return ApiAnswer.Of(await SyncAsync(call, body.Harness, body.Content), static one => new LoginSyncedData(one.Updated, one.Reason));
    }

    private static async Task<ApiAnswer> SyncCredentialAsync(ApiCall call)
    {
        var body = call.Body<SyncedCredential>();
        if (body.CredentialKind is not (null or "oauth-token" or "auth-json"))
            return ApiAnswer.Refused(EditRefusal.Invalid, "Only a vendor's own login is taken back: oauth-token or auth-json.");
        return ApiAnswer.Of(
            await SyncAsync(call, body.AgentType, body.Credential),
            static one => one.Reason is { } reason ? new CredentialSyncedData(false) { Reason = reason } : new CredentialSyncedData(true) { Updated = one.Updated });
    }

    private static async Task<Edited<LoginSynced>> SyncAsync(ApiCall call, string harness, string login) =>
        await new LoginSync(call.Editors.Credentials) { IsUsedUp = call.Desk.Codex.IsUsedUpAsync }.SyncAsync(
            call.Actor, await call.Desk.TenantsAsync(call.Cancelled), call.Place("workspace"), harness, Secret.From(login), call.Cancelled);
}
