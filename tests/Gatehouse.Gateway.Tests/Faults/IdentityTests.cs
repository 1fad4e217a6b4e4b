using System.Text;
using Gatehouse.Dialects;
using Gatehouse.Gateway.Metering;
using Gatehouse.Gateway.Tests.Exchanges;

namespace Gatehouse.Gateway.Tests.Faults;

/// <summary>What nobody asked the gateway to change passes as it is, both ways; what must stay behind, stays.</summary>
public sealed class IdentityTests
{
    [Fact]
    public async Task Unknown_request_headers_pass_and_those_of_ours_do_not()
    {
        await using var upstream = ScriptedUpstream.Answering(200, "content-type: application/json", "{}");
        await using var gateway = await GatewayHarness.StartAsync(upstream.Address);
        const string Betas = "context-management-2025-06-27,  fine-grained-tool-streaming-2025-05-14 ,x-unknown-1";
        await using var client = await RawClient.PostAsync(
            gateway, "/v1/messages?beta=true&x=%2F", Caller.Body(Dialect.Anthropic, "m", stream: false),
            "anthropic-beta: " + Betas, "x-new-thing: a", "x-new-thing: b, c", "x-latin: caf\u00e9", "x-app: cli",
            "openai-beta: responses=v1",
            "x-claude-code-session-id: s-1", "user-agent: claude-cli/2.1 (external)", "cookie: a=b", "x-forwarded-for: 10.0.0.1",
            "via: 1.1 x", "te: trailers",
            // Beside keep-alive or close the server itself forgets what else the header nominates.
            "connection: x-hop", "x-hop: 1", "x-api-key: " + gateway.Token);
        (await client.AnswerAsync()).Status.ShouldBe(200);

        var call = upstream.Calls.Single();
        call.RequestLine.ShouldBe("POST /v1/messages?beta=true&x=%2F HTTP/1.1");
        call["anthropic-version"].ShouldBe("2023-06-01");
        call["anthropic-beta"].ShouldBe(Betas);
        call["x-latin"].ShouldBe("caf\u00e9");
        call["openai-beta"].ShouldBe("responses=v1");
        call["x-claude-code-session-id"].ShouldBe("s-1");
        call["user-agent"].ShouldBe("claude-cli/2.1 (external)");
        // Lines of one name may be joined on the way (RFC 9110 §5.2), in their order.
        string.Join(", ", call.Lines.Where(l => l.StartsWith("x-new-thing:", StringComparison.OrdinalIgnoreCase))
            .Select(l => l.Split(": ")[1])).ShouldBe("a, b, c");
        foreach (var name in new[] { "cookie", "x-forwarded-for", "via", "te", "x-hop" }) call[name].ShouldBeNull(name);
        call.Head.ShouldNotContain(gateway.Token);
        call["x-api-key"].ShouldBe(GatewayHarness.ProviderKey);
        call["authorization"].ShouldBeNull();
    }

    [Theory]
    [InlineData("/v1/messages")]
    [InlineData("/v1/messages/count_tokens")]
    [InlineData("/v1/chat/completions")]
    [InlineData("/v1/responses")]
    [InlineData("/v1/responses/compact")]
    [InlineData("/v1/responses/input_tokens")]
    public async Task A_body_passes_byte_for_byte_with_the_white_space_around_it(string path)
    {
        await using var upstream = ScriptedUpstream.Answering(200, "content-type: application/json\r\nconnection: close", "{}");
        await using var gateway = await GatewayHarness.StartAsync(upstream.Address);
        foreach (var size in new[] { 10, 100_000, 300_000 })
        {
            // Nothing of this would come out of a parser as it went in.
            byte[] body =
            [
                .. Encoding.UTF8.GetBytes("\r\n\t { \"z\" : 1.50e+02 ,\"model\" :\t\"m\", \"z\":-0.0, \"stream\": false,\"\\u0061\":\"\\u00e9\\/\u00e9\",\"b\":\""),
                0xff, 0xfe,
                .. Encoding.ASCII.GetBytes(new string('x', size) + "\" , \"input\":[ ],\"messages\":[ ] }\n \r\n\n"),
            ];
            await using (var client = await RawClient.PostAsync(gateway, path, body)) (await client.AnswerAsync()).Status.ShouldBe(200);
            var head = $"POST {path} HTTP/1.1\r\nhost: {gateway.Address.Authority}\r\nauthorization: Bearer {gateway.Token}\r\n"
                + "content-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n";
            var (first, rest) = (body[..7], body[7..]);
            await using (var client = await RawClient.SendAsync(gateway,
            [
                .. Encoding.ASCII.GetBytes(head + $"{first.Length:x}\r\n"), .. first,
                .. Encoding.ASCII.GetBytes($"\r\n{rest.Length:x}\r\n"), .. rest, .. "\r\n0\r\n\r\n"u8,
            ])) (await client.AnswerAsync()).Status.ShouldBe(200);

            foreach (var call in upstream.Calls.TakeLast(2))
            {
                call.RequestLine.ShouldBe($"POST {path} HTTP/1.1");
                call.Body.AsSpan().SequenceEqual(body).ShouldBeTrue($"{size}: {call.Body.Length} of {body.Length}");
            }
        }

        upstream.Calls.Count.ShouldBe(6);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Response_headers_pass_but_for_cookies_and_what_belongs_to_the_connection(bool good)
    {
        await using var upstream = ScriptedUpstream.Answering(
            good ? 200 : 429,
            "content-type: application/json; charset=utf-8\r\nx-many: 1\r\nx-many: 2\r\nx-latin: caf\u00e9\r\nset-cookie: a=b\r\nrequest-id: req_9\r\n"
            + "anthropic-ratelimit-tokens-remaining: 5\r\nx-ratelimit-reset-tokens: 30ms\r\nretry-after: 12\r\nanthropic-organization-id: org\r\n"
            + "connection: keep-alive, x-hop\r\nx-hop: 1\r\nkeep-alive: timeout=5\r\nx-gatehouse-exchange: forged\r\naccess-control-allow-origin: *",
            "{\"unknown\" : [1,{\"a\":2.50}] ,\"usage\":{\"input_tokens\":1,\"new_kind\":7}}");
        await using var gateway = await GatewayHarness.StartAsync(upstream.Address);
        await using var client = await RawClient.PostAsync(gateway, "/v1/messages", Caller.Body(Dialect.Anthropic, "m", stream: false));
        var answer = await client.AnswerAsync();
        answer.Text.ShouldBe("{\"unknown\" : [1,{\"a\":2.50}] ,\"usage\":{\"input_tokens\":1,\"new_kind\":7}}");
        answer["content-type"].ShouldBe("application/json; charset=utf-8");
        answer["x-many"].ShouldBe("1|2");
        answer["x-latin"].ShouldBe("caf\u00e9");
        answer["request-id"].ShouldBe("req_9");
        answer["anthropic-ratelimit-tokens-remaining"].ShouldBe("5");
        answer["x-ratelimit-reset-tokens"].ShouldBe("30ms");
        answer["retry-after"].ShouldBe("12");
        answer["anthropic-organization-id"].ShouldBe("org");
        foreach (var name in new[] { "set-cookie", "x-hop", "keep-alive", "access-control-allow-origin" }) answer[name].ShouldBeNull(name);
        var row = (await gateway.RowsAsync()).Single();
        answer["x-gatehouse-exchange"].ShouldBe(row.Id.ToString());
        row.UpstreamRequestId.ShouldBe("req_9");
    }

    [Theory]
    [InlineData(301, "location: /elsewhere", "moved")]
    [InlineData(307, "x-a: b", "")]
    [InlineData(304, "etag: x", "")]
    public async Task A_redirect_is_passed_and_not_followed(int status, string header, string body)
    {
        await using var upstream = status == 304
            ? ScriptedUpstream.Answering($"HTTP/1.1 304 Same\r\n{header}\r\n\r\n")
            : ScriptedUpstream.Answering(status, header, body);
        await using var gateway = await GatewayHarness.StartAsync(upstream.Address);
        await using var client =
            await RawClient.PostAsync(gateway, "/v1/chat/completions", Caller.Body(Dialect.OpenAiChat, "m", stream: false));
        var answer = await client.AnswerAsync();
        answer.Status.ShouldBe(status);
        answer.IsWhole.ShouldBeTrue();
        answer.Text.ShouldBe(body);
        answer[header.Split(": ")[0]].ShouldBe(header.Split(": ")[1]);
        upstream.Calls.Count.ShouldBe(1);
        var row = (await gateway.RowsAsync()).Single();
        (row.Status, row.End, row.ErrorType).ShouldBe((status, ExchangeEnd.UpstreamError, $"status_{status}"), "nobody was answered");
    }

    [Theory]
    [InlineData("HTTP/1.1 204 None\r\nx-a: b\r\n\r\n", 204)]
    [InlineData("HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 4\r\n\r\npong", 200)]
    [InlineData("HTTP/1.1 202 Accepted\r\ncontent-type: application/octet-stream\r\ncontent-length: 2\r\n\r\n\0\x01", 202)]
    public async Task An_answer_without_the_form_of_its_dialect_is_still_passed_whole(string bytes, int status)
    {
        await using var upstream = ScriptedUpstream.Answering(bytes);
        await using var gateway = await GatewayHarness.StartAsync(upstream.Address);
        await using var client =
            await RawClient.PostAsync(gateway, "/v1/responses", Caller.Body(Dialect.OpenAiResponses, "m", stream: false));
        var answer = await client.AnswerAsync();
        answer.Status.ShouldBe(status);
        answer.IsWhole.ShouldBeTrue();
        answer.Text.ShouldBe(bytes[(bytes.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..]);
        (await gateway.RowsAsync()).Single().End.ShouldBe(ExchangeEnd.Ok);
        await AtRest.ShouldComeAsync(gateway);
    }

    [Theory]
    [InlineData(401)]
    [InlineData(500)]
    public async Task The_lent_key_is_masked_where_an_error_quotes_it(int status)
    {
        const string Key = GatewayHarness.ProviderKey;
        var body = $"{{\"error\":{{\"message\":\"Incorrect API key provided: {Key}. See {Key}\"}}}}";
        await using var upstream = ScriptedUpstream.Answering(status, $"content-type: application/json\r\nx-debug: key={Key}", body);
        await using var gateway = await GatewayHarness.StartAsync(upstream.Address);
        foreach (var dialect in Caller.All)
        {
            await using var client = await RawClient.PostAsync(gateway, Caller.Path(dialect), Caller.Body(dialect, "m", stream: true));
            var answer = await client.AnswerAsync();
            var stars = new string('*', Key.Length);
            answer.Text.ShouldBe(body.Replace(Key, stars, StringComparison.Ordinal));
            answer["x-debug"].ShouldBe("key=" + stars);
        }

        foreach (var row in await gateway.RowsAsync()) (row.ErrorType + row.CredentialId).ShouldNotContain(Key);
    }

    [Theory]
    [InlineData(64 * 1024, true)]
    [InlineData(200_000, false)]
    public async Task The_lent_key_is_masked_in_an_error_of_64_KiB_and_what_lies_behind_them_passes_as_it_is(int length, bool masked)
    {
        const string Key = GatewayHarness.ProviderKey;
        var before = "{\"error\":\"" + new string('e', length - Key.Length - 12);
        await using var upstream = ScriptedUpstream.Answering(400, "content-type: application/json", before + Key + "\"}");
        await using var gateway = await GatewayHarness.StartAsync(upstream.Address);
        foreach (var dialect in Caller.All)
        {
            await using var client = await RawClient.PostAsync(gateway, Caller.Path(dialect), Caller.Body(dialect, "m", stream: false));
            var answer = await client.AnswerAsync();
            (answer.Status, answer.IsWhole).ShouldBe((400, true));
            (answer.Text == before + (masked ? new string('*', Key.Length) : Key) + "\"}").ShouldBeTrue(answer.Text[^80..]);
        }
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("deflate")]
    public async Task The_lent_key_is_masked_in_a_compressed_error_too(string coding)
    {
        const string Key = GatewayHarness.ProviderKey;
        foreach (var quoted in new[] { Key, "sk-somebody-elses" })
        {
            var body = $"{{\"error\":{{\"message\":\"Incorrect API key provided: {quoted}.\"}}}}";
            var packed = CompressionTests.Encode(Encoding.UTF8.GetBytes(body), coding);
            await using var upstream = ScriptedUpstream.Answering(
                $"HTTP/1.1 401 No\r\ncontent-type: application/json\r\ncontent-encoding: {coding}\r\ncontent-length: {packed.Length}\r\n\r\n", packed);
            await using var gateway = await GatewayHarness.StartAsync(upstream.Address);
            await using var client = await RawClient.PostAsync(
                gateway, "/v1/messages", Caller.Body(Dialect.Anthropic, "m", stream: false), "accept-encoding: " + coding);
            var answer = await client.AnswerAsync();
            answer.Status.ShouldBe(401);
            answer.IsWhole.ShouldBeTrue();
            // Only a body that quotes the key is unpacked; any other passes as it is.
            answer["content-encoding"].ShouldBe(quoted == Key ? null : coding);
            if (quoted == Key) answer.Text.ShouldBe(body.Replace(Key, new string('*', Key.Length), StringComparison.Ordinal));
            else answer.Body.ShouldBe(packed);
        }
    }

    [Fact]
    public async Task A_good_answer_is_not_searched_for_the_key_but_its_headers_are()
    {
        const string Key = GatewayHarness.ProviderKey;
        await using var upstream =
            ScriptedUpstream.Answering(200, $"content-type: application/json\r\nx-debug: {Key}", $"{{\"echo\":\"{Key}\"}}");
        await using var gateway = await GatewayHarness.StartAsync(upstream.Address);
        await using var client = await RawClient.PostAsync(gateway, "/v1/messages", Caller.Body(Dialect.Anthropic, "m", stream: false));
        var answer = await client.AnswerAsync();
        answer.Text.ShouldBe($"{{\"echo\":\"{Key}\"}}");
        answer["x-debug"].ShouldBe(new string('*', Key.Length));
    }
}
