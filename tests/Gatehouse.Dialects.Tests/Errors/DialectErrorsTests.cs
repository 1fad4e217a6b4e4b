using System.Buffers;
using System.Text;
using System.Text.Json;
using Gatehouse.Dialects.Errors;
using Gatehouse.Dialects.Tap;
using Gatehouse.Dialects.Tests.Tap;

namespace Gatehouse.Dialects.Tests.Errors;

public sealed class DialectErrorsTests
{
    private const string Awkward = "Model \"x\\y\" is\nunknown:\t\u0001 é😀 </script>";

    [Theory]
    [InlineData(ErrorKind.InvalidRequest, 400, "invalid_request_error")]
    [InlineData(ErrorKind.Authentication, 401, "authentication_error")]
    [InlineData(ErrorKind.Permission, 403, "permission_error")]
    [InlineData(ErrorKind.NotFound, 404, "not_found_error")]
    [InlineData(ErrorKind.MethodNotAllowed, 405, "invalid_request_error")]
    [InlineData(ErrorKind.TooLarge, 413, "request_too_large")]
    [InlineData(ErrorKind.UnsupportedMediaType, 415, "invalid_request_error")]
    [InlineData(ErrorKind.RateLimited, 429, "rate_limit_error")]
    [InlineData(ErrorKind.BudgetSpent, 429, "rate_limit_error")]
    [InlineData(ErrorKind.Internal, 500, "api_error")]
    [InlineData(ErrorKind.BadGateway, 502, "api_error")]
    [InlineData(ErrorKind.Unavailable, 503, "overloaded_error")]
    [InlineData(ErrorKind.GatewayTimeout, 504, "timeout_error")]
    [InlineData(ErrorKind.Overloaded, 529, "overloaded_error")]
    public void Anthropic_errors_have_the_vendors_shape_and_words(ErrorKind kind, int status, string type)
    {
        var error = new DialectError(kind, Awkward);
        var root = Body(Dialect.Anthropic, error, "req_1");

        error.Status.ShouldBe(status);
        root.GetProperty("type").GetString().ShouldBe("error");
        root.GetProperty("error").GetProperty("type").GetString().ShouldBe(type);
        root.GetProperty("error").GetProperty("message").GetString().ShouldBe(Awkward);
        root.GetProperty("request_id").GetString().ShouldBe("req_1");
        Body(Dialect.Anthropic, error, null).TryGetProperty("request_id", out _).ShouldBeFalse();
    }

    [Theory]
    [InlineData(Dialect.Anthropic, "rate_limit_error")]
    [InlineData(Dialect.OpenAiChat, "insufficient_quota")]
    [InlineData(Dialect.OpenAiResponses, "usage_limit_reached")]
    public void A_spent_budget_has_each_dialects_word_and_details_beside_the_message(Dialect dialect, string type)
    {
        var details = Encoding.UTF8.GetBytes("""
            "resets_at":1795564800,"limit":{"used":1}
            """.Trim());
        var error = Body(dialect, new DialectError(ErrorKind.BudgetSpent, Awkward) { Details = details }, null).GetProperty("error");
        error.GetProperty("message").GetString().ShouldBe(Awkward);
        error.GetProperty("resets_at").GetInt64().ShouldBe(1795564800);
        error.GetProperty("limit").GetProperty("used").GetInt64().ShouldBe(1);
        error.GetProperty("type").GetString().ShouldBe(type);
        if (dialect != Dialect.Anthropic) error.GetProperty("code").GetString().ShouldBe(type);
    }

    [Theory]
    [InlineData(ErrorKind.InvalidRequest, null, "invalid_request_error", null)]
    [InlineData(ErrorKind.Authentication, null, "invalid_request_error", "invalid_api_key")]
    [InlineData(ErrorKind.Permission, null, "invalid_request_error", "insufficient_permissions")]
    [InlineData(ErrorKind.NotFound, "model_not_found", "invalid_request_error", "model_not_found")]
    [InlineData(ErrorKind.MethodNotAllowed, null, "invalid_request_error", "method_not_supported")]
    [InlineData(ErrorKind.TooLarge, null, "invalid_request_error", "request_too_large")]
    [InlineData(ErrorKind.UnsupportedMediaType, null, "invalid_request_error", "unsupported_content_type")]
    [InlineData(ErrorKind.RateLimited, null, "requests", "rate_limit_exceeded")]
    [InlineData(ErrorKind.Internal, null, "server_error", "server_error")]
    [InlineData(ErrorKind.BadGateway, null, "server_error", "bad_gateway")]
    [InlineData(ErrorKind.Unavailable, null, "server_error", "service_unavailable")]
    [InlineData(ErrorKind.GatewayTimeout, null, "server_error", "timeout")]
    [InlineData(ErrorKind.Overloaded, null, "server_error", "overloaded")]
    public void OpenAi_errors_have_the_vendors_shape_and_words(ErrorKind kind, string? given, string type, string? code)
    {
        foreach (var dialect in (Dialect[])[Dialect.OpenAiChat, Dialect.OpenAiResponses])
        {
            var error = Body(dialect, new DialectError(kind, Awkward, given, "model"), "req_1").GetProperty("error");
            error.GetProperty("message").GetString().ShouldBe(Awkward);
            error.GetProperty("type").GetString().ShouldBe(type);
            error.GetProperty("code").GetString().ShouldBe(code);
            error.GetProperty("param").GetString().ShouldBe("model");
        }
    }

    [Theory]
    [InlineData(Dialect.Anthropic, "event: error\ndata: ", "api_error")]
    [InlineData(Dialect.OpenAiChat, "data: ", "server_error")]
    [InlineData(Dialect.OpenAiResponses, "event: error\ndata: ", "bad_gateway")]
    public void A_stream_error_is_one_event_that_the_tap_reads_as_an_error(Dialect dialect, string start, string type)
    {
        var output = new ArrayBufferWriter<byte>();
        DialectErrors.WriteStreamError(output, dialect, new DialectError(ErrorKind.BadGateway, Awkward), "req_1", 41);
        var text = Encoding.UTF8.GetString(output.WrittenSpan);
        text.ShouldStartWith(start);
        text.TrimEnd('\n').Count('\n').ShouldBe(start.Count('\n'));

        var tap = TapReplay.Play(dialect, BodyFraming.EventStream, output.WrittenSpan);
        tap.SawError.ShouldBeTrue();
        tap.Facts.ErrorType.ShouldBe(type);
        tap.AtEventBoundary.ShouldBeTrue();
        tap.Events.ShouldBe(1);
    }

    [Fact]
    public void A_responses_stream_error_is_flat_and_numbered()
    {
        var output = new ArrayBufferWriter<byte>();
        DialectErrors.WriteStreamError(
            output, Dialect.OpenAiResponses, new DialectError(ErrorKind.InvalidRequest, "m", null, "model"), null, 7);
        var data = Encoding.UTF8.GetString(output.WrittenSpan).Split('\n')[1]["data: ".Length..];
        data.ShouldBe("""{"type":"error","code":"invalid_request_error","message":"m","param":"model","sequence_number":7}""");
    }

    [Theory]
    [InlineData(Dialect.Anthropic, 1)]
    [InlineData(Dialect.OpenAiChat, 0)]
    [InlineData(Dialect.OpenAiResponses, 0)]
    public void A_keep_alive_may_stand_at_any_boundary(Dialect dialect, int events)
    {
        var tap = TapReplay.Play(dialect, BodyFraming.EventStream, DialectErrors.KeepAlive(dialect).Span);
        tap.AtEventBoundary.ShouldBeTrue();
        tap.Events.ShouldBe(events);
        tap.SawContent.ShouldBeFalse();
    }

    private static JsonElement Body(Dialect dialect, DialectError error, string? requestId)
    {
        var output = new ArrayBufferWriter<byte>();
        DialectErrors.WriteBody(output, dialect, error, requestId);
        return JsonDocument.Parse(output.WrittenMemory).RootElement;
    }
}
