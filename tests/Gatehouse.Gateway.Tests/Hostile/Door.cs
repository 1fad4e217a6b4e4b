using System.Text;
using System.Text.Json;
using Gatehouse.Dialects;

namespace Gatehouse.Gateway.Tests.Hostile;

/// <summary>One way into the data plane, with a body that is good there and the shape that its errors have.</summary>
internal sealed record Door(string Path, Dialect Dialect, string Good)
{
    public static Door Messages { get; } = new(
        "/v1/messages", Dialect.Anthropic, """{"model":"claude-x","max_tokens":50,"messages":[{"role":"user","content":"Hi"}]}""");

    public static Door Chat { get; } = new(
        "/v1/chat/completions", Dialect.OpenAiChat, """{"model":"gpt-x","messages":[{"role":"user","content":"Hi"}]}""");

    public static Door Responses { get; } = new("/v1/responses", Dialect.OpenAiResponses, """{"model":"gpt-x","input":"Hi"}""");

    public static IReadOnlyList<Door> All { get; } = [Messages, Chat, Responses];

    public static Door At(string path) => All.Single(d => d.Path == path);

    /// <summary>The good body with its model exchanged for other members.</summary>
    public string With(string members) => "{" + members + Good[Good.IndexOf(',', StringComparison.Ordinal)..];

    /// <summary>The head of a POST to this door; further lines end with CR LF.</summary>
    public string Head(string token, string lines = "", string version = "HTTP/1.1") =>
        $"POST {Path} {version}\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\nanthropic-version: 2023-06-01\r\n"
        + $"Content-Type: application/json\r\n{lines}\r\n";

    /// <summary>A whole POST with its length.</summary>
    public byte[] Post(string token, byte[] body, string lines = "") =>
        [.. Encoding.Latin1.GetBytes(Head(token, $"Content-Length: {body.Length}\r\n{lines}")), .. body];

    public byte[] Post(string token, string body, string lines = "") => Post(token, Encoding.UTF8.GetBytes(body), lines);

    /// <summary>Fails unless the body is an error of this dialect; gives its machine word.</summary>
    public string ErrorWord(string body) => ErrorWord(Dialect, body);

    public static string ErrorWord(Dialect dialect, string body)
    {
        using var json = JsonDocument.Parse(body);
        var error = json.RootElement.GetProperty("error");
        error.GetProperty("message").GetString().ShouldNotBeNullOrWhiteSpace();
        if (dialect == Dialect.Anthropic)
        {
            json.RootElement.GetProperty("type").GetString().ShouldBe("error");
            return error.GetProperty("type").GetString()!;
        }

        error.TryGetProperty("param", out _).ShouldBeTrue();
        error.GetProperty("type").GetString().ShouldNotBeNullOrEmpty();
        return error.GetProperty("code").GetString() ?? error.GetProperty("type").GetString()!;
    }
}
