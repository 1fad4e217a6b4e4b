using Gatehouse.Gateway.Access;
using Gatehouse.Gateway.Metering;
using Gatehouse.Gateway.Tests.Canary;
using Gatehouse.Gateway.Tests.Exchanges;
using Gatehouse.Gateway.Tests.Hostile;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Gateway.Tests.Workspaces;

/// <summary>The token in a path opens the door, must be the only one, and never comes to light.</summary>
public sealed class PathTokenTests
{
    /// <summary>What stands in the path, what in Authorization and x-api-key, and the status that comes of it. {w} and {other} are workspace tokens.</summary>
    public static TheoryData<string, string?, string?, int> Forms => new()
    {
        { "{w}", null, null, 200 },
        { "{w}", "Bearer {w}", null, 200 },
        { "{w}", null, "{w}", 200 },
        { "{w}", "Bearer {w}", "{w}", 200 },
        { "{w}", null, "__gatehouse__", 200 },
        { "{w}", "Bearer sk-ant-api03-0123456789", null, 200 },
        { "{w}", "Bearer {other}", null, 401 },
        { "{w}", null, "{client}", 401 },
        { "{w}", "Bearer {w}", "{other}", 401 },
        { "{cut}", "Bearer {w}", null, 401 },
        { "{absent}", "Bearer {w}", null, 401 },
        { "unused", "Bearer {w}", null, 401 },
        { "unused", "Bearer {client}", null, 401 },
        { "%20", "Bearer {w}", null, 401 },
        { "{absent}", null, null, 401 },
        { "{cut}", null, null, 401 },
        { "{expired}", null, null, 401 },
        { "{revoked}", null, null, 401 },
        { "{client}", null, null, 403 },
        { "{runner}", null, null, 403 },
        { "{admin}", null, null, 403 },
    };

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task A_path_takes_a_workspace_token_and_a_header_none_but_the_same(string inPath, string? authorization, string? key, int status)
    {
        await using var gateway = await GatewayHarness.StartAsync();
        var texts = await TokensAsync(gateway);
        foreach (var door in Door.All)
        {
            var request = gateway.Post($"/ai/proxy/{Fill(inPath, texts)}/{(door == Door.Messages ? "anthropic" : "openai")}{door.Path}", door.Good);
            request.Headers.Remove("Authorization");
            if (authorization is not null) request.Headers.TryAddWithoutValidation("Authorization", Fill(authorization, texts));
            if (key is not null) request.Headers.TryAddWithoutValidation("x-api-key", Fill(key, texts));
            var (response, body) = await gateway.SendAsync(request);

            ((int)response.StatusCode).ShouldBe(status, body);
            response.Headers.GetValues("Referrer-Policy").ShouldBe(["no-referrer"]);
            if (status == 200) continue;
            door.ErrorWord(body);
            response.Headers.GetValues("x-gatehouse-error").ShouldBe([status == 401 ? "token_refused" : "not_permitted"]);
        }
    }

    [Fact]
    public async Task Anonymous_access_does_not_stand_in_for_a_token_in_a_path()
    {
        await using var gateway = await GatewayHarness.StartAsync(configExtra: """, "auth": { "anonymous": "loopback", "anonymousToken": "test" }""");
        var (plain, _) = await gateway.SendAsync(gateway.Post("/v1/messages", Door.Messages.Good, "unused"));
        ((int)plain.StatusCode).ShouldBe(200);
        var (response, _) = await gateway.SendAsync(gateway.Post("/ai/proxy/unused/anthropic/v1/messages", Door.Messages.Good, "unused"));
        ((int)response.StatusCode).ShouldBe(401);
    }

    [Fact]
    public async Task A_token_in_a_path_never_comes_to_light()
    {
        using var log = new CapturedLog();
        await using var gateway = await GatewayHarness.StartAsync(logging: log);
        var texts = await TokensAsync(gateway);
        var run = new CanaryRun(gateway, log);
        using var spans = new Spans();
        foreach (var token in texts.Values)
            foreach (var door in Door.All)
            {
                var root = $"/ai/proxy/{token}/{(door == Door.Messages ? "anthropic" : "openai")}";
                foreach (var (path, body) in (IEnumerable<(string, string)>)[
                    (root + door.Path, door.Good),
                (root + door.Path + $"?beta=true&key={token}", door.Good),
                (root + door.Path, door.Good.Replace("-x\"", "-x+status-401\"", StringComparison.Ordinal)),
                (root + door.Path, door.Good.Replace("-x\"", "-x+reset-before-headers\"", StringComparison.Ordinal)),
                (root + door.Path, "{not json"),
                (root + "/v1/nothing", door.Good),
                (root, door.Good),
                ($"/ai/proxy/{token}", door.Good),
                ($"/ai/proxy/{token}%zz/anthropic{door.Path}", door.Good),
                ($"/ai/proxy/%{token}/anthropic{door.Path}", door.Good),
                ($"/ai/proxy/{token}%00/anthropic{door.Path}", door.Good),
                ($"/ai/proxy/{token}%ff%fe/anthropic{door.Path}", door.Good),
                ($"/ai/proxy/%2e%2e/{token}/anthropic{door.Path}", door.Good),
                ($"/ai//proxy/{token}/anthropic{door.Path}", door.Good),
                ($"/AI/proxy/{token}/anthropic{door.Path}", door.Good),
                ($"http://localhost/ai/proxy/{token}/anthropic{door.Path}", door.Good)])
                {
                    await run.SendAsync(Head("POST", path, token, body) + body);
                }

                await run.SendAsync(Head("GET", root + "/v1/models", token, ""));
                await run.SendAsync(Head("GET", root + door.Path, token, ""));
                await run.SendAsync(Head("GET", root + "/v1/responses/resp_none", token, ""));
                await run.SendAsync(Head("POST", root + door.Path, token, door.Good) + "{");
                await run.SendAsync($"POST {root}{door.Path} HTTP/1.1\r\nHost: elsewhere.example\r\nContent-Length: 0\r\n\r\n");
                await run.SendAsync($"POST {root}{door.Path} nonsense\r\n\r\n");
                await run.SendAsync($"POST {root}{door.Path} HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n");
                await run.SendAsync($"POST {root}{door.Path}{new string('x', 20_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n");
            }

        log.Log(LogLevel.Information, default, texts["control"], null, static (text, _) => $"positive control {text}");
        var traces = await run.GatherAsync();
        foreach (var line in spans.Lines) traces.Add(Place.Log, "span", line);
        foreach (var (name, token) in texts.Where(t => t.Key != "control")) traces.Find(token).ShouldBeEmpty(name);
        traces.Find(texts["control"]).ShouldNotBeEmpty();
        spans.Lines.ShouldNotBeEmpty();
        (await gateway.RowsAsync()).ShouldContain(r => r.End == ExchangeEnd.Ok);
    }

    private static string Head(string method, string path, string token, string body) =>
        $"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nReferer: http://127.0.0.1/ai/proxy/{token}/openai/v1/models\r\nanthropic-version: 2023-06-01\r\n"
        + $"x-note: {token}\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n";

    private static async Task<Dictionary<string, string>> TokensAsync(GatewayHarness gateway)
    {
        var texts = new Dictionary<string, string>
        {
            ["w"] = await gateway.MintAsync("w", kind: TokenKind.Workspace),
            ["other"] = await gateway.MintAsync("other", kind: TokenKind.Workspace),
            ["expired"] = await gateway.MintAsync("expired", t => t with { ExpiresAt = DateTimeOffset.UnixEpoch.AddYears(50) }, TokenKind.Workspace),
            ["revoked"] = await gateway.MintAsync("revoked", t => t with { RevokedAt = DateTimeOffset.UnixEpoch.AddYears(50) }, TokenKind.Workspace),
            ["runner"] = await gateway.MintAsync("runner", kind: TokenKind.Runner),
            ["admin"] = await gateway.MintAsync("admin", kind: TokenKind.Admin),
            ["client"] = gateway.Token,
            ["absent"] = TokenText.Mint(TokenKind.Workspace).Reveal(),
            ["control"] = TokenText.Mint(TokenKind.Workspace).Reveal(),
        };
        texts["cut"] = texts["w"][..^1];
        return texts;
    }

    private static string Fill(string form, Dictionary<string, string> texts) =>
        texts.Aggregate(form, (text, pair) => text.Replace("{" + pair.Key + "}", pair.Value, StringComparison.Ordinal));
}
