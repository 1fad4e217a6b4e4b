using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Gatehouse.Dialects;
using Gatehouse.Gateway.Credentials;
using Gatehouse.Secrets;

namespace Gatehouse.Control.Api;

/// <summary>A credential as it is shown: everything but the secret.</summary>
internal sealed record CredentialData(
    string Id, string OwnerId, string Name, string Kind, bool IsActive, string Mask, string? Provider, string? BaseUrl, string? Dialect,
    DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, long Revision, bool Opens, IReadOnlyList<string> Warnings)
{
    /// <summary>Shows one.</summary>
    public static CredentialData Of(CredentialEntry one) => new(
        one.Id, one.OwnerId, one.Name, one.Kind.Name(), one.IsActive, one.Mask, one.Provider, one.BaseUrl?.OriginalString, one.Dialect?.Name(),
        one.CreatedAt, one.UpdatedAt, one.Revision, one.Opens, one.Warnings);
}

/// <summary>A credential's secret with where it is sent. A class, so that nothing prints it.</summary>
internal abstract class SecretGiven
{
    /// <summary>The key, token or login file. Goes in and never out.</summary>
    [JsonRequired]
    public string Secret { get; init; } = "";

    /// <summary>For an API key: the preset whose it is.</summary>
    public string? Provider { get; init; }

    /// <summary>For the compatible kinds: the host.</summary>
    public string? BaseUrl { get; init; }

    /// <summary>For the compatible kinds: what the host speaks.</summary>
    public string? Dialect { get; init; }

    /// <summary>The dialect, when it was given and is one; false when it is none.</summary>
    public bool Speaks(out Dialect? dialect)
    {
        dialect = Gatehouse.Dialects.DialectNames.All.Cast<Dialect?>().FirstOrDefault(one => one!.Value.Name() == Dialect);
        return Dialect is null || dialect is not null;
    }
}

/// <summary>A credential to add.</summary>
internal sealed class CredentialGiven : SecretGiven
{
    /// <summary>What to call it.</summary>
    [JsonRequired]
    public string Name { get; init; } = "";

    /// <summary><c>api-key</c>, <c>oauth-token</c>, <c>openai-compatible</c>, <c>anthropic-compatible</c> or <c>auth-json</c>.</summary>
    [JsonRequired]
    public string Kind { get; init; } = "";

    /// <summary>The user that it is for; left out for oneself.</summary>
    public string? OwnerId { get; init; }

    /// <summary>As the editors take it; null with the reason when a word is not known.</summary>
    public NewCredential? Read(out ApiAnswer? refusal)
    {
        var kind = CredentialKinds.Parse(Kind);
        var known = Speaks(out var dialect);
        refusal = kind is null || !known ? CredentialRoutes.UnknownWord : null;
        return refusal is not null
            ? null
            : new NewCredential
            {
                Name = Name,
                Kind = kind!.Value,
                Secret = Gatehouse.Secrets.Secret.From(Secret),
                Provider = Provider,
                BaseUrl = BaseUrl,
                Dialect = dialect,
            };
    }
}

/// <summary>A secret in place of the one that there is.</summary>
internal sealed class SecretReplaced : SecretGiven
{
    /// <summary>The revision that this replaces; a conflict when it is another by now. Left out for whatever it is.</summary>
    public long? Revision { get; init; }
}

/// <summary>What is to be changed of a credential besides its secret; what is left out or null stays.</summary>
internal sealed class CredentialEdit
{
    /// <summary>Another name.</summary>
    public string? Name { get; init; }

    /// <summary>Whether it may be used.</summary>
    public bool? IsActive { get; init; }
}

/// <summary>The routes of users' credentials.</summary>
internal static class CredentialRoutes
{
    private const string One = $"{ApiRoutes.Root}/credentials/{{credential}}";

    /// <summary>What is answered to a kind or dialect that is not known.</summary>
    public static ApiAnswer UnknownWord { get; } = ApiAnswer.Refused(
        EditRefusal.Invalid,
        $"The kind is one of {string.Join(", ", CredentialKinds.All.Select(static kind => kind.Name()))}; the dialect one of {string.Join(", ", DialectNames.All.Select(static one => one.Name()))}.");

    /// <summary>The routes.</summary>
    public static ImmutableArray<ApiRoute> All { get; } =
    [
        new("GET", $"{ApiRoutes.Root}/credentials", Opens.People, "The credentials, with masked tails.", async call =>
            ApiAnswer.All(await call.Editors.Credentials.ListAsync(call.Actor, call.Cancelled), CredentialData.Of)) { Answer = typeof(Listed<CredentialData>) },
        new("POST", $"{ApiRoutes.Root}/credentials", Opens.People, "Adds a credential; it serves nothing until it is attached.", AddAsync)
            { Body = typeof(CredentialGiven), Answer = typeof(CredentialData), Status = 201 },
        new("GET", One, Opens.People, "A credential.", async call =>
            ApiAnswer.Of(await call.Editors.Credentials.FindAsync(call.Actor, call.Place("credential"), call.Cancelled), CredentialData.Of)) { Answer = typeof(CredentialData) },
        new("PATCH", One, Opens.People, "Renames a credential, or switches it on or off.", UpdateAsync)
            { Body = typeof(CredentialEdit), Answer = typeof(CredentialData) },
        new("PUT", $"{One}/secret", Opens.People, "Replaces a credential's secret; its host stays as it was sealed unless it is given again.", ReplaceAsync)
            { Body = typeof(SecretReplaced), Answer = typeof(CredentialData) },
        new("POST", $"{One}/validate", Opens.People, "Asks the credential's provider whether it takes the key; a vendor's login is only looked at, never sent.", ValidateAsync)
            { Answer = typeof(ValidationData), AsksProviders = true },
        new("DELETE", One, Opens.People, "Removes a credential for good.", async call =>
            ApiAnswer.Gone(await call.Editors.Credentials.RemoveAsync(call.Actor, call.Place("credential"), call.Cancelled))) { Status = 204 },
    ];

    private static async Task<ApiAnswer> AddAsync(ApiCall call)
    {
        var body = call.Body<CredentialGiven>();
        return body.Read(out var refusal) is { } given
            ? ApiAnswer.Of(await call.Editors.Credentials.AddAsync(call.Actor, given, body.OwnerId, call.Cancelled), CredentialData.Of)
            : refusal!;
    }

    private static async Task<ApiAnswer> ValidateAsync(ApiCall call)
    {
        var found = await call.Editors.Credentials.OpenAsync(call.Actor, call.Place("credential"), call.Cancelled);
        if (found.Value is not { } opened) return ApiAnswer.Refused(found.Refusal, found.Error!);
        return ApiAnswer.Of(await CredentialCheck.OfAsync(opened, call.Desk.Probes.OfUsers, call.Desk.Clock.GetUtcNow(), call.Cancelled));
    }

    private static async Task<ApiAnswer> UpdateAsync(ApiCall call)
    {
        var body = call.Body<CredentialEdit>();
        var change = new CredentialChange { Name = body.Name, IsActive = body.IsActive };
        return ApiAnswer.Of(await call.Editors.Credentials.UpdateAsync(call.Actor, call.Place("credential"), change, call.Cancelled), CredentialData.Of);
    }

    private static async Task<ApiAnswer> ReplaceAsync(ApiCall call)
    {
        var body = call.Body<SecretReplaced>();
        return body.Speaks(out var dialect)
            ? ApiAnswer.Of(
                await call.Editors.Credentials.ReplaceAsync(
                    call.Actor, call.Place("credential"), Secret.From(body.Secret), body.BaseUrl, dialect, body.Provider, body.Revision, cancellation: call.Cancelled),
                CredentialData.Of)
            : UnknownWord;
    }
}
