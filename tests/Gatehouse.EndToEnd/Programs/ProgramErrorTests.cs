using System.Text.Json.Nodes;

namespace Gatehouse.EndToEnd.Programs;

/// <summary>What the vendor refuses by the real <c>claude</c> program is told in the client's dialect as what it is.</summary>
public sealed class ProgramErrorTests(ProgramStage stage) : IClassFixture<ProgramStage>
{
    private readonly string _marker = $"error-{Guid.NewGuid():N}";

    [Theory]
    [InlineData("status-400", 400, "invalid_request_error", null)]
    [InlineData("status-401", 401, "authentication_error", "invalid_api_key")]
    [InlineData("status-402", 402, "billing_error", "insufficient_quota")]
    [InlineData("status-403", 403, "permission_error", "insufficient_permissions")]
    [InlineData("status-404", 404, "not_found_error", "not_found")]
    [InlineData("status-413", 413, "request_too_large", "request_too_large")]
    [InlineData("status-429-retry-1", 429, "rate_limit_error", "rate_limit_exceeded")]
    [InlineData("status-500", 502, "api_error", "server_error")]
    [InlineData("status-529", 529, "overloaded_error", "overloaded")]
    public async Task A_refusal_of_the_vendors_is_told_as_what_it_is_in_every_dialect(string fault, int status, string type, string? code)
    {
        await Task.WhenAll(new[] { ProgramStage.Current, ProgramStage.Older }.Select(async version =>
        {
            using var talk = stage.Begin(version, "+" + fault);
            foreach (var (path, body) in new (string, JsonObject)[]
            {
                ("v1/messages", new() { ["max_tokens"] = 100, ["stream"] = true, ["messages"] = new JsonArray(User()) }),
                ("v1/chat/completions", new() { ["messages"] = new JsonArray(User()) }),
                ("v1/responses", new() { ["input"] = _marker, ["stream"] = true }),
            })
            {
                using var response = await talk.PostAsync(path, body);
                var text = await response.Content.ReadAsStringAsync();
                var told = JsonNode.Parse(text)!["error"]!;
                // OpenAI's dialects have no 529.
                ((int)response.StatusCode).ShouldBe(status == 529 && path != "v1/messages" ? 503 : status, version + path + text);
                ((string?)told["message"]).ShouldNotBeNullOrWhiteSpace();
                // Each in the words on which its own clients act.
                if (path == "v1/messages") ((string?)told["type"]).ShouldBe(type, version + text);
                else ((string?)told["code"]).ShouldBe(code, version + path + text);
            }
        }));
    }

    private JsonObject User() => new() { ["role"] = "user", ["content"] = $"hello {_marker}" };
}
