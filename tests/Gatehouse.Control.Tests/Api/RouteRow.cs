namespace Gatehouse.Control.Tests.Api;

/// <summary>What a route answers to whom, by status.</summary>
/// <param name="Method">The route's method.</param>
/// <param name="Pattern">The route's pattern.</param>
/// <param name="Owner">A member, about what is theirs.</param>
/// <param name="Other">Another member, about the same.</param>
/// <param name="Admin">An administrator, about the same.</param>
/// <param name="Runner">The runner of the workspace.</param>
/// <param name="OtherRunner">The runner of another's workspace.</param>
/// <param name="Body">What is sent.</param>
/// <param name="Query">The query that is asked with.</param>
/// <param name="IsLogin">Whether the credential is a vendor's login, which no route sends anywhere.</param>
/// <param name="Changes">Whether it changes anything; null for every method but GET.</param>
/// <param name="Harness">The harness that the path names.</param>
internal sealed record RouteRow(
    string Method, string Pattern, int Owner, int Other, int Admin, int Runner = 403, int OtherRunner = 403, string? Body = null, string Query = "",
    bool IsLogin = false, bool? Changes = null, string Harness = "claude-code")
{
    private const string Key = "\"sk-ant-api03-canary-0123456789abcdefghij-9f3c\"";

    /// <summary>A row for every route but those that are open to everyone.</summary>
    public static IReadOnlyList<RouteRow> All { get; } =
    [
        new("GET", "/api/v1/me", 200, 200, 200, 200, 200),
        new("GET", "/api/v1/users", 200, 200, 200),
        new("POST", "/api/v1/users", 403, 403, 201, Body: """{"name":"{new}"}"""),
        new("GET", "/api/v1/users/{user}", 200, 404, 200),
        new("PATCH", "/api/v1/users/{user}", 200, 404, 200, Body: """{"name":"{new}"}"""),
        new("GET", "/api/v1/projects", 200, 200, 200),
        new("POST", "/api/v1/projects", 201, 404, 201, Body: """{"name":"{new}","ownerId":"{user}"}"""),
        new("GET", "/api/v1/projects/{project}", 200, 404, 200),
        new("PATCH", "/api/v1/projects/{project}", 200, 404, 200, Body: """{"name":"{new}","providerMode":"own"}"""),
        new("DELETE", "/api/v1/projects/{project}", 409, 404, 409),
        new("GET", "/api/v1/workspaces", 200, 200, 200),
        new("POST", "/api/v1/workspaces", 201, 404, 201, Body: """{"project":"{project}","name":"{new}"}"""),
        new("GET", "/api/v1/workspaces/{workspace}", 200, 404, 200, 200, 404),
        new("POST", "/api/v1/workspaces/{workspace}/stop", 200, 404, 200),
        new("POST", "/api/v1/workspaces/{workspace}/agent-key", 403, 403, 403, 200, 404, """{"harness":"claude-code"}""", Changes: false),
        new("POST", "/api/workspaces/{workspace}/agent-key", 403, 403, 403, 200, 404, """{"agentType":"claude-code"}""", Changes: false),
        new("POST", "/api/auth/codex-refresh", 403, 403, 403, Body: """{"grant_type":"refresh_token","refresh_token":"x"}"""),
        new("POST", "/api/v1/workspaces/{workspace}/login", 403, 403, 403, 200, 404, """{"harness":"openai-codex","content":"{}"}""", Changes: false),
        new("POST", "/api/workspaces/{workspace}/agent-credential-sync", 403, 403, 403, 200, 404, """{"agentType":"openai-codex","credential":"{}"}""", Changes: false),
        new("POST", "/api/v1/workspaces/{workspace}/tokens", 201, 404, 201, 201, 404, """{"harness":"claude-code","lifetimeSeconds":60}"""),
        new("POST", "/api/v1/workspaces/{workspace}/runner-tokens", 201, 404, 201),
        new("GET", "/api/v1/credentials", 200, 200, 200),
        new("POST", "/api/v1/credentials", 201, 404, 201, Body: $$"""{"name":"{new}","kind":"api-key","secret":{{Key}},"ownerId":"{user}"}"""),
        new("GET", "/api/v1/credentials/{credential}", 200, 404, 200),
        new("PATCH", "/api/v1/credentials/{credential}", 200, 404, 200, Body: """{"isActive":false}"""),
        new("PUT", "/api/v1/credentials/{credential}/secret", 200, 404, 200, Body: $$"""{"secret":{{Key}},"revision":1}"""),
        new("POST", "/api/v1/credentials/{credential}/validate", 200, 404, 200, IsLogin: true, Changes: false),
        new("DELETE", "/api/v1/credentials/{credential}", 204, 404, 204),
        new("GET", "/api/v1/platform-credentials", 403, 403, 200),
        new("POST", "/api/v1/platform-credentials", 403, 403, 201, Body: $$"""{"provider":"no-such-provider","name":"{new}","secret":{{Key}}}"""),
        new("GET", "/api/v1/platform-credentials/{platform-credential}", 403, 403, 200),
        new("PUT", "/api/v1/platform-credentials/{platform-credential}/secret", 403, 403, 200, Body: $$"""{"secret":{{Key}}}"""),
        new("POST", "/api/v1/platform-credentials/{platform-credential}/validate", 403, 403, 200, Changes: false),
        new("DELETE", "/api/v1/platform-credentials/{platform-credential}", 403, 403, 204),
        new("PUT", "/api/v1/connections/{harness}", 200, 404, 200, Body: $$"""{"secret":{{Key}}}""", Query: "?user={user}"),
        new("DELETE", "/api/v1/connections/{harness}", 200, 404, 200, Query: "?user={user}"),
        new("POST", "/api/v1/connections/{harness}/validate", 200, 404, 200, Query: "?user={user}", IsLogin: true, Changes: false),
        new("POST", "/api/v1/connections/{harness}/repair", 200, 404, 200, Body: "{}", Query: "?project={project}", Harness: Belongings.Broken),
        new("GET", "/api/v1/configurations", 200, 200, 200),
        new("POST", "/api/v1/configurations", 201, 404, 201, Body: """{"name":"{new}","harness":"claude-code","credential":"{credential}","settings":{"model":"m"}}"""),
        new("GET", "/api/v1/configurations/{configuration}", 200, 404, 200),
        new("PATCH", "/api/v1/configurations/{configuration}", 200, 404, 200, Body: """{"platform":true}"""),
        new("DELETE", "/api/v1/configurations/{configuration}", 204, 404, 204),
        new("GET", "/api/v1/attachments", 200, 200, 200),
        new("POST", "/api/v1/attachments", 201, 404, 201, Body: """{"configuration":"{configuration}","project":"{project}"}"""),
        new("PATCH", "/api/v1/attachments/{attachment}", 200, 404, 200, Body: """{"isActive":false}"""),
        new("DELETE", "/api/v1/attachments/{attachment}", 204, 404, 204),
        new("GET", "/api/v1/tokens", 200, 200, 200),
        new("POST", "/api/v1/tokens", 201, 404, 201, Body: """{"name":"{new}","userId":"{user}"}"""),
        new("DELETE", "/api/v1/tokens/{token}", 204, 404, 204, 204, 404),
        new("POST", "/api/v1/tokens/{token}/renew", 200, 404, 200, 200, 404, """{"lifetimeSeconds":80000}"""),
        new("GET", "/api/v1/users/{user}/limits", 200, 404, 200),
        new("PUT", "/api/v1/users/{user}/limits", 200, 404, 200, Body: """{"dailyInputTokenLimit":5000}"""),
        new("DELETE", "/api/v1/users/{user}/limits", 200, 404, 200),
        new("PUT", "/api/v1/users/{user}/ceilings", 403, 403, 200, Body: """{"maxRequests":5}"""),
        new("GET", "/api/v1/settings", 403, 403, 200),
        new("PATCH", "/api/v1/settings", 403, 403, 200, Body: """{"providerModeDefault":"opt-in"}"""),
        new("DELETE", "/api/v1/settings/{setting}", 403, 403, 200),
        new("GET", "/api/v1/usage", 200, 404, 200, Query: "?by=model&user={user}"),
        new("GET", "/api/v1/audit", 200, 200, 200, Query: "?action=credential."),
        new("GET", "/api/v1/programs", 403, 403, 200),
        new("GET", "/api/v1/harnesses", 200, 200, 200),
        new("GET", "/api/v1/presets", 200, 200, 200),
        new("GET", "/api/v1/resolution-status", 200, 404, 200, Query: "?user={user}"),
    ];

    /// <summary>Whether it changes anything.</summary>
    public bool IsChange => Changes ?? Method != "GET";

    public string Name => $"{Method} {Pattern}";

    /// <summary>The path with what belongs to someone.</summary>
    public string PathOf(Belongings whose) =>
        whose.Fill((IsLogin ? Pattern.Replace("{credential}", "{login}", StringComparison.Ordinal) : Pattern) + Query, Uri.EscapeDataString)
            .Replace("{setting}", "proxy.enabled", StringComparison.Ordinal).Replace("{harness}", Harness, StringComparison.Ordinal);

    /// <summary>The body with what belongs to someone, and with a name that is new.</summary>
    public string? BodyOf(Belongings whose) => Body is null
        ? null
        : whose.Fill(Body, static text => System.Text.Json.JsonEncodedText.Encode(text).ToString()).Replace("{new}", $"new-{Guid.NewGuid():N}", StringComparison.Ordinal);
}
