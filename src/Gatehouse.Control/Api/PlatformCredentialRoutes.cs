using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Gatehouse.Secrets;

namespace Gatehouse.Control.Api;

/// <summary>One of the platform's keys as it is shown: everything but the key.</summary>
internal sealed record PlatformCredentialData(Guid Id, string Provider, string Name, string Mask, DateTimeOffset CreatedAt, bool Opens)
{
    /// <summary>Shows one.</summary>
    public static PlatformCredentialData Of(VaultEntry one) =>
        new(one.Id, one.Provider, one.Name, one.Hint.Length > 0 ? $"...{one.Hint}" : "set", one.CreatedAt, one.Opens);
}

/// <summary>A key of the platform to add. A class, so that nothing prints it.</summary>
internal sealed class PlatformKeyGiven
{
    /// <summary>The provider: one of the configuration's, or a preset's name, which brings it in.</summary>
    [JsonRequired]
    public string Provider { get; init; } = "";

    /// <summary>What to call it; left out for <c>default</c>.</summary>
    public string? Name { get; init; }

    /// <summary>The key. Goes in and never out.</summary>
    [JsonRequired]
    public string Secret { get; init; } = "";
}

/// <summary>A key in place of the one that there is.</summary>
internal sealed class PlatformKeyReplaced
{
    /// <summary>The key. Goes in and never out.</summary>
    [JsonRequired]
    public string Secret { get; init; } = "";
}

/// <summary>The routes of the platform's own provider keys.</summary>
internal static class PlatformCredentialRoutes
{
    private const string One = $"{ApiRoutes.Root}/platform-credentials/{{platform-credential}}";

    /// <summary>The routes.</summary>
    public static ImmutableArray<ApiRoute> All { get; } =
    [
        new("GET", $"{ApiRoutes.Root}/platform-credentials", Opens.Admins, "The platform's provider keys in the vault, with masked tails; of a provider's keys the newest serves.", async call =>
            ApiAnswer.All(await call.Editors.Vault.ListAsync(call.Actor, call.Cancelled), PlatformCredentialData.Of)) { Answer = typeof(Listed<PlatformCredentialData>) },
        new("POST", $"{ApiRoutes.Root}/platform-credentials", Opens.Admins, "Seals a provider's key into the vault; a running server uses it within a second.", AddAsync)
            { Body = typeof(PlatformKeyGiven), Answer = typeof(PlatformCredentialData), Status = 201 },
        new("GET", One, Opens.Admins, "One of the platform's keys.", async call =>
            ApiAnswer.Of(await call.Editors.Vault.FindAsync(call.Actor, Which(call), call.Cancelled), PlatformCredentialData.Of)) { Answer = typeof(PlatformCredentialData) },
        new("PUT", $"{One}/secret", Opens.Admins, "Replaces a key; its provider stays.", async call =>
            ApiAnswer.Of(
                await call.Editors.Vault.ReplaceAsync(call.Actor, Which(call), Secret.From(call.Body<PlatformKeyReplaced>().Secret), call.Cancelled), PlatformCredentialData.Of))
            { Body = typeof(PlatformKeyReplaced), Answer = typeof(PlatformCredentialData) },
        new("POST", $"{One}/validate", Opens.Admins, "Asks the key's provider whether it takes it.", ValidateAsync)
            { Answer = typeof(ValidationData), AsksProviders = true },
        new("DELETE", One, Opens.Admins, "Removes a key for good.", async call =>
            ApiAnswer.Gone(await call.Editors.Vault.RemoveAsync(call.Actor, Which(call), call.Cancelled))) { Status = 204 },
    ];

    private static string Which(ApiCall call) => call.Place("platform-credential");

    private static async Task<ApiAnswer> AddAsync(ApiCall call)
    {
        var body = call.Body<PlatformKeyGiven>();
        return ApiAnswer.Of(
            await call.Editors.Vault.AddAsync(call.Actor, body.Provider, body.Name ?? "default", Secret.From(body.Secret), call.Cancelled), PlatformCredentialData.Of);
    }

    private static async Task<ApiAnswer> ValidateAsync(ApiCall call)
    {
        var opened = await call.Editors.Vault.OpenAsync(call.Actor, Which(call), call.Cancelled);
        return opened.Value is { } key
            ? ApiAnswer.Of(ValidationData.Of(await call.Desk.Probes.OfPlatform(key, call.Cancelled)))
            : ApiAnswer.Refused(opened.Refusal, opened.Error!);
    }
}
