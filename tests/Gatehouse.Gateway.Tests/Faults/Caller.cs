using System.Text;
using System.Text.Json;
using Gatehouse.Dialects;

namespace Gatehouse.Gateway.Tests.Faults;

/// <summary>How a client of one dialect asks, and what it must find in the answers.</summary>
internal static class Caller
{
    /// <summary>Every dialect, for theories.</summary>
    public static readonly Dialect[] All = [Dialect.Anthropic, Dialect.OpenAiChat, Dialect.OpenAiResponses];

    public static string Path(Dialect dialect) => dialect switch
    {
        Dialect.Anthropic => "/v1/messages",
        Dialect.OpenAiChat => "/v1/chat/completions",
        _ => "/v1/responses",
    };

    /// <summary>A request; chat streams ask for their usage, so that nothing is kept from them.</summary>
    public static byte[] Body(Dialect dialect, string model, bool stream, string prompt = "Say something of several words, please.") =>
        Encoding.UTF8.GetBytes(dialect switch
        {
            Dialect.Anthropic =>
                $$"""{"model":"{{model}}","max_tokens":4000,"messages":[{"role":"user","content":"{{prompt}}"}]{{(stream ? ",\"stream\":true" : "")}}}""",
            Dialect.OpenAiChat =>
                $$"""{"model":"{{model}}","messages":[{"role":"user","content":"{{prompt}}"}]{{(stream ? ",\"stream\":true,\"stream_options\":{\"include_usage\":true}" : "")}}}""",
            _ => $$"""{"model":"{{model}}","input":"{{prompt}}"{{(stream ? ",\"stream\":true" : "")}}}""",
        });

    /// <summary>What ends a good stream.</summary>
    public static string Terminal(Dialect dialect) => dialect switch
    {
        Dialect.Anthropic => "event: message_stop",
        Dialect.OpenAiChat => "data: [DONE]",
        _ => "event: response.completed",
    };

    /// <summary>What begins an error event.</summary>
    public static string ErrorEvent(Dialect dialect) => dialect == Dialect.OpenAiChat ? "data: {\"error\"" : "event: error\n";

    /// <summary>A keep-alive of the gateway's, whole.</summary>
    public static string KeepAlive(Dialect dialect) => dialect == Dialect.Anthropic
        ? "event: ping\ndata: {\"type\": \"ping\"}\n\n" : ": keep-alive\n\n";

    /// <summary>Fails unless the body is an error in the dialect's form; gives its message.</summary>
    public static string ErrorMessage(Dialect dialect, JsonElement body)
    {
        if (dialect == Dialect.Anthropic)
        {
            body.GetProperty("type").GetString().ShouldBe("error");
            // "request_too_large" is the one that does not end in "_error".
            body.GetProperty("error").GetProperty("type").GetString()!.ShouldMatch("^([a-z_]+_error|request_too_large)$");
        }
        else
        {
            body.GetProperty("error").TryGetProperty("code", out _).ShouldBeTrue();
            body.GetProperty("error").TryGetProperty("param", out _).ShouldBeTrue();
        }

        return body.GetProperty("error").GetProperty("message").GetString()!;
    }

    /// <summary>Fails unless the last whole event is an error event of the gateway's, in the dialect's form.</summary>
    public static void EndsWithErrorEvent(Dialect dialect, RawAnswer answer)
    {
        answer.Text.ShouldEndWith("\n\n");
        var last = answer.Events[^2];
        var data = JsonDocument.Parse(last[(last.IndexOf("data: ", StringComparison.Ordinal) + 6)..]).RootElement;
        if (dialect != Dialect.OpenAiResponses)
        {
            ErrorMessage(dialect, data).ShouldContain("Provider 'up'");
            return;
        }

        data.GetProperty("type").GetString().ShouldBe("error");
        data.GetProperty("message").GetString()!.ShouldContain("Provider 'up'");
        // The next number after the last event's.
        var before = answer.Events[^3];
        var number = JsonDocument.Parse(before[(before.IndexOf("data: ", StringComparison.Ordinal) + 6)..]).RootElement.GetProperty(
            "sequence_number").GetInt64();
        data.GetProperty("sequence_number").GetInt64().ShouldBe(number + 1);
    }
}
