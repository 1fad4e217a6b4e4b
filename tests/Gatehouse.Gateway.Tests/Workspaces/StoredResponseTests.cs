using Gatehouse.Dialects;
using Gatehouse.Gateway.Credentials;
using Gatehouse.Gateway.Tenancy;

namespace Gatehouse.Gateway.Tests.Workspaces;

/// <summary>Whose stored responses a workspace can go on with: those of the very credential that serves it.</summary>
public sealed class StoredResponseTests
{
    [Fact]
    public async Task A_response_is_continued_fetched_and_deleted_at_the_credential_that_made_it_and_nowhere_else()
    {
        await using var first = TenantStage.Answering(200, Calls.Response(1, 1));
        await using var second = TenantStage.Answering(200, Calls.Response(1, 1));
        await using var stage = await TenantStage.StartAsync();
        await stage.ConnectAsync(CredentialKind.OpenAiCompatible, first.Address, "openai-codex", Dialect.OpenAiResponses);
        var token = await stage.TokenAsync("openai-codex");
        (await Calls.ByPathAsync(stage.Gateway, token, Calls.Responses)).Response.IsSuccessStatusCode.ShouldBeTrue();
        (await ContinueAsync(stage, token)).ShouldBe(200);
        (await SendAsync(stage, HttpMethod.Get, token)).ShouldBe(200);
        (await SendAsync(stage, HttpMethod.Delete, token)).ShouldBe(200);
        first.Calls.Count.ShouldBe(4);
        first.Calls[2].RequestLine.ShouldBe("GET /responses/resp_1 HTTP/1.1");
        first.Calls.ShouldAllBe(call => call["authorization"] == "Bearer " + TenantStage.Secret);

        // Another credential, the platform, another user: none of them has that response.
        await stage.ConnectAsync(CredentialKind.OpenAiCompatible, second.Address, "openai-codex", Dialect.OpenAiResponses, forProject: true);
        (await ContinueAsync(stage, token)).ShouldBe(400);
        (await SendAsync(stage, HttpMethod.Get, token)).ShouldBe(404);
        await stage.ModesAsync(ProviderMode.Platform, null);
        var other = await stage.TokenAsync("opencode");
        (await ContinueAsync(stage, other)).ShouldBe(400);
        (await SendAsync(stage, HttpMethod.Delete, other)).ShouldBe(404);
        (await SendAsync(stage, HttpMethod.Get, stage.Gateway.Token)).ShouldBe(404);
        (first.Calls.Count, second.Calls.Count).ShouldBe((4, 0));
        stage.Gateway.Simulator!.Received.All.ShouldNotContain(r => r.PathAndQuery.Contains("resp_1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task To_continue_a_response_a_token_needs_its_models_too()
    {
        await using var own = TenantStage.Answering(200, Calls.Response(1, 1));
        await using var stage = await TenantStage.StartAsync();
        await stage.ConnectAsync(CredentialKind.OpenAiCompatible, own.Address, "openai-codex", Dialect.OpenAiResponses);
        var token = await stage.TokenAsync("openai-codex", t => t with { Models = ["gpt-x"] });
        (await Calls.ByPathAsync(stage.Gateway, token, Calls.Responses)).Response.IsSuccessStatusCode.ShouldBeTrue();
        (await ContinueAsync(stage, token)).ShouldBe(200);
        (await ContinueAsync(stage, token, "gpt-dear")).ShouldBe(403);
        own.Calls.Count.ShouldBe(2);
    }

    private static async Task<int> ContinueAsync(TenantStage stage, string token, string model = "gpt-x") =>
        (int)(await stage.Gateway.SendAsync(stage.Gateway.Post(
            "/ai/v1/responses", $$"""{"model":"{{model}}","input":"On","previous_response_id":"resp_1"}""", token))).Response.StatusCode;

    private static async Task<int> SendAsync(TenantStage stage, HttpMethod method, string token)
    {
        var request = new HttpRequestMessage(method, new Uri(stage.Gateway.Address, "/ai/v1/responses/resp_1"));
        request.Headers.Authorization = new("Bearer", token);
        return (int)(await stage.Gateway.SendAsync(request)).Response.StatusCode;
    }
}
