using System.Text;
using System.Text.Json;

namespace Gatehouse.Simulator.Tests.Wire;

/// <summary>Builds plain requests for each dialect, by hand.</summary>
internal static class Ask
{
    public const string Messages = "messages";
    public const string Chat = "chat";
    public const string Responses = "responses";

    public static string Path(string dialect) => dialect switch
    {
        Messages => "/v1/messages",
        Chat => "/v1/chat/completions",
        _ => "/v1/responses",
    };

    /// <summary>A valid body that asks for an answer to one prompt.</summary>
    public static string Body(string dialect, string model, bool stream, string prompt = "one two three four five")
    {
        var (m, p, s) = (JsonSerializer.Serialize(model), JsonSerializer.Serialize(prompt), stream ? "true" : "false");
        return dialect switch
        {
            Messages => $$"""{"model":{{m}},"max_tokens":100000,"stream":{{s}},"messages":[{"role":"user","content":{{p}}}]}""",
            Chat when stream =>
                $$"""{"model":{{m}},"stream":true,"stream_options":{"include_usage":true},"messages":[{"role":"user","content":{{p}}}]}""",
            Chat => $$"""{"model":{{m}},"messages":[{"role":"user","content":{{p}}}]}""",
            _ => $$"""{"model":{{m}},"stream":{{s}},"input":{{p}}}""",
        };
    }

    /// <summary>The request as it goes over the socket.</summary>
    public static string Raw(string dialect, string body, string extraHeaders = "") =>
        $"POST {Path(dialect)} HTTP/1.1\r\nHost: sim\r\nConnection: close\r\nAuthorization: Bearer key-1\r\nContent-Type: application/json\r\n"
        + (dialect == Messages ? "anthropic-version: 2023-06-01\r\n" : "")
        + $"{extraHeaders}Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}";

    public static Task<RawAnswer> SendAsync(SimulatorServer server, string dialect, string model, bool stream, string extraHeaders = "",
        TimeSpan? quiet = null, string prompt = "one two three four five") =>
        RawAnswer.AskAsync(server.Address, Raw(dialect, Body(dialect, model, stream, prompt), extraHeaders), quiet);

    /// <summary>Every dialect, streamed and not.</summary>
    public static TheoryData<string, bool> Ways => new()
    {
        { Messages, false }, { Messages, true }, { Chat, false }, { Chat, true }, { Responses, false }, { Responses, true },
    };

    /// <summary>What ends a good stream of the dialect.</summary>
    public static string Terminal(string dialect) => dialect switch
    {
        Messages => "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n",
        Chat => "data: [DONE]\n\n",
        _ => "event: response.completed\ndata: ",
    };
}
