using System.Text.Json;
using Gatehouse.Control.Api;

namespace Gatehouse.Control.Tests.Api;

/// <summary>Secrets go in and never out: one of each kind is given over HTTP, and every answer that can be had afterwards is searched.</summary>
public sealed class ApiCanaryTests(ApiStage stage) : IClassFixture<ApiStage>
{
    private const string Mark = "canary7f3a";

    private static readonly (string Kind, string Secret, string More)[] s_given =
    [
        ("api-key", $"sk-ant-api03-{Mark}-0123456789abcdef", ""),
        ("oauth-token", $"sk-ant-oat01-{Mark}-0123456789abcdef", ""),
        ("openai-compatible", $"{Mark}-openai-0123456789abcdef", ",\"baseUrl\":\"https://models.example/v1\""),
        ("anthropic-compatible", $"{Mark}-anthropic-0123456789abcdef", ",\"baseUrl\":\"https://models.example\""),
        ("auth-json", $$$"""{"tokens":{"access_token":"{{{Mark}}}-access","refresh_token":"{{{Mark}}}-refresh"}}""", ""),
    ];

    [Fact]
    public async Task No_answer_holds_a_secret_that_was_given()
    {
        var one = await stage.BelongingsAsync();
        var answers = new List<Answered>();
        foreach (var (kind, secret, more) in s_given)
        {
            var body = $$"""{"name":"{{kind}}","kind":"{{kind}}","secret":{{JsonSerializer.Serialize(secret)}}{{more}}}""";
            var added = await stage.CallAsync("POST", "/api/v1/credentials", one.Session, body);
            added.Status.ShouldBe(201, added.Body);
            answers.Add(added);
            var id = added.Json.GetProperty("id").GetString();
            answers.Add(await stage.CallAsync("GET", $"/api/v1/credentials/{id}", one.Session));
            answers.Add(await stage.CallAsync("PUT", $"/api/v1/credentials/{id}/secret", one.Session, $$"""{"secret":{{JsonSerializer.Serialize(secret)}}}"""));
            answers.Add(await stage.CallAsync("PUT", $"/api/v1/credentials/{id}/secret", one.Session, $$"""{"secret":{{JsonSerializer.Serialize(secret)}},"revision":99}"""));
            // Refusals too: the secret under a kind that it is not, and a body that breaks off after it.
            answers.Add(await stage.CallAsync("POST", "/api/v1/credentials", one.Session, body.Replace($"\"kind\":\"{kind}\"", $"\"kind\":\"{Wrong(kind)}\"", StringComparison.Ordinal)));
            answers.Add(await stage.CallAsync("POST", "/api/v1/credentials", one.Session, body[..^1]));
        }

        foreach (var route in ApiRoutes.All.Where(static route => route.Method == "GET"))
        {
            var path = one.Fill(route.Pattern, Uri.EscapeDataString).Replace("{setting}", "proxy.enabled", StringComparison.Ordinal);
            foreach (var token in (string[])[one.Session, stage.AdminToken, one.Runner]) answers.Add(await stage.CallAsync("GET", path, token));
        }

        answers.Count(static answer => answer.Status < 400).ShouldBeGreaterThan(30);
        answers.Where(static answer => answer.Body.Contains(Mark, StringComparison.Ordinal)).ShouldBeEmpty();
        var masks = (await stage.CallAsync("GET", "/api/v1/credentials", one.Session)).Json.GetProperty("items").EnumerateArray()
            .Where(static item => item.GetProperty("kind").GetString() == "api-key").Select(static item => item.GetProperty("mask").GetString());
        masks.ShouldContain("...cdef");
    }

    private static string Wrong(string kind) => kind == "auth-json" ? "oauth-token" : "auth-json";
}
