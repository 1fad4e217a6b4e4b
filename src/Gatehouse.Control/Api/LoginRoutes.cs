using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Gatehouse.Catalog;
using Gatehouse.Control.Logins;
using Gatehouse.Control.Runtime;
using Gatehouse.Secrets;

namespace Gatehouse.Control.Api;

/// <summary>What Codex sends to refresh its login. It is the vendor's form, which may grow: members that are not known are passed over.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Skip)]
internal sealed class RefreshWish
{
    /// <summary>Always <c>refresh_token</c>.</summary>
    [JsonPropertyName("grant_type")]
    public string? GrantType { get; init; }

    /// <summary>The refresh token that it holds. Goes in and never out.</summary>
    [JsonPropertyName("refresh_token")]
    public string? RefreshToken { get; init; }
}

/// <summary>A refreshed login: in OAuth's words, less what is not to be told.</summary>
internal sealed class RefreshedData
{
    /// <summary>The access token.</summary>
    [JsonPropertyName("access_token")]
    public required string AccessToken { get; init; }

    /// <summary>The id token, where there is one.</summary>
    [JsonPropertyName("id_token"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? IdToken { get; init; }

    /// <summary>The refresh token; left out where the one presented was used up long ago.</summary>
    [JsonPropertyName("refresh_token"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? RefreshToken { get; init; }

    /// <summary>Whether the refresh token presented was used up long ago; left out when it was not.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Stale { get; init; }
}

/// <summary>The route at which workspaces refresh their Codex login.</summary>
internal static class LoginRoutes
{
    private const string Codex = "openai-codex";
    private const int LongestToken = 16 * 1024;

    /// <summary>The routes.</summary>
    public static ImmutableArray<ApiRoute> All { get; } =
    [
        new("POST", AgentKey.RefreshPath, Opens.Workspaces, "Refreshes the Codex login of a workspace, whose token may stand in the query; one call to the vendor at a time per login.", RefreshAsync)
        {
            Body = typeof(RefreshWish),
            Answer = typeof(RefreshedData),
            Query = [QueryToken.Name],
            IsOAuth = true,
        },
    ];

    private static async Task<ApiAnswer> RefreshAsync(ApiCall call)
    {
        if (!call.Desk.Workspaces().CodexRefresh.Enabled)
            return ApiAnswer.Failed(503, "refresh-off", "Logins are not refreshed here: workspaces.codexRefresh.enabled is false.");
        // A login is for the harness that it is of: the token of another one in the same workspace must not fetch it.
        if (HarnessCatalog.Embedded.Find(call.Token?.Harness ?? "") is not { Name: Codex })
            return ApiAnswer.Failed(403, "forbidden", "This is for a workspace's Codex: it needs a workspace token for openai-codex.");
        var body = call.Body<RefreshWish>();
        if (body.GrantType != "refresh_token") return Invalid("unsupported_grant_type", "The member grant_type must be 'refresh_token'.");
        if (body.RefreshToken is not { Length: > 0 and <= LongestToken } token) return Invalid("invalid_request", "The member refresh_token is missing, or too long.");
        var table = await call.Desk.TenantsAsync(call.Cancelled);
        return Answer(await call.Desk.Codex.RefreshAsync(table, call.Actor.WorkspaceId!, Secret.From(token), call.Actor, call.Cancelled));
    }

    private static ApiAnswer Answer(RefreshResult result) => result.Status == RefreshStatus.Ok
        ? ApiAnswer.Of(new RefreshedData
        {
            AccessToken = result.AccessToken!.Reveal(),
            IdToken = result.IdToken?.Reveal(),
            RefreshToken = result.RefreshToken?.Reveal(),
            Stale = result.Stale,
        })
        : Failed(result.Status, result.Error!, result.Description!) with { RetryAfterSeconds = result.RetryAfterSeconds };

    private static ApiAnswer Invalid(string error, string why) => Failed(RefreshStatus.Invalid, error, why);

    private static ApiAnswer Failed(RefreshStatus status, string error, string why)
    {
        var code = status switch
        {
            RefreshStatus.Invalid => "invalid",
            RefreshStatus.Refused => "login-refused",
            RefreshStatus.NotFound => "not-found",
            RefreshStatus.TooMany => "too-many",
            RefreshStatus.LateGateway => "late",
            _ => "vendor-failed",
        };
        return new ApiAnswer { Status = (int)status, Problem = ApiProblem.Of((int)status, code, why) with { Error = error, ErrorDescription = why } };
    }
}
