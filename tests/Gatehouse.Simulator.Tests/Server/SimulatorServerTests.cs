using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Gatehouse.Simulator.Tests.Wire;

namespace Gatehouse.Simulator.Tests.Server;

public sealed class SimulatorServerTests : IAsyncLifetime
{
    private SimulatorServer _server = null!;

    public async ValueTask InitializeAsync() =>
        _server = await SimulatorServer.StartAsync(new SimulatorOptions { RefusedKeys = ["revoked"] });

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData("/v1/messages", "x-api-key", "good", 200)]
    [InlineData("/v1/messages", "authorization", "Bearer good", 200)]
    [InlineData("/v1/messages", "x-none", "x", 401)]
    [InlineData("/v1/messages", "x-api-key", "a-bad-one", 401)]
    [InlineData("/v1/messages", "x-api-key", "revoked", 401)]
    [InlineData("/v1/chat/completions", "authorization", "bearer good", 200)]
    [InlineData("/v1/chat/completions", "x-api-key", "good", 401)]
    [InlineData("/v1/responses", "authorization", "Bearer revoked", 401)]
    public async Task Keys_are_looked_for_where_the_vendor_looks(string path, string header, string value, int status)
    {
        var dialect = path.Contains("messages", StringComparison.Ordinal) ? Ask.Messages : path.Contains("chat", StringComparison.Ordinal)
            ? Ask.Chat : Ask.Responses;
        (await Refusal.OfAsync(
            _server, path, Ask.Body(dialect, "m", false), (header, value), ("anthropic-version", "2023-06-01"))).Status.ShouldBe(status);
    }

    [Theory]
    [InlineData("authorization", "Bearer sk-ant-oat01-x", "other, oauth-2025-04-20", null)]
    [InlineData("authorization", "Bearer sk-ant-oat01-x", "other", "OAuth authentication is currently not supported.")]
    [InlineData("x-api-key", "sk-ant-oat01-x", "oauth-2025-04-20", "invalid x-api-key")]
    [InlineData("authorization", "Bearer sk-ant-oat01-bad", "oauth-2025-04-20", "Invalid bearer token")]
    public async Task A_subscriptions_token_counts_as_a_bearer_with_its_flag_only(string header, string value, string betas, string? refused)
    {
        var refusal = await Refusal.OfAsync(
            _server, "/v1/messages", Ask.Body(Ask.Messages, "m", false), (header, value), ("anthropic-version", "2023-06-01"), ("anthropic-beta", betas));
        refusal.Status.ShouldBe(refused is null ? 200 : 401);
        if (refused is not null) refusal.Message.ShouldBe(refused);
    }

    [Fact]
    public async Task Unknown_routes_get_the_vendors_404()
    {
        (await Refusal.OfAsync(_server, "/v1/messages/nope", "{}", ("x-api-key", "k"))).Type.ShouldBe("not_found_error");
        (await Refusal.OfAsync(_server, "/v1/nope", "{}", ("authorization", "Bearer k"))).Message.ShouldBe("Invalid URL (POST /v1/nope)");
    }

    [Theory]
    [InlineData(Ask.Messages, "content-type: must be application/json")]
    [InlineData(Ask.Chat, "Unsupported content type: 'text/plain'.")]
    [InlineData(Ask.Responses, "Unsupported content type: 'text/plain'.")]
    public async Task Another_content_type_is_refused(string dialect, string message) =>
        (await Refusal.OfAsync(
            _server, Ask.Path(dialect), Ask.Body(dialect, "m", false), ("authorization", "Bearer k"), ("content-type", "text/plain")))
            .Message.ShouldStartWith(message);

    [Fact]
    public async Task A_body_over_32_megabytes_is_413()
    {
        var answer = await RawAnswer.AskAsync(_server.Address,
            $"POST /v1/messages HTTP/1.1\r\nHost: s\r\nConnection: close\r\nx-api-key: k\r\nContent-Type: application/json\r\nContent-Length: {(32 << 20) + 1}\r\n\r\n");
        answer.Status.ShouldBe(413);
        answer.Body.ShouldContain("request_too_large");
    }

    [Fact]
    public async Task Every_answer_has_the_vendors_headers()
    {
        var anthropic = await Ask.SendAsync(_server, Ask.Messages, "m", true);
        anthropic.Header("request-id").ShouldNotBeNull().ShouldStartWith("req_01");
        anthropic.Header("anthropic-organization-id").ShouldNotBeNull();
        foreach (var kind in (string[])["requests", "tokens", "input-tokens", "output-tokens"])
        {
            foreach (var figure in (string[])["limit", "remaining", "reset"]) anthropic.Header($"anthropic-ratelimit-{kind}-{figure}").ShouldNotBeNullOrEmpty();
        }

        foreach (var dialect in (string[])[Ask.Chat, Ask.Responses])
        {
            var openAi = await Ask.SendAsync(_server, dialect, "m", false);
            foreach (var name in (string[])["x-request-id", "openai-organization", "openai-processing-ms", "openai-version"]) openAi.Header(name).ShouldNotBeNullOrEmpty();
            foreach (var figure in (string[])["limit", "remaining", "reset"])
            {
                foreach (var kind in (string[])["requests", "tokens"]) openAi.Header($"x-ratelimit-{figure}-{kind}").ShouldNotBeNullOrEmpty();
            }
        }
    }

    [Fact]
    public async Task A_request_is_recorded_byte_for_byte_and_shown()
    {
        var body = Ask.Body(Ask.Messages, "m", false, "héllo");
        await RawAnswer.AskAsync(_server.Address, Ask.Raw(Ask.Messages, body, "x-mine: yes\r\n"));
        var received = _server.Received.Last.ShouldNotBeNull();
        Encoding.UTF8.GetString(received.Body.Span).ShouldBe(body);
        received.Header("X-Mine").ShouldBe("yes");
        using var http = new HttpClient { BaseAddress = _server.Address };
        var shown = await http.GetFromJsonAsync<JsonElement>("/_simulator/requests?limit=1");
        shown.GetProperty("requests")[0].GetProperty("body_base64").GetBytesFromBase64().ShouldBe(Encoding.UTF8.GetBytes(body));
        (await http.GetFromJsonAsync<JsonElement>("/_simulator/stats")).GetProperty("requests").GetInt32().ShouldBe(1);
        (await http.DeleteAsync("/_simulator/requests")).StatusCode.ShouldBe(HttpStatusCode.OK);
        _server.Received.All.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_log_is_bounded_and_can_be_off()
    {
        for (var i = 0; i < 260; i++) await Refusal.OfAsync(_server, "/v1/nope", "{}");
        _server.Received.All.Count.ShouldBe(256);
        await using var silent = await SimulatorServer.StartAsync(new SimulatorOptions { RecordRequests = false });
        await Ask.SendAsync(silent, Ask.Chat, "m", false);
        silent.Received.All.ShouldBeEmpty();
        silent.Stats.Requests.ShouldBe(1);
    }

    [Theory]
    [InlineData("m+stall-mid", "hi")]
    [InlineData("m", "[long 1000] [slow 5000]")]
    public async Task A_caller_that_goes_away_is_noticed(string model, string prompt)
    {
        using (var client = new TcpClient())
        {
            await client.ConnectAsync(_server.Address.Host, _server.Address.Port);
            await client.Client.SendAsync(Encoding.UTF8.GetBytes(Ask.Raw(Ask.Messages, Ask.Body(Ask.Messages, model, true, prompt))));
            (await client.Client.ReceiveAsync(new byte[1000])).ShouldBeGreaterThan(0);
            _server.Stats.OpenStreams.ShouldBe(1);
        }
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (_server.Stats.CancelledStreams == 0 || _server.Received.Last?.FinishedAt is null) await Task.Delay(10, patience.Token);
        _server.Stats.OpenStreams.ShouldBe(0);
        var received = _server.Received.Last.ShouldNotBeNull();
        received.ClientGoneAt.ShouldNotBeNull().ShouldBeLessThanOrEqualTo(received.FinishedAt!.Value);
    }

    [Theory]
    [InlineData("m+reset-mid", true)]
    [InlineData("m+reset-mid", false)]
    [InlineData("m+reset-before-headers", true)]
    [InlineData("m+truncate", true)]
    public async Task A_connection_that_the_simulator_itself_breaks_is_no_caller_that_went_away(string model, bool stream)
    {
        using (var client = new TcpClient())
        {
            await client.ConnectAsync(_server.Address.Host, _server.Address.Port);
            await client.Client.SendAsync(Encoding.UTF8.GetBytes(Ask.Raw(Ask.Messages, Ask.Body(Ask.Messages, model, stream, "hi"))));
            try
            {
                while (await client.Client.ReceiveAsync(new byte[1000]) > 0) { }
            }
            catch (SocketException) { } // the reset
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
            while (_server.Received.Last?.FinishedAt is null) await Task.Delay(10, patience.Token);
        }
        _server.Received.Last.ShouldNotBeNull().ClientGoneAt.ShouldBeNull();
        _server.Stats.CancelledStreams.ShouldBe(0);
        _server.Stats.CancelledRequests.ShouldBe(0);
    }

    [Theory]
    [InlineData(Ask.Messages)]
    [InlineData(Ask.Chat)]
    [InlineData(Ask.Responses)]
    public async Task Bench_models_answer_from_prebuilt_bytes(string dialect)
    {
        var json = await Ask.SendAsync(_server, dialect, "sim/bench-json", false);
        json.BodyBytes.Length.ShouldBeInRange(900, 1500);
        JsonDocument.Parse(json.Body).Dispose();
        var stream = await Ask.SendAsync(_server, dialect, "sim/bench-sse-200", true);
        stream.Complete.ShouldBeTrue();
        stream.Body.ShouldContain("word200 ");
        stream.Body.ShouldContain(Ask.Terminal(dialect));
        var slow = await Ask.SendAsync(_server, dialect, "sim/bench-slow-10ms-3", true);
        slow.Body.ShouldContain(Ask.Terminal(dialect));
    }

    [Fact]
    public async Task Many_slow_streams_run_side_by_side()
    {
        var answers = await Task.WhenAll(
            Enumerable.Range(0, 200).Select(i => Ask.SendAsync(_server, Ask.Chat, "m", true, prompt: $"[long 5] [slow 100] {i}")));
        answers.ShouldAllBe(a => a.Complete && a.Body.Contains("word5 "));
    }
}
