using System.Buffers;
using System.Text;
using System.Text.Json;
using Gatehouse.Dialects.Errors;
using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation;

namespace Gatehouse.Dialects.Tests.Translation;

public sealed class UpstreamErrorsTests
{
    [Theory]
    [InlineData(400, """{"error":{"message":"Bad field","type":"invalid_request_error","param":"tools","code":"bad"}}""", ErrorKind.InvalidRequest, "Bad field")]
    [InlineData(429, """{"type":"error","error":{"type":"rate_limit_error","message":"Slow down"}}""", ErrorKind.RateLimited, "Slow down")]
    [InlineData(529, """{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}""", ErrorKind.Overloaded, "Overloaded")]
    [InlineData(404, """{"error":"no such model"}""", ErrorKind.NotFound, "no such model")]
    [InlineData(400, """[{"error":{"code":400,"message":"API key not valid","status":"INVALID_ARGUMENT"}}]""", ErrorKind.InvalidRequest, "API key not valid")]
    [InlineData(422, """{"detail":[{"loc":["body","x"],"msg":"extra"}]}""", ErrorKind.InvalidRequest, """[{"loc":["body","x"],"msg":"extra"}]""")]
    [InlineData(500, """{"message":"boom"}""", ErrorKind.BadGateway, "boom")]
    [InlineData(502, "<html><body>Bad gateway</body></html>", ErrorKind.BadGateway, "Provider 'p' answered 502 without saying why.")]
    [InlineData(503, "", ErrorKind.Unavailable, "Provider 'p' answered 503 without saying why.")]
    [InlineData(500, "plain words", ErrorKind.BadGateway, "Provider 'p' answered 500: plain words")]
    [InlineData(400, "\uFEFF{\"error\":{\"message\":\"Bad field\"}}", ErrorKind.InvalidRequest, "Bad field")]
    public void An_error_of_any_shape_keeps_its_words_and_its_kind(int status, string body, ErrorKind kind, string message)
    {
        foreach (var client in DialectNames.All)
        {
            var error = UpstreamErrors.OfAnswer(client, status, Encoding.UTF8.GetBytes(body), "p");
            error.Kind.ShouldBe(kind);
            error.Message.ShouldBe(message);
        }
    }

    [Theory]
    [InlineData(400, "invalid_request_error", "invalid_request_error", null)]
    [InlineData(401, "authentication_error", "invalid_request_error", "invalid_api_key")]
    [InlineData(402, "billing_error", "invalid_request_error", "insufficient_quota")]
    [InlineData(403, "permission_error", "invalid_request_error", "insufficient_permissions")]
    [InlineData(404, "not_found_error", "invalid_request_error", "not_found")]
    [InlineData(413, "request_too_large", "invalid_request_error", "request_too_large")]
    [InlineData(429, "rate_limit_error", "requests", "rate_limit_exceeded")]
    [InlineData(500, "api_error", "server_error", "server_error")]
    [InlineData(504, "timeout_error", "server_error", "timeout")]
    [InlineData(529, "overloaded_error", "server_error", "overloaded")]
    [InlineData(400, "a_hosts_own_error", "invalid_request_error", "a_hosts_own_error")]
    public void Anthropics_types_become_OpenAIs_types_and_the_codes_that_its_clients_act_on(int status, string upstream, string type, string? code)
    {
        var body = Encoding.UTF8.GetBytes($$$"""{"type":"error","error":{"type":"{{{upstream}}}","message":"Words"}}""");
        foreach (var client in new[] { Dialect.OpenAiChat, Dialect.OpenAiResponses })
        {
            var written = new ArrayBufferWriter<byte>();
            DialectErrors.WriteBody(written, client, UpstreamErrors.OfAnswer(client, status, body, "p"), null);
            using var said = JsonDocument.Parse(written.WrittenMemory);
            var error = said.RootElement.GetProperty("error");
            (error.GetProperty("type").GetString(), error.GetProperty("code").GetString(), error.GetProperty("message").GetString()).ShouldBe((type, code, "Words"));
        }
    }

    [Theory]
    [InlineData("""{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}""", ErrorKind.Overloaded, "Overloaded")]
    [InlineData("""{"error":{"message":"limit","type":"requests","code":"rate_limit_exceeded"}}""", ErrorKind.RateLimited, "limit")]
    [InlineData("""{"type":"error","code":"server_error","message":"oops","sequence_number":4}""", ErrorKind.BadGateway, "oops")]
    [InlineData("""{"type":"response.failed","response":{"status":"failed","error":{"code":"rate_limit_exceeded","message":"later"}}}""", ErrorKind.RateLimited, "later")]
    [InlineData("""{"error":{"code":429,"message":"slow down"}}""", ErrorKind.RateLimited, "slow down")]
    [InlineData("""{"error":{"code":402,"message":"pay"}}""", ErrorKind.Permission, "pay")]
    [InlineData("""{"error":{"code":7,"message":"seven"}}""", ErrorKind.BadGateway, "seven")]
    [InlineData("""{"type":"error"}""", ErrorKind.BadGateway, "The provider reported an error without words.")]
    public void An_error_event_of_any_dialect_is_understood(string data, ErrorKind kind, string message)
    {
        JsonView.TryParse(Encoding.UTF8.GetBytes(data), out var view).ShouldBeTrue();
        var error = UpstreamErrors.OfEvent(Dialect.OpenAiChat, view);
        error.Kind.ShouldBe(kind);
        error.Message.ShouldBe(message);
    }

    [Fact]
    public void A_prompt_that_is_too_long_is_said_in_the_words_that_agents_act_on()
    {
        var openAi = """{"error":{"message":"This model's maximum context length is 8192 tokens.","type":"invalid_request_error","code":"context_length_exceeded"}}"""u8;
        UpstreamErrors.OfAnswer(Dialect.Anthropic, 400, openAi, "p").Message.ShouldStartWith("prompt is too long: This model's maximum");
        var anthropic = """{"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 209000 tokens > 200000 maximum"}}"""u8;
        UpstreamErrors.OfAnswer(Dialect.OpenAiResponses, 400, anthropic, "p").Code.ShouldBe("context_length_exceeded");
        UpstreamErrors.OfAnswer(Dialect.Anthropic, 400, anthropic, "p").Message.ShouldBe("prompt is too long: 209000 tokens > 200000 maximum");
    }
}
