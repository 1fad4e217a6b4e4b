using Gatehouse.Gateway.Exchanges;
using Gatehouse.Gateway.Metering;

namespace Gatehouse.Gateway.Tests.Exchanges;

public sealed class DataRoutesTests
{
    [Theory]
    [InlineData("/v1/messages", ExchangeOperation.Messages)]
    [InlineData("/v1/messages/", ExchangeOperation.Messages)]
    [InlineData("/messages", ExchangeOperation.Messages)]
    [InlineData("/v1/v1/messages", ExchangeOperation.Messages)]
    [InlineData("/anthropic/v1/messages", ExchangeOperation.Messages)]
    [InlineData("/anthropic/messages", ExchangeOperation.Messages)]
    [InlineData("/v1/messages/count_tokens", ExchangeOperation.CountTokens)]
    [InlineData("/anthropic/v1/v1/messages/count_tokens", ExchangeOperation.CountTokens)]
    [InlineData("/v1/chat/completions", ExchangeOperation.ChatCompletions)]
    [InlineData("/chat/completions", ExchangeOperation.ChatCompletions)]
    [InlineData("/openai/v1/chat/completions", ExchangeOperation.ChatCompletions)]
    [InlineData("/v1/responses", ExchangeOperation.Responses)]
    [InlineData("/openai/v1/responses", ExchangeOperation.Responses)]
    [InlineData("/responses", ExchangeOperation.Responses)]
    [InlineData("/v1/responses/compact", ExchangeOperation.ResponsesCompact)]
    [InlineData("/v1/responses/input_tokens", ExchangeOperation.ResponsesInputTokens)]
    public void A_call_is_found_under_every_path_that_clients_make_of_it(string path, ExchangeOperation operation)
    {
        var match = DataRoutes.Match(path, "POST");
        match.Kind.ShouldBe(PathKind.Exchange);
        match.Route.Operation.ShouldBe(operation);
    }

    [Theory]
    [InlineData("/v1/responses/resp_1", "GET", ExchangeOperation.ResponsesGet)]
    [InlineData("/v1/responses/resp_1", "DELETE", ExchangeOperation.ResponsesDelete)]
    [InlineData("/openai/v1/responses/resp_1/input_items", "GET", ExchangeOperation.ResponsesInputItems)]
    public void A_stored_response_is_named_by_its_path(string path, string method, ExchangeOperation operation)
    {
        var match = DataRoutes.Match(path, method);
        match.Kind.ShouldBe(PathKind.Exchange);
        match.Route.Operation.ShouldBe(operation);
        match.Route.ResponseId.ShouldBe("resp_1");
        match.Route.UpstreamPath.ShouldStartWith("/responses/resp_1");
    }

    [Fact]
    public void An_id_can_not_lead_out_of_its_path() =>
        DataRoutes.Match("/v1/responses/..%2f..?x", "GET").Route.UpstreamPath.ShouldBe("/responses/..%252f..%3Fx");

    [Theory]
    [InlineData("/v1/models", null)]
    [InlineData("/models", null)]
    [InlineData("/anthropic/v1/models", null)]
    [InlineData("/v1/models/claude-x", "claude-x")]
    [InlineData("/v1/models/openrouter/vendor/model", "openrouter/vendor/model")]
    [InlineData("/v1/models/openrouter%2Fvendor%2fmodel", "openrouter/vendor/model")]
    public void Models_are_listed_and_found(string path, string? id)
    {
        var match = DataRoutes.Match(path, "GET");
        match.Kind.ShouldBe(PathKind.Models);
        match.ModelId.ShouldBe(id);
    }

    [Theory]
    [InlineData("/v1/messages", "GET", "POST")]
    [InlineData("/v1/responses", "GET", "POST")]
    [InlineData("/v1/responses/resp_1", "POST", "GET, DELETE")]
    [InlineData("/v1/models", "POST", "GET, HEAD")]
    public void A_wrong_method_is_told_with_the_right_ones(string path, string method, string allow)
    {
        var match = DataRoutes.Match(path, method);
        match.Kind.ShouldBe(PathKind.WrongMethod);
        match.Allow.ShouldBe(allow);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/v1")]
    [InlineData("/v1/v1/v1/messages")]
    [InlineData("/v2/messages")]
    [InlineData("/v1/messagesx")]
    [InlineData("/v1/responses/a/b")]
    [InlineData("/v1/embeddings")]
    public void Anything_else_is_no_path_of_the_data_plane(string path) => DataRoutes.Match(path, "POST").Kind.ShouldBe(PathKind.None);
}
