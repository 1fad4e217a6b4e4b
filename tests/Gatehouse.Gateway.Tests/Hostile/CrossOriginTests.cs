using Gatehouse.Gateway.Tests.Exchanges;

namespace Gatehouse.Gateway.Tests.Hostile;

/// <summary>Pages of other origins may read answers only where the configuration lists them, and then errors too.</summary>
public sealed class CrossOriginTests
{
    private const string Listed = "https://app.example";

    [Fact]
    public async Task A_listed_origin_may_read_answers_and_errors_and_nobody_else()
    {
        await using var gateway = await GatewayHarness.StartAsync(configExtra: $", \"corsOrigins\": [ \"{Listed}\" ]");
        foreach (var door in Door.All)
        {
            foreach (var body in (string[])[door.Good, "[]", door.Good.Replace("-x\"", "-x+status-500\"", StringComparison.Ordinal)])
            {
                (await AskAsync(gateway, door.Post(gateway.Token, body, $"Origin: {Listed}\r\n")))["access-control-allow-origin"]
                    .ShouldBe(Listed);
                (await AskAsync(gateway, door.Post(gateway.Token, body, "Origin: https://evil.example\r\n")))["access-control-allow-origin"]
                    .ShouldBeNull();
            }

            var preflight =
                $"OPTIONS {door.Path} HTTP/1.1\r\nHost: localhost\r\nOrigin: {Listed}\r\nAccess-Control-Request-Method: POST\r\n"
                + "Access-Control-Request-Headers: authorization\r\n\r\n";
            var allowed = await AskAsync(gateway, System.Text.Encoding.Latin1.GetBytes(preflight));
            allowed.Status.ShouldBe(204);
            allowed["access-control-allow-headers"].ShouldBe("authorization");
            allowed["access-control-allow-origin"].ShouldBe(Listed);
        }
    }

    [Fact]
    public async Task Without_a_list_no_origin_is_allowed()
    {
        await using var gateway = await GatewayHarness.StartAsync();
        var answer = await AskAsync(gateway, Door.Chat.Post(gateway.Token, Door.Chat.Good, $"Origin: {Listed}\r\n"));
        answer.Status.ShouldBe(200);
        answer.Headers.Keys.ShouldNotContain(name => name.StartsWith("access-control", StringComparison.OrdinalIgnoreCase));
    }

    private static async Task<RawAnswer> AskAsync(GatewayHarness gateway, byte[] request)
    {
        using var client = await RawClient.ConnectAsync(gateway.Address);
        await client.SendAsync(request);
        return (await client.ReadAsync()).ShouldNotBeNull();
    }
}
