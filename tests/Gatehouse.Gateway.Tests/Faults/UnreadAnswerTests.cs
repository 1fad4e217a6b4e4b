using System.Net.Sockets;
using System.Text;
using Gatehouse.Gateway.Exchanges;
using Gatehouse.Gateway.Metering;
using Gatehouse.Gateway.Tests.Exchanges;

namespace Gatehouse.Gateway.Tests.Faults;

/// <summary>Clients that ask and ask, and read nothing of what they are answered.</summary>
public sealed class UnreadAnswerTests
{
    private static readonly AnswerPatience s_short = new(TimeSpan.FromSeconds(0.5), SlowestReader: 1024 * 1024);

    [Fact]
    public async Task They_do_not_hold_up_the_end()
    {
        await using var gateway = await GatewayHarness.StartAsync(configExtra: """, "limits": { "drainSeconds": 0.3 }""");
        using var client = await FloodAsync(gateway, "GET /");

        (await gateway.Server.StopAsync().WaitAsync(GatewayHarness.Ceiling)).ShouldBeTrue();
    }

    [Fact]
    public async Task Without_a_token_they_take_nobodys_place()
    {
        await using var gateway = await GatewayHarness.StartAsync(configExtra: """, "limits": { "maxConcurrentExchanges": 1, "drainSeconds": 0.3 }""");
        using var client = await FloodAsync(gateway, "POST /v1/messages");

        gateway.Server.ExchangesRunning.ShouldBe(0);
        await using var other = await RawClient.PostAsync(gateway, "/v1/messages", Caller.Body(Dialects.Dialect.Anthropic, "m", stream: true));
        (await other.AnswerAsync()).Status.ShouldBe(200);
    }

    [Theory]
    [InlineData("POST /v1/messages", "")]
    [InlineData("POST /v1/responses", "{}")]
    [InlineData("POST /v1/chat/completions", "[]")]
    [InlineData("GET /v1/models", "")]
    [InlineData("GET /v1/unknown", "")]
    [InlineData("GET /metrics", "")]
    public async Task With_a_token_they_are_left_after_a_while(string request, string body)
    {
        await using var gateway = await GatewayHarness.StartAsync(patience: s_short);
        using var client = await FloodAsync(gateway, request, WithToken(gateway), body);
        await ShouldBeLeftAsync(gateway, client);
    }

    [Fact]
    public async Task So_are_those_who_leave_answers_without_a_body()
    {
        await using var gateway = await GatewayHarness.StartAsync(patience: s_short);
        using var client = await FloodAsync(gateway, "GET /v1/responses", "connection: upgrade\r\nupgrade: websocket\r\n");
        await ShouldBeLeftAsync(gateway, client);
    }

    [Fact]
    public async Task Or_permissions_for_pages_of_other_origins()
    {
        await using var gateway = await GatewayHarness.StartAsync(patience: s_short, configExtra: """, "corsOrigins": ["https://a.example"]""");
        using var client = await FloodAsync(gateway, "OPTIONS /v1/messages", "origin: https://a.example\r\naccess-control-request-method: POST\r\n");
        await ShouldBeLeftAsync(gateway, client);
    }

    [Theory]
    [InlineData("304 Same", "", ExchangeEnd.UpstreamError)]
    [InlineData("204 None", "", ExchangeEnd.Ok)]
    [InlineData("400 No", "content-length: 0\r\n", ExchangeEnd.ClientError)]
    public async Task Or_such_as_a_provider_gives(string status, string headers, ExchangeEnd end)
    {
        // With a long head: of short ones it takes thousands of calls to fill what lies between.
        await using var upstream = ScriptedUpstream.Answering($"HTTP/1.1 {status}\r\nx-long: {new string('x', 16 * 1024)}\r\n{headers}\r\n");
        await using var gateway = await StartAsync(upstream, "anthropic", s_short);
        using var client = await FloodAsync(gateway, "POST /v1/messages", WithToken(gateway), Asked);
        await ShouldBeLeftAsync(gateway, client);
        (await gateway.RowsAsync()).ShouldAllBe(row => row.End == end);
    }

    [Theory]
    [InlineData("anthropic")]
    [InlineData("openai-chat")]
    public async Task So_are_those_who_leave_a_providers_errors(string dialect)
    {
        await using var upstream = Refusing(kibibytes: 20);
        await using var gateway = await StartAsync(upstream, dialect, s_short);
        using var client = await FloodAsync(gateway, "POST /v1/messages", WithToken(gateway), Asked);
        await ShouldBeLeftAsync(gateway, client);
        (await gateway.RowsAsync()).ShouldAllBe(row => row.End == ExchangeEnd.ClientError && row.Status == 400 && row.ErrorType == "invalid_request_error");
    }

    [Fact]
    public async Task Or_one_that_is_passed_on_in_pieces()
    {
        await using var upstream = Refusing(kibibytes: 16 * 1024);
        await using var gateway = await StartAsync(upstream, "anthropic", s_short);
        using var client = new Flood(gateway, "POST /v1/messages", WithToken(gateway), Asked);
        client.PushOne();
        await GatewayHarness.EventuallyAsync(async () => (await gateway.RowsAsync()).Count == 1, "the exchange is settled");
        await GatewayHarness.EventuallyAsync(() => Task.FromResult(gateway.Server.ExchangesRunning == 0), "its place is free");
        await upstream.Connections.Single().Ended.WaitAsync(GatewayHarness.Ceiling);
        await ShouldBeLeftAsync(gateway, client);
        var row = (await gateway.RowsAsync()).ShouldHaveSingleItem();
        (row.End, row.Status, row.ErrorType).ShouldBe((ExchangeEnd.ClientError, 400, "status_400"));
        (await ProviderReport.OfAsync(gateway)).Faults.ShouldBe(0, "a client that does not read is no fault of the provider's");
    }

    [Fact]
    public async Task Who_reads_such_a_one_slowly_gets_all_of_it_whatever_the_providers_deadline_is()
    {
        await using var upstream = Refusing(kibibytes: 16 * 1024);
        await using var gateway = await StartAsync(upstream, "anthropic", providerExtra: """, "deadlines": { "idleSeconds": 1 }""");
        using var ceiling = new CancellationTokenSource(GatewayHarness.Ceiling);
        using var request = gateway.Post("/v1/messages", Asked);
        using var response = await gateway.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ceiling.Token);
        await Task.Delay(TimeSpan.FromSeconds(2.5), ceiling.Token);
        (await response.Content.ReadAsByteArrayAsync(ceiling.Token)).Length.ShouldBe((int)response.Content.Headers.ContentLength!);
    }

    private static string Asked { get; } = Encoding.UTF8.GetString(Caller.Body(Dialects.Dialect.Anthropic, "m", stream: true));

    private static string WithToken(GatewayHarness gateway) => $"authorization: Bearer {gateway.Token}\r\nanthropic-version: 2023-06-01\r\n";

    /// <summary>A provider that refuses every call at length.</summary>
    private static ScriptedUpstream Refusing(int kibibytes)
    {
        var body = $$$"""{"type":"error","error":{"type":"invalid_request_error","message":"{{{new string('x', kibibytes * 1024)}}}"}}""";

        // In one write: the second of two waits until the first is acknowledged, so that a flood would take minutes to fill what lies between.
        return ScriptedUpstream.Answering($"HTTP/1.1 400 No\r\ncontent-type: application/json\r\ncontent-length: {body.Length}\r\n\r\n{body}");
    }

    private static Task<GatewayHarness> StartAsync(ScriptedUpstream upstream, string dialect, AnswerPatience? patience = null, string providerExtra = "") => GatewayHarness.StartAsync(
        upstream.Address,
        patience: patience,
        providers: $$"""{ "up": { "endpoints": { "{{dialect}}": "UPSTREAM" }, "apiKeyEnv": "UP_KEY", "allowPrivateNetwork": true{{providerExtra}} } }""");

    private static async Task ShouldBeLeftAsync(GatewayHarness gateway, Flood client)
    {
        // It goes on asking: whoever is only slow to answer takes more in the end, and does not close.
        await GatewayHarness.EventuallyAsync(() => Task.FromResult(!client.Push() && client.IsClosed), "the connection is closed");
        await AtRest.ShouldComeAsync(gateway);
    }

    /// <summary>Asks until the gateway takes no more, because its answers go nowhere.</summary>
    private static async Task<Flood> FloodAsync(GatewayHarness gateway, string request, string headers = "", string body = "")
    {
        var flood = new Flood(gateway, request, headers, body);
        var refused = 0;
        await GatewayHarness.EventuallyAsync(
            () =>
            {
                refused = flood.Push() ? 0 : refused + 1;
                return Task.FromResult(refused == 20);
            },
            "nothing more is taken");
        return flood;
    }

    /// <summary>A client that sends the same request again and again and reads nothing.</summary>
    private sealed class Flood : IDisposable
    {
        private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096, SendBufferSize = 4096 };
        private readonly byte[] _requests;
        private readonly int _one;
        private int _at;

        public Flood(GatewayHarness gateway, string request, string headers, string body)
        {
            var one = $"{request} HTTP/1.1\r\nhost: {gateway.Address.Authority}\r\n{headers}content-type: application/json\r\ncontent-length: {body.Length}\r\n\r\n{body}";
            _requests = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(one, 100)));
            _one = one.Length;
            _socket.Connect("127.0.0.1", gateway.Address.Port);
            _socket.Blocking = false;
        }

        public bool IsClosed { get; private set; }

        /// <summary>Sends the first request, and no more.</summary>
        public void PushOne()
        {
            _at = _socket.Send(_requests.AsSpan(0, _one));
            _at.ShouldBe(_one);
        }

        /// <summary>Sends what goes; says whether anything did.</summary>
        public bool Push()
        {
            var any = false;
            while (_socket.Send(_requests.AsSpan(_at), SocketFlags.None, out var error) is var sent)
            {
                IsClosed |= error is not (SocketError.Success or SocketError.WouldBlock);
                if (sent <= 0 || IsClosed) break;

                // Half a request may have gone: its rest comes first next time.
                _at = (_at + sent) % _requests.Length;
                any = true;
            }

            return any;
        }

        public void Dispose() => _socket.Dispose();
    }
}
