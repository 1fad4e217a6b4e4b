using Gatehouse.Gateway.Exchanges;
using Gatehouse.Gateway.Metering;
using Gatehouse.Gateway.Tests.Access;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Gatehouse.Gateway.Tests.Exchanges;

public sealed class AiPathTests
{
    [Theory]
    [InlineData("/ai/proxy/secret/anthropic/v1/messages", "/anthropic/v1/messages", ExchangeOperation.Messages)]
    [InlineData("/ai/proxy/secret/anthropic/v1/messages/count_tokens", "/anthropic/v1/messages/count_tokens", ExchangeOperation.CountTokens)]
    [InlineData("/ai/proxy/secret/openai/v1/chat/completions", "/openai/v1/chat/completions", ExchangeOperation.ChatCompletions)]
    [InlineData("/ai/proxy/secret/openai/v1/responses", "/openai/v1/responses", ExchangeOperation.Responses)]
    [InlineData("/ai/proxy/secret/openai/v1/responses/compact", "/openai/v1/responses/compact", ExchangeOperation.ResponsesCompact)]
    [InlineData("/ai/proxy/secret/openai/v1/responses/input_tokens", "/openai/v1/responses/input_tokens", ExchangeOperation.ResponsesInputTokens)]
    public void The_token_is_taken_out_of_path_and_raw_target(string path, string left, ExchangeOperation operation)
    {
        var http = Request(path);
        var ai = AiPath.Enter(http);

        ai.Token.ShouldNotBeNull().Reveal().ToString().ShouldBe("secret");
        http.Request.Path.Value.ShouldBe(left);
        http.Features.Get<IHttpRequestFeature>()!.RawTarget.ShouldBe(left);
        $"{ai} {ai.Token} {new DataRoute(operation, null) { PathToken = ai.Token }}".ShouldNotContain("secret");
        var match = DataRoutes.Match(left, "POST");
        match.Kind.ShouldBe(PathKind.Exchange);
        match.Route.Operation.ShouldBe(operation);
    }

    [Theory]
    [InlineData("/ai/anthropic/v1/messages", "/anthropic/v1/messages")]
    [InlineData("/ai/v1/chat/completions", "/v1/chat/completions")]
    [InlineData("/ai/v1/responses", "/v1/responses")]
    [InlineData("/ai/v1/models", "/v1/models")]
    [InlineData("/ai/openai/v1/models", "/openai/v1/models")]
    public void Without_proxy_the_token_is_in_a_header(string path, string left)
    {
        var http = Request(path);
        var ai = AiPath.Enter(http);
        ai.IsAi.ShouldBeTrue();
        ai.Token.ShouldBeNull();
        http.Request.Path.Value.ShouldBe(left);
    }

    [Theory]
    [InlineData("/ai/proxy/secret")]
    [InlineData("/ai/proxy/secret/")]
    [InlineData("/ai/proxy/secret/v1/messages")]
    [InlineData("/ai/proxy/secret/health")]
    [InlineData("/ai/proxy/secret/anthropic")]
    [InlineData("/ai/proxy//anthropicx/v1/messages")]
    [InlineData("/ai/health")]
    [InlineData("/ai/metrics")]
    [InlineData("/ai/healthz")]
    [InlineData("/ai/api/hello")]
    [InlineData("/ai/")]
    [InlineData("/ai//v1/messages")]
    public void Nothing_else_is_served_there(string path)
    {
        var http = Request(path);
        AiPath.Enter(http);
        http.Request.Path.Value.ShouldBe("/ai");
        DataRoutes.Match("/ai", "POST").Kind.ShouldBe(PathKind.None);
    }

    [Fact]
    public void A_plain_path_costs_no_allocation()
    {
        var held = false;
        AllocationBudget.Spent(() =>
        {
            for (var i = 0; i < 1000; i++) held |= AiPath.Holds("/v1/messages") || AiPath.Holds("/aix/v1/messages");
        }).ShouldBe(0);
        held.ShouldBeFalse();
    }

    private static DefaultHttpContext Request(string path)
    {
        var http = new DefaultHttpContext { Request = { Path = path, Method = "POST" } };
        http.Features.Get<IHttpRequestFeature>()!.RawTarget = path + "?q=1";
        return http;
    }
}
