using System.Collections.Immutable;
using System.Text.Json;
using Gatehouse.Catalog;
using Gatehouse.Gateway.Credentials;

namespace Gatehouse.Control.Api;

/// <summary>A connection as it is shown: the three rows that it consists of.</summary>
internal sealed record ConnectionData(CredentialData Credential, ConfigurationData Configuration, AttachmentData Attachment)
{
    /// <summary>Shows one.</summary>
    public static ConnectionData Of(Connection one) =>
        new(CredentialData.Of(one.Credential), ConfigurationData.Of(one.Configuration), AttachmentData.Of(one.Attachment));
}

/// <summary>What was disconnected.</summary>
internal sealed record DisconnectionData(bool Disconnected, int Removed);

/// <summary>A secret to connect a harness with.</summary>
internal sealed class ConnectionGiven : SecretGiven
{
    /// <summary>What to call it; left out for the harness's name.</summary>
    public string? Name { get; init; }

    /// <summary>Its kind; left out for what the secret looks like.</summary>
    public string? Kind { get; init; }

    /// <summary>What the harness is told besides; left out for what it is told now.</summary>
    public Dictionary<string, JsonElement>? Settings { get; init; }
}

/// <summary>What a connection is repaired with.</summary>
internal sealed class ConnectionMended
{
    /// <summary>The secret, where the repair is <c>give-secret</c>. Goes in and never out.</summary>
    public string? Secret { get; init; }

    /// <summary>Its kind; left out for what there was, or what the secret looks like.</summary>
    public string? Kind { get; init; }

    /// <summary>For an API key: the preset whose it is.</summary>
    public string? Provider { get; init; }

    /// <summary>For the compatible kinds: the host.</summary>
    public string? BaseUrl { get; init; }

    /// <summary>For the compatible kinds: what the host speaks.</summary>
    public string? Dialect { get; init; }
}

/// <summary>The routes of connections: a harness's credential, configuration and attachment as one thing, for whoever knows no ids.</summary>
internal static class ConnectionRoutes
{
    private const string One = $"{ApiRoutes.Root}/connections/{{harness}}";
    private static readonly ImmutableArray<string> s_place = ["user", "project"];

    /// <summary>The routes.</summary>
    public static ImmutableArray<ApiRoute> All { get; } =
    [
        new("PUT", One, Opens.People, "Connects a harness with a secret, for a user or a project, in place of what was connected there: all of it, or nothing.", ConnectAsync)
            { Body = typeof(ConnectionGiven), Answer = typeof(ConnectionData), Query = s_place },
        new("DELETE", One, Opens.People, "Disconnects a harness, so that what comes next in order serves; nothing connected is no error.", DisconnectAsync)
            { Answer = typeof(DisconnectionData), Query = s_place },
        new("POST", $"{One}/validate", Opens.People, "Checks the credential that is connected to a harness.", ValidateAsync)
            { Answer = typeof(ValidationData), Query = s_place, AsksProviders = true },
        new("POST", $"{One}/repair", Opens.People, "Does the repair that the resolution status tells of, and answers the status after it.", RepairAsync)
            { Body = typeof(ConnectionMended), Answer = typeof(StatusData), Query = s_place },
    ];

    private static async Task<ApiAnswer> ConnectAsync(ApiCall call)
    {
        var body = call.Body<ConnectionGiven>();
        if (Read(body.Secret, body.Kind, body.Provider, body.BaseUrl, body.Dialect) is not { } given) return CredentialRoutes.UnknownWord;
        var label = HarnessCatalog.Embedded.Find(call.Place("harness"))?.Label ?? "";
        return ApiAnswer.Of(
            await call.Editors.Attachments.ConnectAsync(
                call.Actor, call.Place("harness"), given.As(body.Name ?? label), call.Asked("project"), ConfigurationRoutes.Read(body.Settings), call.Asked("user"),
                call.Cancelled),
            ConnectionData.Of);
    }

    private static async Task<ApiAnswer> DisconnectAsync(ApiCall call) => ApiAnswer.Of(
        await call.Editors.Attachments.DisconnectAsync(call.Actor, call.Place("harness"), call.Asked("project"), call.Asked("user"), call.Cancelled),
        static gone => new DisconnectionData(gone.Removed > 0, gone.Removed));

    private static async Task<ApiAnswer> ValidateAsync(ApiCall call)
    {
        var opened = await call.Editors.Connections.OpenAsync(
            call.Actor, await call.Desk.TenantsAsync(call.Cancelled), call.Place("harness"), call.Asked("project"), call.Asked("user"), call.Cancelled);
        return opened.Value is { } credential ? ApiAnswer.Of(await CredentialCheck.OfAsync(credential, call.Desk.Probes.OfUsers, call.Desk.Clock.GetUtcNow(), call.Cancelled)) : ApiAnswer.Refused(opened.Refusal, opened.Error!);
    }

    private static async Task<ApiAnswer> RepairAsync(ApiCall call)
    {
        var body = call.Body<ConnectionMended>();
        var given = body.Secret is null ? null : Read(body.Secret, body.Kind, body.Provider, body.BaseUrl, body.Dialect);
        if (body.Secret is not null && given is null) return CredentialRoutes.UnknownWord;
        var repaired = await call.Editors.Connections.RepairAsync(
            call.Actor, await call.Desk.TenantsAsync(call.Cancelled), call.Place("harness"), given, call.Asked("project"), call.Asked("user"), call.Cancelled);
        if (repaired.Value is not { } attachment) return ApiAnswer.Refused(repaired.Refusal, repaired.Error!);
        var status = ResolutionStatus.Of(
            await call.Desk.TenantsAsync(call.Cancelled), attachment.UserId, attachment.ProjectId, call.Desk.Clock.GetUtcNow());
        return ApiAnswer.Of(StatusData.Of(status.First(one => one.Harness == attachment.Harness)));
    }

    // Null when a word is not known.
    private static GivenSecret? Read(string secret, string? kind, string? provider, string? baseUrl, string? dialect)
    {
        var spoken = Gatehouse.Dialects.DialectNames.All.Cast<Gatehouse.Dialects.Dialect?>().FirstOrDefault(one => Gatehouse.Dialects.DialectNames.Name(one!.Value) == dialect);
        return (kind is not null && CredentialKinds.Parse(kind) is null) || (dialect is not null && spoken is null)
            ? null
            : new GivenSecret { Secret = Gatehouse.Secrets.Secret.From(secret), Kind = kind is null ? null : CredentialKinds.Parse(kind), Provider = provider, BaseUrl = baseUrl, Dialect = spoken };
    }
}
