using System.Net.Sockets;
using System.Text;
using Gatehouse.Gateway.Exchanges;
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
        using var client = await FloodAsync(gateway, request, $"authorization: Bearer {gateway.Token}\r\nanthropic-version: 2023-06-01\r\n", body);

        // It goes on asking: whoever is only slow to answer takes more in the end, and does not close.
        await GatewayHarness.EventuallyAsync(() => Task.FromResult(!client.Push() && client.IsClosed), "the connection is closed");
        await AtRest.ShouldComeAsync(gateway);
    }

    /// <summary>Asks until the gateway takes no more, because its answers go nowhere.</summary>
    private static async Task<Flood> FloodAsync(GatewayHarness gateway, string request, string headers = "", string body = "")
    {
        var flood = new Flood(gateway, $"{request} HTTP/1.1\r\nhost: {gateway.Address.Authority}\r\n{headers}content-type: application/json\r\ncontent-length: {body.Length}\r\n\r\n{body}");
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
        private int _at;

        public Flood(GatewayHarness gateway, string request)
        {
            _requests = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(request, 100)));
            _socket.Connect("127.0.0.1", gateway.Address.Port);
            _socket.Blocking = false;
        }

        public bool IsClosed { get; private set; }

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
