using System.Text;
using Gatehouse.Dialects;
using Gatehouse.Gateway.Credentials;
using Gatehouse.Gateway.Metering;
using Gatehouse.Gateway.Tests.Faults;
using Gatehouse.Gateway.Tests.Upstream;

namespace Gatehouse.Gateway.Tests.Workspaces;

/// <summary>What a workspace's call comes to at a provider of its user's own, and what goes there.</summary>
public sealed class OwnProviderTests
{
    [Theory]
    [InlineData("ghw_bad")]
    [InlineData("unused")]
    public async Task A_bad_token_gets_401_and_nothing_is_called(string token)
    {
        await using var own = TenantStage.Answering(200, Calls.Message(1, 1));
        await using var stage = await TenantStage.StartAsync();
        await stage.ConnectAsync(CredentialKind.AnthropicCompatible, own.Address);
        var (response, _) = await Calls.ByPathAsync(stage.Gateway, token, Calls.Messages);
        ((int)response.StatusCode).ShouldBe(401);
        Calls.OwnWord(response).ShouldBe("token_refused");
        own.Calls.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(Calls.Messages)]
    [InlineData(Calls.CountTokens)]
    [InlineData(Calls.Chat)]
    [InlineData(Calls.Responses)]
    public async Task Without_any_credential_the_call_is_refused_and_nobody_is_called(string path)
    {
        await using var stage = await TenantStage.StartAsync();
        var (response, body) = await Calls.ByPathAsync(stage.Gateway, await stage.TokenAsync(), path);
        ((int)response.StatusCode).ShouldBe(403, body);
        Calls.OwnWord(response).ShouldBe("credential_missing");
        stage.Gateway.Simulator!.Received.All.ShouldNotContain(r => r.Method == "POST");
        var row = (await stage.Gateway.RowsAsync()).ShouldHaveSingleItem();
        row.ErrorType.ShouldBe("credential_missing");
        row.End.ShouldBe(ExchangeEnd.Refused);
    }

    [Fact]
    public async Task Messages_go_once_to_the_credentials_own_address_with_its_key_and_nothing_of_the_caller()
    {
        await using var own = TenantStage.Answering(200, Calls.Message(13, 8));
        await using var stage = await TenantStage.StartAsync();
        var credential = await stage.ConnectAsync(CredentialKind.AnthropicCompatible, own.Address + "/anthropic-alt");
        var token = await stage.TokenAsync();
        var (response, body) = await Calls.ByPathAsync(
            stage.Gateway,
            token,
            Calls.Messages + "?beta=true&key=sk-client&api_key=sk-client&token=" + token,
            null,
            ("authorization", "Bearer sk-client"), ("x-api-key", "sk-client"), ("api-key", "sk-client"), ("x-goog-api-key", "sk-client"),
            ("proxy-authorization", "Basic sk-client"), ("cf-aig-authorization", "sk-client"), ("cookie", "session=sk-client"),
            ("openai-organization", "org-client"), ("x-gatehouse-user", TenantStage.User), ("anthropic-beta", "context-1m-2025-08-07"));

        ((int)response.StatusCode).ShouldBe(200, body);
        var call = own.Calls.ShouldHaveSingleItem();
        call.RequestLine.ShouldBe("POST /anthropic-alt/v1/messages?beta=true HTTP/1.1");
        call["x-api-key"].ShouldBe(TenantStage.Secret);
        call["authorization"].ShouldBeNull();
        call["anthropic-version"].ShouldBe("2023-06-01");
        call["anthropic-beta"].ShouldBe("context-1m-2025-08-07");
        Encoding.UTF8.GetString(call.Body).ShouldBe(Calls.Body(Calls.Messages));
        ShouldSayNothingOfTheCaller(call, token);

        var row = (await stage.Gateway.RowsAsync()).ShouldHaveSingleItem();
        (row.UserId, row.ProjectId, row.WorkspaceId, row.Harness).ShouldBe((TenantStage.User, TenantStage.Project, TenantStage.Workspace, "claude-code"));
        (row.Provider, row.CredentialId, row.CredentialSource, row.CredentialOwner).ShouldBe(("tenant:" + credential, credential, "user-attachment", "user"));
        (row.Usage.Input, row.Usage.Output, row.UpstreamDialect).ShouldBe((13, 8, Dialect.Anthropic));
        row.ProviderId.ShouldBe("127-0-0-1");
    }

    [Theory]
    [InlineData(null, Calls.Chat, "/v1/chat/completions")]
    [InlineData(Dialect.OpenAiChat, Calls.Chat, "/v1/chat/completions")]
    [InlineData(Dialect.OpenAiResponses, Calls.Responses, "/v1/responses")]
    public async Task An_openai_compatible_key_goes_as_bearer_to_its_address(Dialect? dialect, string path, string upstream)
    {
        await using var own = TenantStage.Answering(200, path == Calls.Chat ? Calls.Completion(21, 6) : Calls.Response(21, 6));
        await using var stage = await TenantStage.StartAsync();
        await stage.ConnectAsync(CredentialKind.OpenAiCompatible, own.Address + "/v1", "opencode", dialect);
        var token = await stage.TokenAsync("opencode");
        var (response, body) = await Calls.ByPathAsync(stage.Gateway, token, path);

        ((int)response.StatusCode).ShouldBe(200, body);
        var call = own.Calls.ShouldHaveSingleItem();
        call.RequestLine.ShouldBe($"POST {upstream} HTTP/1.1");
        call["authorization"].ShouldBe("Bearer " + TenantStage.Secret);
        call["x-api-key"].ShouldBeNull();
        ShouldSayNothingOfTheCaller(call, token);
        var row = (await stage.Gateway.RowsAsync()).ShouldHaveSingleItem();
        (row.Usage.Input, row.Usage.Output).ShouldBe((21, 6));
    }

    [Fact]
    public async Task Settings_name_the_provider_in_the_ledger()
    {
        await using var own = TenantStage.Answering(200, Calls.Message(13, 8));
        await using var stage = await TenantStage.StartAsync();
        await stage.ConnectAsync(CredentialKind.AnthropicCompatible, own.Address, settings: HarnessSettings.None with { ProviderId = "Anthropic Alt.Example" });
        await Calls.ByPathAsync(stage.Gateway, await stage.TokenAsync(), Calls.Messages);
        (await stage.Gateway.RowsAsync()).ShouldHaveSingleItem().ProviderId.ShouldBe("anthropic-alt-example");
    }

    [Fact]
    public async Task Counting_tokens_is_no_usage()
    {
        await using var own = TenantStage.Answering(200, """{"input_tokens":99}""");
        await using var stage = await TenantStage.StartAsync();
        await stage.ConnectAsync(CredentialKind.AnthropicCompatible, own.Address);
        var (response, body) = await Calls.ByPathAsync(stage.Gateway, await stage.TokenAsync(), Calls.CountTokens);
        ((int)response.StatusCode).ShouldBe(200);
        body.ShouldBe("""{"input_tokens":99}""");
        own.Calls.ShouldHaveSingleItem().RequestLine.ShouldBe("POST /v1/messages/count_tokens HTTP/1.1");
        (await stage.Gateway.RowsAsync()).ShouldHaveSingleItem().Usage.IsEmpty.ShouldBeTrue();
    }

    [Theory]
    [InlineData("gpt-4o")]
    [InlineData("deepseek-chat")]
    [InlineData("vendor/some model")]
    public async Task Any_model_name_passes_to_a_provider_of_ones_own(string model)
    {
        await using var own = TenantStage.Answering(200, Calls.Message(1, 1));
        await using var stage = await TenantStage.StartAsync(models: """[ { "match": "claude-*", "targets": [ { "provider": "up" } ] } ]""");
        await stage.ConnectAsync(CredentialKind.AnthropicCompatible, own.Address);
        await stage.SetAsync("models.allowed", """["claude-*"]""");
        var (response, body) = await Calls.ByPathAsync(stage.Gateway, await stage.TokenAsync(), Calls.Messages, Calls.Body(Calls.Messages, model));
        ((int)response.StatusCode).ShouldBe(200, body);
        Encoding.UTF8.GetString(own.Calls.ShouldHaveSingleItem().Body).ShouldContain($"\"{model}\"");
    }

    [Fact]
    public async Task What_claude_code_puts_behind_a_model_for_itself_stays_behind()
    {
        await using var own = TenantStage.Answering(200, Calls.Message(1, 1));
        await using var stage = await TenantStage.StartAsync();
        await stage.ConnectAsync(CredentialKind.AnthropicCompatible, own.Address);
        await Calls.ByPathAsync(stage.Gateway, await stage.TokenAsync(), Calls.Messages, Calls.Body(Calls.Messages, "claude-sonnet-5[1m]"));
        Encoding.UTF8.GetString(own.Calls.ShouldHaveSingleItem().Body).ShouldContain("\"claude-sonnet-5\"");
    }

    [Fact]
    public async Task A_tokens_own_models_bind_it_at_a_provider_of_ones_own_too()
    {
        await using var own = TenantStage.Answering(200, Calls.Message(1, 1));
        await using var stage = await TenantStage.StartAsync();
        await stage.ConnectAsync(CredentialKind.AnthropicCompatible, own.Address);
        var token = await stage.TokenAsync(with: t => t with { Models = ["claude-haiku-*"] });
        var (response, _) = await Calls.ByPathAsync(stage.Gateway, token, Calls.Messages);
        ((int)response.StatusCode).ShouldBe(403);
        Calls.OwnWord(response).ShouldBe("model_not_allowed");
        own.Calls.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(CredentialKind.OAuthToken)]
    [InlineData(CredentialKind.AuthJson)]
    public async Task A_vendors_login_is_never_sent(CredentialKind kind)
    {
        await using var stage = await TenantStage.StartAsync();
        var secret = kind == CredentialKind.AuthJson ? """{"tokens":{"access_token":"x","refresh_token":"y","id_token":"z"}}""" : TenantStage.Secret;
        await stage.ConnectAsync(kind, secret: secret);
        var (response, body) = await Calls.ByPathAsync(stage.Gateway, await stage.TokenAsync(), Calls.Messages);
        ((int)response.StatusCode).ShouldBe(403, body);
        Calls.OwnWord(response).ShouldBe("credential_native");
        stage.Gateway.Simulator!.Received.All.ShouldNotContain(r => r.Method == "POST");
    }

    [Fact]
    public async Task The_projects_credential_goes_before_the_users()
    {
        await using var ofUser = TenantStage.Answering(200, Calls.Message(1, 1));
        await using var ofProject = TenantStage.Answering(200, Calls.Message(2, 2));
        await using var stage = await TenantStage.StartAsync();
        await stage.ConnectAsync(CredentialKind.AnthropicCompatible, ofUser.Address);
        await stage.ConnectAsync(CredentialKind.AnthropicCompatible, ofProject.Address, forProject: true);
        await Calls.ByPathAsync(stage.Gateway, await stage.TokenAsync(), Calls.Messages);
        (ofUser.Calls.Count, ofProject.Calls.Count).ShouldBe((0, 1));
        var row = (await stage.Gateway.RowsAsync()).ShouldHaveSingleItem();
        (row.CredentialSource, row.CredentialOwner).ShouldBe(("project-attachment", "project"));
    }

    [Fact]
    public async Task A_project_connection_that_is_switched_off_stops_the_call()
    {
        await using var ofUser = TenantStage.Answering(200, Calls.Message(1, 1));
        await using var stage = await TenantStage.StartAsync();
        await stage.SetAsync("providerMode.default", "\"fallback\"");
        await stage.ConnectAsync(CredentialKind.AnthropicCompatible, ofUser.Address);
        await stage.ConnectAsync(CredentialKind.AnthropicCompatible, ofUser.Address, forProject: true, isActive: false);
        var (response, body) = await Calls.ByPathAsync(stage.Gateway, await stage.TokenAsync(), Calls.Messages);
        ((int)response.StatusCode).ShouldBe(403, body);
        Calls.OwnWord(response).ShouldBe("credential_halted");
        body.ShouldContain("attachment-inactive");
        ofUser.Calls.ShouldBeEmpty();
        stage.Gateway.Simulator!.Received.All.ShouldNotContain(r => r.Method == "POST");
    }

    [Fact]
    public async Task A_replaced_key_serves_the_next_call_and_a_removed_one_none()
    {
        await using var before = TenantStage.Answering(200, Calls.Message(1, 1));
        await using var after = TenantStage.Answering(200, Calls.Message(1, 1));
        await using var stage = await TenantStage.StartAsync();
        var id = await stage.ConnectAsync(CredentialKind.AnthropicCompatible, before.Address);
        var token = await stage.TokenAsync();
        await Calls.ByPathAsync(stage.Gateway, token, Calls.Messages);
        await stage.ReplaceAsync(id, "sk-tenant-replaced-0123456789", after.Address);
        await Calls.ByPathAsync(stage.Gateway, token, Calls.Messages);
        (before.Calls.Count, after.Calls.Count).ShouldBe((1, 1));
        after.Calls[0]["x-api-key"].ShouldBe("sk-tenant-replaced-0123456789");
        await stage.RemoveAsync(id);
        var (response, _) = await Calls.ByPathAsync(stage.Gateway, token, Calls.Messages);
        ((int)response.StatusCode).ShouldBe(403);
    }

    [Theory]
    [InlineData(CredentialKind.OpenAiCompatible, null, Calls.Messages)]
    [InlineData(CredentialKind.OpenAiCompatible, Dialect.OpenAiResponses, Calls.Messages)]
    [InlineData(CredentialKind.OpenAiCompatible, null, Calls.Responses)]
    [InlineData(CredentialKind.OpenAiCompatible, Dialect.OpenAiResponses, Calls.Chat)]
    [InlineData(CredentialKind.AnthropicCompatible, null, Calls.Chat)]
    [InlineData(CredentialKind.AnthropicCompatible, null, Calls.Responses)]
    public async Task A_provider_of_another_dialect_is_reached_by_translation(CredentialKind kind, Dialect? dialect, string path)
    {
        var answer = kind == CredentialKind.AnthropicCompatible ? Calls.Message(5, 7) : dialect is null ? Calls.Completion(5, 7) : Calls.Response(5, 7);
        await using var own = TenantStage.Answering(200, answer);
        await using var stage = await TenantStage.StartAsync();
        await stage.ConnectAsync(kind, own.Address, dialect: dialect);
        var token = await stage.TokenAsync();
        var (response, body) = await Calls.ByPathAsync(stage.Gateway, token, path);
        ((int)response.StatusCode).ShouldBe(200, body);
        body.ShouldContain("Hi");
        var call = own.Calls.ShouldHaveSingleItem();
        ShouldSayNothingOfTheCaller(call, token);
        (await stage.Gateway.RowsAsync()).ShouldHaveSingleItem().Usage.Output.ShouldBe(7);
    }

    [Fact]
    public async Task What_no_translation_carries_is_refused_and_nobody_is_called()
    {
        await using var own = TenantStage.Answering(200, "{}");
        await using var stage = await TenantStage.StartAsync();
        await stage.ConnectAsync(CredentialKind.AnthropicCompatible, own.Address, dialect: Dialect.OpenAiChat);
        var (response, body) = await Calls.ByPathAsync(stage.Gateway, await stage.TokenAsync(), Calls.Messages);
        ((int)response.StatusCode).ShouldBe(403, body);
        Calls.OwnWord(response).ShouldBe("credential_unusable");
        own.Calls.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("/ai/anthropic/v1/messages")]
    [InlineData("/ai/v1/messages")]
    [InlineData("/v1/messages")]
    [InlineData("/anthropic/v1/messages")]
    public async Task A_token_in_a_header_is_served_alike_wherever_it_calls(string path)
    {
        await using var own = TenantStage.Answering(200, Calls.Message(1, 1));
        await using var stage = await TenantStage.StartAsync();
        await stage.ConnectAsync(CredentialKind.AnthropicCompatible, own.Address);
        var token = await stage.TokenAsync();
        var (response, body) = await stage.Gateway.SendAsync(stage.Gateway.Post(path, Calls.Body(path), token));
        ((int)response.StatusCode).ShouldBe(200, body);
        ShouldSayNothingOfTheCaller(own.Calls.ShouldHaveSingleItem(), token);
    }

    private static void ShouldSayNothingOfTheCaller(RawRequest call, string token)
    {
        var sent = call.Head + Encoding.UTF8.GetString(call.Body);
        foreach (var foreign in (string[])[token, TenantStage.User, TenantStage.Project, TenantStage.Workspace, "sk-client", "org-client", "cf-aig", "tracer", "referer"])
            sent.ShouldNotContain(foreign, Case.Insensitive);
    }
}
