using Gatehouse.Gateway.Credentials;
using Gatehouse.Gateway.Tenancy;
using Gatehouse.Gateway.Tests.Upstream;

namespace Gatehouse.Gateway.Tests.Workspaces;

/// <summary>Which models a workspace is shown.</summary>
public sealed class WorkspaceModelsTests
{
    private const string List = """{"object":"list","data":[{"id":"own-1","object":"model","created":1,"owned_by":"me"},{"id":"own-2","object":"model","created":1,"owned_by":"me"}]}""";

    [Fact]
    public async Task Its_own_providers_list_asked_once_with_its_key()
    {
        await using var own = Listing(200, List);
        await using var stage = await TenantStage.StartAsync();
        await stage.ConnectAsync(CredentialKind.OpenAiCompatible, own.Address + "/v1", "opencode");
        var token = await stage.TokenAsync("opencode");
        foreach (var path in (string[])[$"/ai/proxy/{token}/openai/v1/models", "/ai/v1/models", "/ai/openai/v1/models", "/v1/models"])
            Calls.ModelIds((await GetAsync(stage, path, token)).Body).ShouldBe(["own-1", "own-2"]);
        (await GetAsync(stage, $"/ai/proxy/{token}/openai/v1/models/own-2", token)).Body.ShouldContain("own-2");
        foreach (var path in (string[])[$"/ai/proxy/{token}/openai/v1/models/own-2[1m]", "/ai/v1/models/own-2%5B1m%5D"])
            (await GetAsync(stage, path, token)).Body.ShouldContain("\"own-2\"");
        ((int)(await GetAsync(stage, "/ai/v1/models/own-3", token)).Response.StatusCode).ShouldBe(404);

        var asked = own.Connections.SelectMany(c => c.Requests).ShouldHaveSingleItem();
        asked.RequestLine.ShouldBe("GET /v1/models HTTP/1.1");
        asked["authorization"].ShouldBe("Bearer " + TenantStage.Secret);
        (await stage.Gateway.RowsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_tokens_own_models_bind_its_list()
    {
        await using var own = Listing(200, List);
        await using var stage = await TenantStage.StartAsync();
        await stage.ConnectAsync(CredentialKind.OpenAiCompatible, own.Address, "opencode");
        var token = await stage.TokenAsync("opencode", t => t with { Models = ["own-2"] });
        Calls.ModelIds((await GetAsync(stage, "/ai/v1/models", token)).Body).ShouldBe(["own-2"]);
    }

    [Theory]
    [InlineData(null, 502)]
    [InlineData("configured-model", 200)]
    public async Task A_provider_without_a_list_is_told_or_stood_in_for_by_what_is_configured(string? configured, int status)
    {
        await using var own = Listing(404, $"no list here, {TenantStage.Secret}");
        await using var stage = await TenantStage.StartAsync();
        await stage.ConnectAsync(CredentialKind.OpenAiCompatible, own.Address, "opencode", settings: HarnessSettings.None with { Model = configured });
        var (response, body) = await GetAsync(stage, "/ai/v1/models", await stage.TokenAsync("opencode"));
        ((int)response.StatusCode).ShouldBe(status, body);
        if (configured is not null) Calls.ModelIds(body).ShouldBe([configured]);
        else Calls.OwnWord(response).ShouldBe("models_unavailable");
        body.ShouldNotContain(TenantStage.Secret);
        body.ShouldNotContain("127.0.0.1");
    }

    [Fact]
    public async Task The_platforms_models_that_an_administrator_allows()
    {
        await using var stage = await TenantStage.StartAsync(models: """[ { "match": "claude-one", "targets": [ { "provider": "up" } ] }, { "match": "gpt-two", "targets": [ { "provider": "up" } ] } ]""");
        var token = await stage.TokenAsync();
        ((int)(await GetAsync(stage, "/ai/v1/models", token)).Response.StatusCode).ShouldBe(403);
        await stage.ModesAsync(ProviderMode.Platform, null);
        // The server's own list comes in the explicit form, sooner or later.
        Calls.ModelIds((await GetAsync(stage, "/ai/v1/models", token)).Body).Where(id => !id.StartsWith("up/", StringComparison.Ordinal))
            .ShouldBe(["claude-one", "gpt-two"], ignoreOrder: true);
        var narrow = await stage.TokenAsync(with: t => t with { Models = ["claude-*"] });
        Calls.ModelIds((await GetAsync(stage, "/ai/v1/models", narrow)).Body).ShouldBe(["claude-one"], "a token's own models bind its list here too");
        await stage.SetAsync("models.allowed", """["gpt-*"]""");
        Calls.ModelIds((await GetAsync(stage, "/ai/v1/models", narrow)).Body).ShouldBeEmpty();
        Calls.ModelIds((await GetAsync(stage, "/ai/v1/models", token)).Body).ShouldBe(["gpt-two"]);
        ((int)(await GetAsync(stage, "/ai/v1/models/claude-one", token)).Response.StatusCode).ShouldBe(404);
        await stage.SetAsync("proxy.enabled", "false");
        ((int)(await GetAsync(stage, "/ai/v1/models", token)).Response.StatusCode).ShouldBe(503);
        ((int)(await GetAsync(stage, "/v1/models", token)).Response.StatusCode).ShouldBe(503);
    }

    private static RawUpstream Listing(int status, string body) => new(async connection =>
    {
        while (await connection.ReadRequestAsync() is not null)
            await connection.WriteAsync($"HTTP/1.1 {status} Word\r\ncontent-type: application/json\r\ncontent-length: {body.Length}\r\n\r\n{body}");
    });

    private static async Task<(HttpResponseMessage Response, string Body)> GetAsync(TenantStage stage, string path, string token)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, new Uri(stage.Gateway.Address, path));
        request.Headers.Authorization = new("Bearer", token);
        return await stage.Gateway.SendAsync(request);
    }
}
