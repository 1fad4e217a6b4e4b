using System.Text;
using Gatehouse.Dialects;

namespace Gatehouse.Gateway.Tests.Hostile;

/// <summary>Requests that are refused by their head: whose they are, where they go, how they are written.</summary>
public sealed class BadRequestTests(Besieged siege) : IClassFixture<Besieged>
{
    /// <summary>By head lines and what they are answered with; <c>{name}</c> stands for a token. The body is always good.</summary>
    private static readonly (string Lines, int Status, string? Code)[] s_tokens =
    [
        ("", 401, "invalid_api_key"),
        ("Authorization: Bearer\r\n", 401, "invalid_api_key"),
        ("Authorization: Bearer sk-ant-somebody-elses\r\n", 401, "invalid_api_key"),
        ("Authorization: Basic {good}\r\n", 401, "invalid_api_key"),
        ("Authorization: {good}\r\n", 401, "invalid_api_key"),
        ("Authorization: Bearer {good} {good}\r\n", 401, "invalid_api_key"),
        ("Authorization: Bearer {good}x\r\n", 401, "invalid_api_key"),
        ("x-api-key: {short}\r\n", 401, "invalid_api_key"),
        ("x-api-key: {foreign}\r\n", 401, "invalid_api_key"),
        ("Authorization: Bearer {expired}\r\n", 401, "invalid_api_key"),
        ("x-api-key: {revoked}\r\n", 401, "invalid_api_key"),
        ("Authorization: Bearer {good}\r\nx-api-key: {workspace}\r\n", 401, "invalid_api_key"),
        ("Authorization: Bearer {good}\r\nAuthorization: Bearer {workspace}\r\n", 401, "invalid_api_key"),
        ("Authorization: Bearer {runner}\r\n", 403, "insufficient_permissions"),
        ("Authorization: Bearer {scopeless}\r\n", 403, "insufficient_permissions"),
        ("Cookie: token={good}\r\n", 401, "invalid_api_key"),
        ("api-key: {good}\r\nx-goog-api-key: {good}\r\nProxy-Authorization: Bearer {good}\r\n", 401, "invalid_api_key"),
        ("Authorization: Bearer {good}\r\nContent-Encoding: gzip\r\n", 415, "unsupported_content_type"),
        ("Authorization: Bearer {good}\r\nContent-Encoding: identity, br\r\n", 415, "unsupported_content_type"),
    ];

    /// <summary>Whole heads that are no HTTP or the wrong one: the server itself answers, in the dialect that the path tells, and closes.</summary>
    private static readonly Dictionary<string, (Func<Door, string, string> Head, int Status)> s_broken = new()
    {
        ["no Host"] = ((d, t) => $"POST {d.Path} HTTP/1.1\r\nAuthorization: Bearer {t}\r\n\r\n", 400),
        ["two Hosts"] = ((d, t) => d.Head(t, "Host: 127.0.0.1\r\n"), 400),
        ["a Host with a path"] = ((d, _) => $"POST {d.Path} HTTP/1.1\r\nHost: a/b\r\n\r\n", 400),
        ["two lengths"] = ((d, t) => d.Head(t, "Content-Length: 5\r\nContent-Length: 6\r\n"), 400),
        ["a length that is no number"] = ((d, t) => d.Head(t, "Content-Length: five\r\n"), 400),
        ["a negative length"] = ((d, t) => d.Head(t, "Content-Length: -5\r\n"), 400),
        ["a POST without a length"] = ((d, _) => $"POST {d.Path} HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n", 400),
        ["a coding that is not chunked"] = ((d, t) => d.Head(t, "Transfer-Encoding: gzip\r\n"), 400),
        ["chunked, but not last"] = ((d, t) => d.Head(t, "Transfer-Encoding: chunked, gzip\r\n"), 400),
        ["CR in a header"] = ((d, t) => d.Head(t, "x-a: b\rc\r\n"), 400),
        ["a bare CR before a header"] = ((d, t) => d.Head(t, "\rx-a: b\r\n"), 400),
        ["NUL in a header"] = ((d, t) => d.Head(t, "x-a: b\0c\r\n"), 400),
        ["a folded header"] = ((d, t) => d.Head(t, "x-a: b\r\n c\r\n"), 400),
        ["a blank before the colon"] = ((d, t) => d.Head(t, "x-a : b\r\n"), 400),
        ["a header without a name"] = ((d, t) => d.Head(t, ": b\r\n"), 400),
        ["a header without a colon"] = ((d, t) => d.Head(t, "nonsense\r\n"), 400),
        ["too many headers"] = ((d, t) => d.Head(t, string.Concat(Enumerable.Range(0, 250).Select(i => $"x-{i}: v\r\n"))), 431),
        ["a huge header"] = ((d, t) => d.Head(t, $"x-a: {new string('v', 70_000)}\r\n"), 431),
        ["headers that are huge together"] =
            ((d, t) => d.Head(t, string.Concat(Enumerable.Range(0, 150).Select(i => $"x-{i}: {new string('v', 500)}\r\n"))), 431),
        ["a huge request line"] = ((d, _) => $"POST {d.Path}?{new string('q', 20_000)} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", 414),
        ["no version"] = ((d, _) => $"POST {d.Path}\r\nHost: 127.0.0.1\r\n\r\n", 400),
        ["an unknown version"] = ((d, _) => $"POST {d.Path} HTTP/9.9\r\nHost: 127.0.0.1\r\n\r\n", 505),
        ["TLS"] = ((_, _) => "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400),
        ["a path with a NUL"] = ((d, _) => $"POST {d.Path}%00 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", 400),
        ["an absolute target with another Host"] = ((d, _) => $"POST http://evil.example{d.Path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", 400),
    };

    public static TheoryData<int, string> Tokens => Table(Enumerable.Range(0, s_tokens.Length));

    public static TheoryData<string, string> Broken => Table(s_broken.Keys);

    public static TheoryData<string> Paths { get; } = new(Door.All.Select(d => d.Path));

    [Theory]
    [MemberData(nameof(Tokens))]
    public async Task Without_one_good_token_or_a_plain_body_it_is_refused(int number, string path)
    {
        var (lines, status, code) = s_tokens[number];
        var door = Door.At(path);
        var answer = await AskAsync(
            $"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {door.Good.Length}\r\n{Filled(lines)}\r\n{door.Good}");
        answer.Status.ShouldBe(status, answer.Body);
        door.ErrorWord(answer.Body).ShouldBe(path != "/v1/messages" ? code : status switch
        {
            401 => "authentication_error",
            403 => "permission_error",
            _ => "invalid_request_error",
        });
        (answer["www-authenticate"] is not null).ShouldBe(status == 401);
        foreach (var token in (string[])[siege.Gateway.Token, siege.Foreign, siege.Workspace]) answer.Body.ShouldNotContain(token);
    }

    [Theory]
    [MemberData(nameof(Broken))]
    public async Task Broken_http_is_answered_by_the_server_and_the_connection_closed(string name, string path)
    {
        siege.Gateway.Simulator!.Received.Clear();
        var (head, status) = s_broken[name];
        using var client = await RawClient.ConnectAsync(siege.Gateway.Address);
        await client.SendAsync(head(Door.At(path), siege.Gateway.Token));
        var answer = (await client.ReadAsync()).ShouldNotBeNull();
        answer.Status.ShouldBe(status);
        // What speaks no HTTP at all has no path.
        Door.ErrorWord(name == "TLS" ? Dialect.OpenAiChat : Door.At(path).Dialect, answer.Body).ShouldBe("invalid_request_error");
        (answer["x-gatehouse-error"], answer["connection"], answer["content-type"]).ShouldBe(("invalid_request", "close", "application/json"));
        answer.Body.ShouldNotContain(siege.Gateway.Token);
        (await client.IsClosedAsync()).ShouldBeTrue();
        siege.Asked.ShouldBeEmpty();
        (await siege.RestAsync()).ShouldBeEmpty();
    }

    /// <summary>The refusal takes the place of one answer, and of no other's: not of the one before it on the connection.</summary>
    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Broken_http_behind_a_good_call_leaves_the_answer_before_it_whole(string path)
    {
        var door = Door.At(path);
        using var client = await RawClient.ConnectAsync(siege.Gateway.Address);
        await client.SendAsync((byte[])[.. door.Post(siege.Gateway.Token, door.Good), .. Encoding.Latin1.GetBytes(door.Head(siege.Gateway.Token, "nonsense\r\n"))]);
        var good = (await client.ReadAsync()).ShouldNotBeNull();
        good.Status.ShouldBe(200, good.Body);
        good.Body.ShouldContain("usage");
        var bad = (await client.ReadAsync()).ShouldNotBeNull();
        bad.Status.ShouldBe(400);
        door.ErrorWord(bad.Body).ShouldBe("invalid_request_error");
        (await client.IsClosedAsync()).ShouldBeTrue();
        (await siege.RestAsync()).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Broken_http_that_asks_for_a_head_alone_gets_no_body()
    {
        using var client = await RawClient.ConnectAsync(siege.Gateway.Address);
        await client.SendAsync("HEAD / HTTP/1.1\r\nnonsense\r\n\r\n");
        var answer = (await client.ReadAsync(head: true)).ShouldNotBeNull();
        answer.Status.ShouldBe(400);
        (await client.ReadAsync()).ShouldBeNull("nothing stands behind the head");
        (await siege.RestAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task HTTP_2_without_having_been_agreed_on_is_closed()
    {
        using var client = await RawClient.ConnectAsync(siege.Gateway.Address);
        await client.SendAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
        (await client.ReadAsync()).ShouldBeNull();
        (await siege.RestAsync()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("evil.example")]
    [InlineData("127.0.0.1.evil.example")]
    [InlineData("localhost.evil.example:80")]
    [InlineData("169.254.169.254")]
    [InlineData("10.0.0.1")]
    [InlineData("")]
    public async Task A_foreign_Host_is_refused_at_every_door(string host)
    {
        foreach (var door in Door.All)
        {
            var request = Encoding.Latin1.GetString(door.Post(siege.Gateway.Token, door.Good));
            var answer = await AskAsync(request.Replace("Host: 127.0.0.1", "Host: " + host, StringComparison.Ordinal));
            answer.Status.ShouldBe(403, answer.Body);
            door.ErrorWord(answer.Body).ShouldBe(door == Door.Messages ? "permission_error" : "host_not_allowed");
        }

        foreach (var path in (string[])["/", "/health", "/metrics", "/v1/models", "/ai/v1/models", "/ai/proxy/x/openai/v1/models", "/nowhere"])
        {
            (await AskAsync($"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n")).Status.ShouldBe(403);
        }

        (await AskAsync($"GET /healthz HTTP/1.1\r\nHost: {host}\r\n\r\n")).Status.ShouldBe(200);
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task A_known_path_with_another_method_is_405_and_says_which_it_has(string path)
    {
        foreach (var method in (string[])["GET", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW", "post"])
        {
            // Two have more than one method, under an id.
            var answer =
                await AskAsync($"{method} {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {siege.Gateway.Token}\r\n\r\n");
            answer.Status.ShouldBe(405, method);
            answer["allow"].ShouldBe("POST");
            Door.At(path).ErrorWord(answer.Body).ShouldBe(path == "/v1/messages" ? "invalid_request_error" : "method_not_supported");
        }

        var head = await AskAsync($"HEAD {path} HTTP/1.1\r\nHost: localhost\r\n\r\n", head: true);
        head.Status.ShouldBe(405);
        head["allow"].ShouldBe("POST");
    }

    [Theory]
    [InlineData("/v1/models", "GET, HEAD")]
    [InlineData("/v1/responses/resp_1", "GET, DELETE")]
    [InlineData("/v1/responses/resp_1/input_items", "GET")]
    [InlineData("/", "GET, HEAD")]
    [InlineData("/v1", "GET, HEAD")]
    [InlineData("/api/hello", "GET, HEAD")]
    [InlineData("/healthz", "GET, HEAD")]
    [InlineData("/readyz", "GET, HEAD")]
    [InlineData("/health", "GET, HEAD")]
    [InlineData("/metrics", "GET, HEAD")]
    public async Task Other_paths_say_their_methods_too(string path, string allow)
    {
        var answer = await AskAsync($"PATCH {path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        answer.Status.ShouldBe(405);
        answer["allow"].ShouldBe(allow);
        Door.Responses.ErrorWord(answer.Body).ShouldBe("method_not_supported");
    }

    [Theory]
    [InlineData("/v2/messages", true)]
    [InlineData("/anthropic/v1/nothing", true)]
    [InlineData("/v1/messages/batches", true)]
    [InlineData("/V1/Messages", false)]
    [InlineData("/v1/v1/v1/chat/completions", false)]
    [InlineData("//v1/chat/completions", false)]
    [InlineData("/v1/embeddings", false)]
    [InlineData("/admin", false)]
    [InlineData("/v1/responses/", false)]
    [InlineData("/.env", false)]
    [InlineData("/etc/passwd", false)]
    [InlineData("/v1/chat%2Fcompletions", false)]
    [InlineData("/%c0%af..%c0%af", false)]
    public async Task An_unknown_path_is_404_in_the_likely_dialect(string path, bool anthropic)
    {
        foreach (var method in (string[])["GET", "POST", "DELETE"])
        {
            var answer = await AskAsync(
                $"{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nAuthorization: Bearer {siege.Gateway.Token}\r\n\r\n");
            if (path == "/v1/responses/" && method == "POST") continue;
            answer.Status.ShouldBe(path == "/v1/responses/" ? 405 : 404, answer.Body);
            (anthropic ? Door.Messages : Door.Chat).ErrorWord(answer.Body).ShouldNotBeEmpty();
        }
    }

    [Theory]
    [InlineData("..")]
    [InlineData("../../../etc/passwd")]
    [InlineData("..%2f..%2fmodels")]
    [InlineData("%2e%2e/models")]
    [InlineData("%2e%2e%2f%2e%2e%2fv1%2fmodels")]
    [InlineData("..%5c..%5cmodels")]
    [InlineData("resp_%ff%fe")]
    [InlineData("resp_%0d%0ax-evil:%201")]
    [InlineData("resp_'%20OR%201=1--")]
    [InlineData("resp_?input_items")]
    public async Task A_path_of_an_id_leads_nowhere_else(string id)
    {
        siege.Gateway.Simulator!.Received.Clear();
        foreach (var method in (string[])["GET", "DELETE"])
        {
            var answer = await AskAsync(
                $"{method} /v1/responses/{id} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {siege.Gateway.Token}\r\n\r\n",
                rows: null);
            answer.Status.ShouldBeOneOf(200, 400, 404, 405);
            answer["x-evil"].ShouldBeNull();
            // 200 only where the server's own reading of dots makes it the list of models, which is answered from memory.
            if (answer.Status == 200) answer.Body.ShouldContain("\"object\":\"list\"");
            siege.Asked.Where(r => r.Method != "POST").ShouldBeEmpty();
        }
    }

    private string Filled(string lines) => lines
        .Replace("{good}", siege.Gateway.Token, StringComparison.Ordinal)
        .Replace("{short}", siege.Gateway.Token[..^5], StringComparison.Ordinal)
        .Replace("{foreign}", siege.Foreign, StringComparison.Ordinal)
        .Replace("{expired}", siege.Expired, StringComparison.Ordinal)
        .Replace("{revoked}", siege.Revoked, StringComparison.Ordinal)
        .Replace("{workspace}", siege.Workspace, StringComparison.Ordinal)
        .Replace("{runner}", siege.Runner, StringComparison.Ordinal)
        .Replace("{scopeless}", siege.WithoutScope, StringComparison.Ordinal);

    private async Task<RawAnswer> AskAsync(string request, bool head = false, int? rows = 0)
    {
        using var client = await RawClient.ConnectAsync(siege.Gateway.Address);
        await client.SendAsync(request);
        var answer = (await client.ReadAsync(head)).ShouldNotBeNull();
        var written = await siege.RestAsync();
        siege.Gateway.Simulator!.Received.Clear();
        if (rows is { } expected) written.Count.ShouldBe(expected);
        return answer;
    }

    private static TheoryData<T, string> Table<T>(IEnumerable<T> names)
    {
        var table = new TheoryData<T, string>();
        foreach (var name in names)
        {
            foreach (var door in Door.All) table.Add(name, door.Path);
        }

        return table;
    }
}
