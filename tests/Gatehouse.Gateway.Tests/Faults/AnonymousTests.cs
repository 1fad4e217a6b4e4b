using System.Text;
using Gatehouse.Dialects;
using Gatehouse.Gateway.Tests.Exchanges;

namespace Gatehouse.Gateway.Tests.Faults;

/// <summary>Calls without a token of ours, over a socket, with and without the setting that lets programs on this machine in.</summary>
public sealed class AnonymousTests
{
    private const string On = """, "auth": { "anonymous": "loopback", "anonymousToken": "test" }""";

    [Theory]
    [InlineData("authorization: Bearer unused", 200)]
    [InlineData("x-api-key: unused", 200)]
    [InlineData("", 200)]
    [InlineData("origin: https://page.example", 401)]
    [InlineData("sec-fetch-site: cross-site", 401)]
    [InlineData("x-forwarded-for: 10.0.0.1", 401)]
    public async Task When_it_is_on_programs_of_this_machine_get_in_and_pages_do_not(string header, int status)
    {
        await using var gateway = await GatewayHarness.StartAsync(configExtra: On);
        foreach (var dialect in Caller.All)
        {
            var answer = await CallAsync(gateway, dialect, header);
            answer.Status.ShouldBeOneOf(status, status == 401 ? 403 : status);
            if (status != 200) Caller.ErrorMessage(dialect, answer.Json).ShouldNotBeEmpty();
        }

        var rows = await gateway.RowsAsync();
        rows.Count.ShouldBe(status == 200 ? 3 : 0);
        foreach (var row in rows) row.TokenId.ShouldNotBeNull();
    }

    [Theory]
    [InlineData("authorization: Bearer unused")]
    [InlineData("x-api-key: unused")]
    [InlineData("")]
    public async Task When_it_is_off_nobody_gets_in(string header)
    {
        await using var gateway = await GatewayHarness.StartAsync();
        foreach (var dialect in Caller.All)
        {
            var answer = await CallAsync(gateway, dialect, header);
            answer.Status.ShouldBe(401);
            answer["www-authenticate"].ShouldNotBeNull();
            Caller.ErrorMessage(dialect, answer.Json).ShouldNotBeEmpty();
        }

        (await gateway.RowsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task When_it_is_on_an_expired_token_still_does_not_get_in()
    {
        await using var gateway = await GatewayHarness.StartAsync(configExtra: On);
        var expired = await gateway.MintAsync("old", t => t with { ExpiresAt = DateTimeOffset.UnixEpoch.AddDays(1) });
        (await CallAsync(gateway, Dialect.Anthropic, "authorization: Bearer " + expired)).Status.ShouldBe(401);
    }

    private static async Task<RawAnswer> CallAsync(GatewayHarness gateway, Dialect dialect, string header)
    {
        var body = Caller.Body(dialect, "m", stream: false);
        var lines = new List<string>
        {
            $"POST {Caller.Path(dialect)} HTTP/1.1", $"host: {gateway.Address.Authority}", "content-type: application/json",
            $"content-length: {body.Length}",
            "anthropic-version: 2023-06-01",
        };
        if (header.Length > 0) lines.Add(header);
        await using var client =
            await RawClient.SendAsync(gateway, [.. Encoding.ASCII.GetBytes(string.Join("\r\n", lines) + "\r\n\r\n"), .. body]);
        return await client.AnswerAsync();
    }
}
