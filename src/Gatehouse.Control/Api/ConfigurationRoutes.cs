using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Gatehouse.Gateway.Credentials;

namespace Gatehouse.Control.Api;

/// <summary>A configuration as it is shown.</summary>
internal sealed record ConfigurationData(
    string Id, string OwnerId, string Name, string Harness, string? CredentialId, IReadOnlyDictionary<string, JsonElement> Settings, bool IsActive)
{
    /// <summary>Shows one.</summary>
    public static ConfigurationData Of(HarnessConfiguration one) => new(
        one.Id, one.OwnerId, one.Name, one.Harness, one.CredentialId,
        JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(one.Settings.ToJson(), ApiBody.Options)!, one.IsActive);
}

/// <summary>An attachment as it is shown.</summary>
internal sealed record AttachmentData(string Id, string ConfigurationId, string Harness, string UserId, string? ProjectId, bool IsActive)
{
    /// <summary>Shows one.</summary>
    public static AttachmentData Of(Attachment one) => new(one.Id, one.ConfigurationId, one.Harness, one.UserId, one.ProjectId, one.IsActive);
}

/// <summary>A configuration to add.</summary>
internal sealed class NewConfiguration
{
    /// <summary>What to call it.</summary>
    [JsonRequired]
    public string Name { get; init; } = "";

    /// <summary>The harness's name.</summary>
    [JsonRequired]
    public string Harness { get; init; } = "";

    /// <summary>The credential, by id or name; left out for the platform's keys.</summary>
    public string? Credential { get; init; }

    /// <summary>What the harness is told besides: model, permissionMode, effort and members of its own.</summary>
    public Dictionary<string, JsonElement>? Settings { get; init; }

    /// <summary>The user that it is for; left out for the credential's owner.</summary>
    public string? OwnerId { get; init; }
}

/// <summary>What is to be changed of a configuration; what is left out or null stays.</summary>
internal sealed class ConfigurationEdit
{
    /// <summary>Another name.</summary>
    public string? Name { get; init; }

    /// <summary>Another credential, by id or name.</summary>
    public string? Credential { get; init; }

    /// <summary>True for the platform's keys in place of a credential.</summary>
    public bool? Platform { get; init; }

    /// <summary>Other settings, in place of all that there are.</summary>
    public Dictionary<string, JsonElement>? Settings { get; init; }

    /// <summary>Whether it may be used.</summary>
    public bool? IsActive { get; init; }
}

/// <summary>A configuration to attach.</summary>
internal sealed class NewAttachment
{
    /// <summary>The configuration, by id or name.</summary>
    [JsonRequired]
    public string Configuration { get; init; } = "";

    /// <summary>The project, by id or name; left out for its owner's own default.</summary>
    public string? Project { get; init; }
}

/// <summary>Whether an attachment counts.</summary>
internal sealed class AttachmentEdit
{
    /// <summary>Whether it counts.</summary>
    [JsonRequired]
    public bool IsActive { get; init; }
}

/// <summary>The routes of configurations and attachments.</summary>
internal static class ConfigurationRoutes
{
    private const string One = $"{ApiRoutes.Root}/configurations/{{configuration}}";
    private const string OneAttachment = $"{ApiRoutes.Root}/attachments/{{attachment}}";

    /// <summary>The routes.</summary>
    public static ImmutableArray<ApiRoute> All { get; } =
    [
        new("GET", $"{ApiRoutes.Root}/configurations", Opens.People, "The configurations.", async call =>
            ApiAnswer.All(await call.Editors.Configurations.ListAsync(call.Actor, call.Cancelled), ConfigurationData.Of)) { Answer = typeof(Listed<ConfigurationData>) },
        new("POST", $"{ApiRoutes.Root}/configurations", Opens.People, "Adds a configuration of a harness; refused when its credential can't serve that.", AddAsync)
            { Body = typeof(NewConfiguration), Answer = typeof(ConfigurationData), Status = 201 },
        new("GET", One, Opens.People, "A configuration.", async call =>
            ApiAnswer.Of(await call.Editors.Configurations.FindAsync(call.Actor, call.Place("configuration"), call.Cancelled), ConfigurationData.Of))
            { Answer = typeof(ConfigurationData) },
        new("PATCH", One, Opens.People, "Changes a configuration.", UpdateAsync) { Body = typeof(ConfigurationEdit), Answer = typeof(ConfigurationData) },
        new("DELETE", One, Opens.People, "Removes a configuration and its attachments; its credential stays.", async call =>
            ApiAnswer.Gone(await call.Editors.Configurations.RemoveAsync(call.Actor, call.Place("configuration"), call.Cancelled))) { Status = 204 },
        new("GET", $"{ApiRoutes.Root}/attachments", Opens.People, "The attachments.", async call =>
            ApiAnswer.All(await call.Editors.Attachments.ListAsync(call.Actor, call.Cancelled), AttachmentData.Of)) { Answer = typeof(Listed<AttachmentData>) },
        new("POST", $"{ApiRoutes.Root}/attachments", Opens.People, "Attaches a configuration for its owner, or for a project, in place of what was attached there.", AttachAsync)
            { Body = typeof(NewAttachment), Answer = typeof(AttachmentData), Status = 201 },
        new("PATCH", OneAttachment, Opens.People, "Switches an attachment on or off.", async call =>
            ApiAnswer.Of(
                await call.Editors.Attachments.SetActiveAsync(call.Actor, call.Place("attachment"), call.Body<AttachmentEdit>().IsActive, call.Cancelled), AttachmentData.Of))
            { Body = typeof(AttachmentEdit), Answer = typeof(AttachmentData) },
        new("DELETE", OneAttachment, Opens.People, "Removes an attachment; what comes next in order serves then.", async call =>
            ApiAnswer.Gone(await call.Editors.Attachments.RemoveAsync(call.Actor, call.Place("attachment"), call.Cancelled))) { Status = 204 },
    ];

    /// <summary>Settings as the editors take them; null when none were given.</summary>
    public static HarnessSettings? Read(Dictionary<string, JsonElement>? settings) =>
        settings is null ? null : HarnessSettings.Parse(JsonSerializer.Serialize(settings, ApiBody.Options));

    private static async Task<ApiAnswer> AddAsync(ApiCall call)
    {
        var body = call.Body<NewConfiguration>();
        return ApiAnswer.Of(
            await call.Editors.Configurations.AddAsync(
                call.Actor, body.Name, body.Harness, body.Credential, Read(body.Settings), body.OwnerId, call.Cancelled),
            ConfigurationData.Of);
    }

    private static async Task<ApiAnswer> UpdateAsync(ApiCall call)
    {
        var body = call.Body<ConfigurationEdit>();
        if (body is { Platform: not null, Credential: not null } or { Platform: false })
            return ApiAnswer.Refused(EditRefusal.Invalid, "Give a credential, or 'platform' with true.");
        var change = new ConfigurationChange
        {
            Name = body.Name,
            Credential = body.Platform is true ? new Change<string?>(null) : body.Credential is { } credential ? new Change<string?>(credential) : null,
            Settings = Read(body.Settings),
            IsActive = body.IsActive,
        };
        return ApiAnswer.Of(await call.Editors.Configurations.UpdateAsync(call.Actor, call.Place("configuration"), change, call.Cancelled), ConfigurationData.Of);
    }

    private static async Task<ApiAnswer> AttachAsync(ApiCall call)
    {
        var body = call.Body<NewAttachment>();
        return ApiAnswer.Of(await call.Editors.Attachments.AttachAsync(call.Actor, body.Configuration, body.Project, call.Cancelled), AttachmentData.Of);
    }
}
