using System.Net.Sockets;
using System.Text;
using Gatehouse.Gateway.Tests.Exchanges;

namespace Gatehouse.Gateway.Tests.Faults;

/// <summary>Clients that ask and ask, and read nothing of what they are answered.</summary>
public sealed class UnreadAnswerTests
{
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

    /// <summary>Sends the same request until the gateway takes no more, because its answers go nowhere.</summary>
    private static async Task<Socket> FloodAsync(GatewayHarness gateway, string request)
    {
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096, SendBufferSize = 4096 };
        await client.ConnectAsync("127.0.0.1", gateway.Address.Port);
        client.Blocking = false;
        var requests = Encoding.ASCII.GetBytes(string.Concat(
            Enumerable.Repeat($"{request} HTTP/1.1\r\nhost: {gateway.Address.Authority}\r\ncontent-length: 0\r\n\r\n", 100)));
        var (at, refused) = (0, 0);
        await GatewayHarness.EventuallyAsync(
            () =>
            {
                refused++;
                while (client.Send(requests.AsSpan(at), SocketFlags.None, out _) is var sent and > 0)
                {
                    // Half a request may have gone: its rest comes first next time.
                    at = (at + sent) % requests.Length;
                    refused = 0;
                }

                return Task.FromResult(refused == 20);
            },
            "nothing more is taken");
        return client;
    }
}
