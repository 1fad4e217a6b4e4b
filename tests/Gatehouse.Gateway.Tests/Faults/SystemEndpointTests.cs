using System.Text;
using Gatehouse.Gateway.Tests.Exchanges;
using Gatehouse.Gateway.Upstream;

namespace Gatehouse.Gateway.Tests.Faults;

/// <summary>What is not the data plane, over a socket: probes, reports, other origins, other hosts, other protocols.</summary>
public sealed class SystemEndpointTests
{
    [Fact]
    public async Task Who_answers_is_told_to_anyone()
    {
        await using var gateway = await GatewayHarness.StartAsync();
        foreach (var path in new[] { "/", "/api/hello", "/v1", "/anthropic" })
        {
            var get = await AskAsync(gateway, "GET", path);
            get.Status.ShouldBe(200, path);
            get.Json.GetProperty("name").GetString().ShouldBe("gatehouse");
            get.Json.GetProperty("version").GetString().ShouldNotBeNullOrEmpty();
            get.Json.GetProperty("dialects").GetArrayLength().ShouldBe(3);
            await using var client = await RawClient.RequestAsync(gateway, "HEAD", path, "host: " + gateway.Address.Authority);
            var head = await client.UntilAsync(a => a.Status != 0);
            head.Status.ShouldBe(200, path);
            head.Body.ShouldBeEmpty();
        }

        (await gateway.RowsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Probes_and_reports_need_no_token_on_this_machine()
    {
        await using var gateway = await GatewayHarness.StartAsync();
        (await AskAsync(gateway, "GET", "/healthz")).Json.GetProperty("status").GetString().ShouldBe("alive");
        (await AskAsync(gateway, "GET", "/readyz")).Json.GetProperty("ready").GetBoolean().ShouldBeTrue();
        (await AskAsync(gateway, "GET", "/health")).Json.GetProperty("status").GetString().ShouldBe("ok");
        var metrics = await AskAsync(gateway, "GET", "/metrics");
        metrics.Status.ShouldBe(200);
        metrics["content-type"]!.ShouldStartWith("text/plain");
        metrics.Text.ShouldContain("gatehouse_in_flight");
        // A proxy in front hides who asks: then a token is needed.
        foreach (var path in new[] { "/health", "/metrics" })
        {
            foreach (var header in new[] { "x-forwarded-for: 203.0.113.9", "x-real-ip: 203.0.113.9", "forwarded: for=203.0.113.9", "x-forwarded-host: gate.example", "via: 1.1 proxy" })
                (await AskAsync(gateway, "GET", path, header)).Status.ShouldBe(401, $"{path} {header}");
        }
    }

    [Fact]
    public async Task Without_a_provider_it_is_alive_and_not_ready_and_says_why()
    {
        await using var gateway = await GatewayHarness.StartAsync(providers: "{}", models: "[]", providerKey: null);
        var ready = await AskAsync(gateway, "GET", "/readyz");
        ready.Status.ShouldBe(503);
        ready.Json.GetProperty("ready").GetBoolean().ShouldBeFalse();
        ready.Json.GetProperty("reasons").EnumerateArray().Single().GetString()!.ShouldContain("no provider is configured");
        (await AskAsync(gateway, "GET", "/healthz")).Status.ShouldBe(200);
        (await AskAsync(gateway, "GET", "/health")).Json.GetProperty("status").GetString().ShouldBe("not ready");
    }

    [Theory]
    [InlineData(ProgramHealth.Healthy, true, 200)]
    [InlineData(ProgramHealth.Degraded, true, 200)]
    [InlineData(ProgramHealth.Unknown, true, 200)]
    [InlineData(ProgramHealth.Unhealthy, true, 503)]
    [InlineData(ProgramHealth.Unhealthy, false, 200)]
    public async Task A_program_that_cannot_serve_makes_the_report_a_refusal_where_there_is_nothing_else(ProgramHealth health, bool isOnly, int status)
    {
        var seen = new DateTimeOffset(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);
        await using var gateway = await GatewayHarness.StartAsync(
            providerExtra: isOnly ? "" : """ }, "other": { "endpoints": { "anthropic": "https://other.example" }""",
            programs: () => [Telemetry.ProgramSamples.One(seen, health) with { Provider = "up" }]);
        var answer = await AskAsync(gateway, "GET", "/health");
        answer.Status.ShouldBe(status);
        if (status == 503) answer.Json.GetProperty("status").GetString().ShouldBe("unhealthy");
        var program = answer.Json.GetProperty("providers").EnumerateArray().First(one => one.GetProperty("name").GetString() == "up").GetProperty("program");
        program.GetProperty("status").GetString().ShouldBe(health.ToString().ToLowerInvariant());
        program.GetProperty("mode").GetString().ShouldBe("client-tools");
        var own = program.GetProperty("profiles")[0];
        own.GetProperty("auth").GetProperty("loggedIn").GetBoolean().ShouldBeTrue();
        own.GetProperty("auth").GetProperty("subscriptionType").GetString().ShouldBe("max");
        own.GetProperty("windows")[0].GetProperty("utilization").GetDouble().ShouldBe(0.25);
        program.GetProperty("profiles")[1].GetProperty("exhausted_until").GetDateTimeOffset().ShouldBe(seen.AddHours(1));
        // It lives all the same.
        (await AskAsync(gateway, "GET", "/healthz")).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Another_host_is_refused_but_for_probes()
    {
        await using var gateway = await GatewayHarness.StartAsync(configExtra: """, "allowedHosts": ["gate.example"]""");
        foreach (var host in new[] { "evil.example", "evil.example:80", "127.0.0.1.evil.example" })
        {
            await using var client =
                await RawClient.RequestAsync(gateway, "GET", "/v1/models", "host: " + host, "authorization: Bearer " + gateway.Token);
            var answer = await client.AnswerAsync();
            answer.Status.ShouldBe(403, host);
            answer.Json.GetProperty("error").GetProperty("code").GetString().ShouldBe("host_not_allowed");
            await using var probe = await RawClient.RequestAsync(gateway, "GET", "/healthz", "host: " + host);
            (await probe.AnswerAsync()).Status.ShouldBe(200, host);
        }

        foreach (var host in new[] { "gate.example", "GATE.example:8484", "localhost", "127.0.0.1:1", "[::1]" })
        {
            await using var client = await RawClient.RequestAsync(gateway, "GET", "/", "host: " + host);
            (await client.AnswerAsync()).Status.ShouldBe(200, host);
        }
    }

    [Fact]
    public async Task A_web_socket_is_told_at_once_that_there_is_none()
    {
        await using var gateway = await GatewayHarness.StartAsync();
        var answer = await AskAsync(
            gateway, "GET", "/v1/responses", "connection: Upgrade", "upgrade: websocket", "sec-websocket-version: 13",
                "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==",
            "authorization: Bearer " + gateway.Token);
        answer.Status.ShouldBe(426);
        answer.IsWhole.ShouldBeTrue();
        // At once means before anything else is looked at.
        (await AskAsync(gateway, "GET", "/v1/responses", "connection: Upgrade", "upgrade: websocket")).Status.ShouldBe(426);
        (await gateway.RowsAsync()).ShouldBeEmpty();
        (await AskAsync(gateway, "GET", "/v1/responses")).Status.ShouldBe(405);
    }

    [Fact]
    public async Task Other_origins_are_told_nothing_by_default()
    {
        await using var gateway = await GatewayHarness.StartAsync();
        var preflight = await AskAsync(
            gateway, "OPTIONS", "/v1/messages", "origin: https://page.example", "access-control-request-method: POST");
        preflight.Status.ShouldBe(405);
        preflight["access-control-allow-origin"].ShouldBeNull();
        var call = await AskAsync(gateway, "GET", "/v1/models", "origin: https://page.example", "authorization: Bearer " + gateway.Token);
        call.Status.ShouldBe(200);
        call["access-control-allow-origin"].ShouldBeNull();
    }

    [Fact]
    public async Task A_listed_origin_may_read_answers_and_errors()
    {
        await using var gateway = await GatewayHarness.StartAsync(configExtra: """, "corsOrigins": ["https://page.example"]""");
        const string Origin = "origin: https://page.example";
        var preflight = await AskAsync(
            gateway, "OPTIONS", "/v1/messages", Origin, "access-control-request-method: POST",
                "access-control-request-headers: authorization, anthropic-version");
        preflight.Status.ShouldBe(204);
        preflight["access-control-allow-origin"].ShouldBe("https://page.example");
        preflight["access-control-allow-headers"].ShouldBe("authorization, anthropic-version");
        foreach (var (path, status) in new[] { ("/v1/models", 200), ("/v1/models/none", 404), ("/nowhere", 404) })
        {
            var answer = await AskAsync(gateway, "GET", path, Origin, "authorization: Bearer " + gateway.Token);
            answer["access-control-allow-origin"].ShouldBe("https://page.example", path);
            if (path == "/v1/models") answer.Status.ShouldBe(status);
        }

        await using var client = await RawClient.PostAsync(gateway, "/v1/messages", Encoding.UTF8.GetBytes("{}"), Origin);
        var refused = await client.AnswerAsync();
        refused.Status.ShouldBe(400);
        refused["access-control-allow-origin"].ShouldBe("https://page.example");
        (await AskAsync(gateway, "GET", "/v1/models", "origin: https://other.example", "authorization: Bearer " + gateway.Token))
            ["access-control-allow-origin"].ShouldBeNull();
    }

    private static async Task<RawAnswer> AskAsync(GatewayHarness gateway, string method, string path, params string[] headers)
    {
        await using var client = await RawClient.RequestAsync(gateway, method, path, ["host: " + gateway.Address.Authority, .. headers]);
        return await client.AnswerAsync();
    }
}
