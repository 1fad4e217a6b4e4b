using Gatehouse.Dialects;
using Gatehouse.Gateway.Credentials;
using Gatehouse.Gateway.Tests.Exchanges;
using Gatehouse.Gateway.Tests.Hostile;

namespace Gatehouse.Gateway.Tests.Workspaces;

/// <summary>Of several things wrong at once, which one is told; and in whose words. The page docs/workspaces.md has the same order.</summary>
public sealed class CheckOrderTests
{
    private static readonly string[] s_asking = [Calls.Messages, Calls.Chat, Calls.Responses];
    private static readonly string[] s_paths = [.. s_asking, Calls.CountTokens];

    [Fact]
    public async Task Each_check_comes_before_the_next()
    {
        // From the last fault to the first: each step adds one that must then be told, while all the others still hold.
        await using var stage = await TenantStage.StartAsync(configExtra: TenantStage.Loopback + """, "userLimits": { "requests": 40 }""");
        var good = await stage.TokenAsync("opencode");
        await ShouldTellAsync(stage, good, 403, "credential_missing");
        await ShouldTellAsync(stage, good, 400, "invalid_request", "{}");
        await ShouldTellAsync(stage, good, 400, "invalid_request", "{\"model\":7}");
        await ShouldTellAsync(stage, good, 400, "invalid_request", "[]");
        await ShouldTellAsync(stage, good, 400, "invalid_request", "{not json");
        while ((int)(await Calls.ByPathAsync(stage.Gateway, good, Calls.Messages)).Response.StatusCode == 403)
        {
            // Until the window is full; forty at most.
        }

        // Counting has no part in the window, so that its body is looked at even now.
        await ShouldTellAsync(stage, good, 429, "rate_limited", "{not json", s_asking);
        await ShouldTellAsync(stage, good, 400, "invalid_request", "{not json", [Calls.CountTokens]);
        await ShouldTellAsync(stage, await stage.TokenAsync("made-up"), 403, "harness_unknown", "{not json");
        await ShouldTellAsync(stage, await stage.TokenAsync("made-up", t => t with { WorkspaceId = "nowhere" }), 401, "workspace_gone", "{not json");
        await stage.DisableUserAsync();
        await ShouldTellAsync(stage, good, 401, "token_refused", "{not json");
        await ShouldTellAsync(stage, good[..^1], 401, "token_refused", "{not json");
        await stage.SetAsync("proxy.enabled", "false");
        await ShouldTellAsync(stage, good[..^1], 503, "proxy_disabled", "{not json");
        await ShouldTellAsync(stage, good, 503, "proxy_disabled");
    }

    [Fact]
    public async Task A_model_that_is_not_allowed_is_told_before_what_its_provider_speaks()
    {
        await using var own = TenantStage.Answering(200, Calls.Message(1, 1));
        await using var stage = await TenantStage.StartAsync();
        await stage.ConnectAsync(CredentialKind.AnthropicCompatible, own.Address, "opencode");
        var token = await stage.TokenAsync("opencode", t => t with { Models = ["other"] });
        await ShouldTellAsync(stage, token, 403, "model_not_allowed");
        own.Calls.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("GET", Calls.Messages)]
    [InlineData("DELETE", Calls.Chat)]
    [InlineData("POST", "openai/v1/models")]
    public async Task A_wrong_method_is_told_with_the_right_one_in_the_paths_dialect(string method, string path)
    {
        await using var stage = await TenantStage.StartAsync();
        var token = await stage.TokenAsync();
        var request = new HttpRequestMessage(new HttpMethod(method), new Uri(stage.Gateway.Address, $"/ai/proxy/{token}/{path}"));
        var (response, body) = await stage.Gateway.SendAsync(request);
        ((int)response.StatusCode).ShouldBe(405, body);
        response.Content.Headers.Allow.ShouldNotBeEmpty();
        Door.ErrorWord(path == Calls.Messages ? Dialect.Anthropic : Dialect.OpenAiChat, body);
        body.ShouldNotContain(token);
    }

    [Fact]
    public async Task Codex_asking_for_a_websocket_is_sent_back_to_http()
    {
        await using var stage = await TenantStage.StartAsync();
        var request = new HttpRequestMessage(HttpMethod.Get, new Uri(stage.Gateway.Address, $"/ai/proxy/{await stage.TokenAsync()}/{Calls.Responses}"));
        request.Headers.TryAddWithoutValidation("Connection", "Upgrade");
        request.Headers.TryAddWithoutValidation("Upgrade", "websocket");
        ((int)(await stage.Gateway.SendAsync(request)).Response.StatusCode).ShouldBe(426);
    }

    private static async Task ShouldTellAsync(TenantStage stage, string token, int status, string word, string? body = null, string[]? paths = null)
    {
        foreach (var path in paths ?? s_paths)
        {
            var (response, text) = await Calls.ByPathAsync(stage.Gateway, token, path, body);
            ((int)response.StatusCode).ShouldBe(status, $"{path}: {text}");
            Calls.OwnWord(response).ShouldBe(word, path);
            Door.ErrorWord(path.StartsWith("anthropic", StringComparison.Ordinal) ? Dialect.Anthropic : Dialect.OpenAiChat, text);
        }
    }
}
