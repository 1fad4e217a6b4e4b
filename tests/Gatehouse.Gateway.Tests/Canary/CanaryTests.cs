using System.Text;
using Gatehouse.Gateway.Credentials;
using Gatehouse.Gateway.Tests.Exchanges;
using Gatehouse.Gateway.Tests.Hostile;
using Gatehouse.Gateway.Tests.Upstream;
using Gatehouse.Secrets;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Gateway.Tests.Canary;

/// <summary>Secrets are planted wherever one could come from; afterwards none may be found where it does not belong.</summary>
public sealed class CanaryTests
{
    private static readonly Planted s_query = Planted.New("in the query", Place.Upstream);
    private static readonly Planted s_queryRefused = Planted.New("in the query of a refused call");
    private static readonly Planted s_path = Planted.New("in the path of an unknown response", Place.Answers);
    private static readonly Planted s_nowhere = Planted.New("in a path that is not there");
    private static readonly Planted s_cookie = Planted.New("in a cookie");
    private static readonly Planted s_foreignKey = Planted.New("a vendor's key beside the token");
    private static readonly Planted s_basic = Planted.New("in another scheme");
    private static readonly Planted s_wrongHeaders = Planted.New("in headers that carry credentials elsewhere");
    private static readonly Planted s_body = Planted.New("in the body", Place.Upstream, Place.Answers);
    private static readonly Planted s_badBody = Planted.New("in a body that is not JSON");
    private static readonly Planted s_badHead = Planted.New("in a head that is not HTTP");
    private static readonly Planted s_config = Planted.New("in the configuration, where it must not be");
    private static readonly Planted s_session = Planted.New("no secret: the session", Place.Upstream, Place.Ledger, Place.Files);

    [Fact]
    public async Task No_secret_that_a_caller_or_an_operator_has_comes_to_light()
    {
        using var log = new CapturedLog();
        await using var gateway = await GatewayHarness.StartAsync(logging: log);
        var run = new CanaryRun(gateway, log);
        var expired = await gateway.MintAsync("expired", t => t with { ExpiresAt = DateTimeOffset.UnixEpoch.AddYears(50) });
        foreach (var door in Door.All)
        {
            await GoodTrafficAsync(run, door, gateway.Token);
            await BadTrafficAsync(run, door, gateway.Token, expired);
        }

        await BreakConfigurationAsync(gateway);
        log.Log(LogLevel.Information, default, s_session.Secret, null, static (text, _) => $"positive control {text}");
        var traces = await run.GatherAsync();

        foreach (var planted in (Planted[])[
            s_query, s_queryRefused, s_path, s_nowhere, s_cookie, s_foreignKey, s_basic, s_wrongHeaders, s_body,
            s_badBody, s_badHead, s_config])
        {
            Holds(traces, planted);
        }

        Holds(traces, new Planted("the token", gateway.Token));
        Holds(traces, new Planted("the expired token", expired));
        Holds(traces, new Planted("the provider's key", GatewayHarness.ProviderKey, Place.Upstream));
        Holds(traces, new Planted("the master key", GatewayHarness.MasterKey));
        traces.Find(Convert.FromHexString(GatewayHarness.MasterKey)).ShouldBeEmpty("the master key's bytes");
        ControlsAreFound(traces);
    }

    [Fact]
    public async Task A_key_that_the_provider_quotes_is_masked_and_the_vaults_stays_sealed()
    {
        using var log = new CapturedLog();
        await using var upstream = new RawUpstream(QuoteAsync);
        await using var gateway = await GatewayHarness.StartAsync(upstream.Address, logging: log, providerKey: null);
        var key = Planted.New("the vault's key", Place.Upstream);
        var row = SealedCredential.Seal(
            gateway.Keys, "up", "main", Secret.From(Encoding.UTF8.GetBytes(key.Secret)), DateTimeOffset.UnixEpoch);
        (await new VaultStore(gateway.Store).AddAsync(row)).ShouldBeTrue();
        await GatewayHarness.EventuallyAsync(
            () => Task.FromResult(gateway.Server.Credentials.Current.Find("up")?.Source == "vault"), "the key is in force");

        var run = new CanaryRun(gateway, log);
        foreach (var door in Door.All)
        {
            var answer = (await run.SendAsync(door.Head(gateway.Token, $"Content-Length: {door.Good.Length}\r\n") + door.Good))!;
            answer.Status.ShouldBe(401);
            answer.Body.ShouldContain("Incorrect API key provided: ****");
            answer["x-quoted"]!.ShouldContain("****");
        }

        foreach (var request in upstream.Connections.SelectMany(c => c.Requests))
            run.Received(request.Head + "\n\n" + Encoding.UTF8.GetString(request.Body));
        var traces = await run.GatherAsync();
        Holds(traces, key);
        traces.Find(key.Secret).Count(f => f.Place == Place.Upstream).ShouldBeGreaterThanOrEqualTo(3);
        Holds(traces, new Planted("the token", gateway.Token));
    }

    /// <summary>What an answer says of itself is written down, and may quote the key: in the words of an error, in a request's id, in the names of models and tools.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_key_in_the_words_that_are_noted_of_an_answer_is_noted_nowhere(bool isTranslated)
    {
        using var log = new CapturedLog();
        await using var upstream = new RawUpstream(NameAsync);
        await using var gateway = await GatewayHarness.StartAsync(
            upstream.Address, logging: log, models: isTranslated ? """[ { "match": "*", "targets": [ { "provider": "up", "dialect": "openai-chat" } ] } ]""" : null);
        var run = new CanaryRun(gateway, log);
        foreach (var door in Door.All)
        {
            foreach (var model in (string[])["refused", "broken", "told"])
            {
                var body = door.With($"\"model\":\"{model}\"{(model == "broken" ? ",\"stream\":true" : "")}");
                try
                {
                    (await run.SendAsync(door.Head(gateway.Token, $"Content-Length: {body.Length}\r\n") + body))!.Status.ShouldBeOneOf(model == "refused" ? [400] : [200, 502]);
                }
                catch (IOException)
                {
                    // The stream that ends with an error.
                }
            }
        }

        foreach (var request in upstream.Connections.SelectMany(c => c.Requests)) run.Received(request.Head + "\n\n" + Encoding.UTF8.GetString(request.Body));
        var traces = await run.GatherAsync();
        // The body of a good answer is its client's as it is.
        Holds(traces, new Planted("the provider's key", GatewayHarness.ProviderKey, Place.Upstream, Place.Answers));
        var rows = await gateway.RowsAsync();
        rows.Count.ShouldBe(9);
        rows.ShouldAllBe(row => row.UpstreamRequestId!.Contains("****", StringComparison.Ordinal));
        if (isTranslated) return;
        rows.Count(row => row.ErrorType?.Contains("****", StringComparison.Ordinal) == true).ShouldBe(6, "positive control: the words were read");
        rows.Count(row => row.ModelUsed?.Contains("****", StringComparison.Ordinal) == true).ShouldBe(3);
    }

    [Fact]
    public void The_search_finds_a_secret_in_every_form()
    {
        const string secret = "canary/+0123456789=\"abcdef";
        foreach (var form in Traces.Forms(secret))
        {
            var traces = new Traces();
            traces.Add(Place.Files, "here", [1, 2, .. form, 3]);
            traces.Find(secret).ShouldHaveSingleItem();
        }

        for (var before = 0; before < 3; before++)
        {
            var traces = new Traces();
            traces.Add(Place.Log, "here", Convert.ToBase64String(Encoding.UTF8.GetBytes(new string('x', before) + secret + "tail")));
            traces.Find(secret).ShouldHaveSingleItem();
        }
    }

    private static async Task GoodTrafficAsync(CanaryRun run, Door door, string token)
    {
        var good = door.Good.Replace("Hi", s_body.Secret, StringComparison.Ordinal);
        var lines =
            $"x-api-key: {s_foreignKey.Secret}\r\nCookie: session={s_cookie.Secret}\r\nx-claude-code-session-id: {s_session.Secret}\r\n"
            + $"api-key: {s_wrongHeaders.Secret}\r\nx-goog-api-key: {s_wrongHeaders.Secret}\r\nProxy-Authorization: Bearer {s_wrongHeaders.Secret}\r\n"
            + $"cf-aig-authorization: {s_wrongHeaders.Secret}\r\nx-custom: {token}\r\nx-note: my token is {token}, keep it\r\n";
        foreach (var body in (string[])[
            good, good.Insert(1, "\"stream\":true,"), good.Replace("-x\"", "-x+status-401\"", StringComparison.Ordinal),
            good.Replace("-x\"", "-x+error-event\"", StringComparison.Ordinal),
                good.Replace("-x\"", "-x+reset-before-headers\"", StringComparison.Ordinal),
            good.Insert(1, "\"stream\":true,").Replace("-x\"", "-x+reset-mid\"", StringComparison.Ordinal)])
        {
            var request = door.Head(token, $"Content-Length: {body.Length}\r\n{lines}")
                .Replace($"POST {door.Path} ", $"POST {door.Path}?beta=true&key={s_query.Secret}&token={token} ", StringComparison.Ordinal)
                    + body;
            try
            {
                await run.SendAsync(request);
            }
            catch (IOException)
            {
                // The stream that breaks off.
            }
        }
    }

    private static async Task BadTrafficAsync(CanaryRun run, Door door, string token, string expired)
    {
        string Head(string target, string lines) => $"POST {target} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            + $"Content-Length: {door.Good.Length}\r\n{lines}\r\n{door.Good}";
        await run.SendAsync(Head($"{door.Path}?key={s_queryRefused.Secret}&access_token={token}", ""));
        await run.SendAsync(Head(door.Path, $"Authorization: Bearer {token}x\r\n"));
        await run.SendAsync(Head(door.Path, $"Authorization: Bearer {expired}\r\n"));
        await run.SendAsync(Head(door.Path, $"Authorization: Basic {s_basic.Secret}\r\n"));
        await run.SendAsync(Head(door.Path, $"x-api-key: {s_foreignKey.Secret}\r\n"));
        await run.SendAsync(Head($"/{s_nowhere.Secret}/{token}", $"Authorization: Bearer {token}\r\n"));
        await run.SendAsync(Head(door.Path, $"Authorization : Bearer {token}\r\nx-a: {s_badHead.Secret}\r\n"));
        await run.SendAsync(Head(door.Path, $"Authorization: Bearer {token}\r\nx-a: {s_badHead.Secret}\0\r\n"));
        await run.SendAsync($"GET /{s_badHead.Secret}{token} nonsense\r\n\r\n");
        await run.SendAsync($"GET /v1/responses/{s_path.Secret} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\r\n");
        await run.SendAsync(
            $"GET /v1/models?key={s_queryRefused.Secret} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\r\n");
        await run.SendAsync($"GET /v1/models HTTP/1.1\r\nHost: {s_nowhere.Secret}\r\nAuthorization: Bearer {token}\r\n\r\n");
        var bad = $"{{\"model\":\"claude-x\" {s_badBody.Secret}";
        await run.SendAsync(door.Head(token, $"Content-Length: {bad.Length}\r\n") + bad);
        var badType = $"{{\"model\":[\"{s_badBody.Secret}\"]}}";
        await run.SendAsync(door.Head(token, $"Content-Length: {badType.Length}\r\n") + badType);
    }

    /// <summary>
    /// A key in the file is refused by name; the old configuration stays, and what is told about it must not hold the key.
    /// </summary>
    private static async Task BreakConfigurationAsync(GatewayHarness gateway)
    {
        var text = await File.ReadAllTextAsync(gateway.ConfigFile);
        var bad = text.Replace("\"apiKeyEnv\"", $"\"apiKey\": \"{s_config.Secret}\", \"apiKeyEnv\"", StringComparison.Ordinal);
        await File.WriteAllTextAsync(gateway.ConfigFile, bad);
        await GatewayHarness.EventuallyAsync(
            async () => (await gateway.Client.GetStringAsync(new Uri(gateway.Address, "/health")))
                .Contains("reload_error", StringComparison.Ordinal),
            "the bad file was noticed");
    }

    private static async Task QuoteAsync(RawConnection connection)
    {
        while (await connection.ReadRequestAsync() is { } request)
        {
            var key = request["authorization"]?["Bearer ".Length..] ?? request["x-api-key"];
            var body = $"{{\"error\":{{\"message\":\"Incorrect API key provided: {key}. Twice: {key}\"}}}}";
            await connection.WriteAsync(
                $"HTTP/1.1 401 Unauthorized\r\ncontent-type: application/json\r\nx-quoted: key={key}\r\ncontent-length: {body.Length}\r\n\r\n{body}");
        }
    }

    private static async Task NameAsync(RawConnection connection)
    {
        const string key = GatewayHarness.ProviderKey;
        while (await connection.ReadRequestAsync() is { } request)
        {
            var sent = Encoding.UTF8.GetString(request.Body);
            var dialect = Door.All.FirstOrDefault(door => request.RequestLine.Contains(door.Path, StringComparison.Ordinal))?.Dialect;
            var isBroken = sent.Contains("broken", StringComparison.Ordinal);
            var isTold = sent.Contains("told", StringComparison.Ordinal);
            var body = (dialect, isBroken, isTold) switch
            {
                (Dialects.Dialect.OpenAiResponses, true, _) => "event: error\ndata: {\"type\":\"error\",\"code\":\"KEY\",\"message\":\"Full\",\"param\":null,\"sequence_number\":1}\n\n",
                (_, true, _) => "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"KEY\",\"code\":\"KEY\",\"message\":\"Full\"}}\n\n",
                (Dialects.Dialect.Anthropic, _, true) =>
                    """{"id":"KEY","type":"message","role":"assistant","model":"KEY","content":[],"stop_reason":"KEY","usage":{"input_tokens":1,"output_tokens":1,"service_tier":"KEY","server_tool_use":{"KEY":1}}}""",
                (Dialects.Dialect.OpenAiChat, _, true) =>
                    """{"id":"KEY","object":"chat.completion","model":"KEY","service_tier":"KEY","choices":[{"index":0,"finish_reason":"KEY","message":{"role":"assistant","content":"x"}}],"usage":{"prompt_tokens":1,"completion_tokens":1}}""",
                (_, _, true) => """{"id":"KEY","object":"response","status":"KEY","model":"KEY","service_tier":"KEY","output":[{"type":"KEY_call"}],"usage":{"input_tokens":1,"output_tokens":1}}""",
                _ => """{"type":"error","error":{"type":"KEY","code":"KEY","message":"Full"}}""",
            };
            body = body.Replace("KEY", key, StringComparison.Ordinal);
            await connection.WriteAsync(
                $"HTTP/1.1 {(isBroken || isTold ? 200 : 400)} X\r\ncontent-type: {(isBroken ? "text/event-stream" : "application/json")}\r\nrequest-id: req-{key}\r\nx-request-id: req-{key}\r\n"
                + $"content-length: {body.Length}\r\n\r\n{body}");
        }
    }

    private static void Holds(Traces traces, Planted planted)
    {
        var wrong = traces.Find(planted.Secret).Where(f => !planted.Allowed.Contains(f.Place)).Distinct();
        wrong.ShouldBeEmpty($"'{planted.Name}' was found in {string.Join("; ", wrong)}");
    }

    /// <summary>What was planted where it may be seen is seen there: the search would have found the rest too.</summary>
    private static void ControlsAreFound(Traces traces)
    {
        void Found(string secret, Place place) => traces.Find(secret).ShouldContain(f => f.Place == place, $"{place}");
        Found(GatewayHarness.ProviderKey, Place.Upstream);
        Found(s_query.Secret, Place.Upstream);
        Found(s_body.Secret, Place.Upstream);
        Found(s_body.Secret, Place.Answers);
        Found(s_path.Secret, Place.Answers);
        Found(s_session.Secret, Place.Ledger);
        Found(s_session.Secret, Place.Files);
        Found(s_session.Secret, Place.Log);
        Found("exchanges_running", Place.Health);
        Found("gatehouse_", Place.Metrics);
    }
}
