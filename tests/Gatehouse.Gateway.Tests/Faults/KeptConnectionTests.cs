using Gatehouse.Gateway.Metering;
using Gatehouse.Gateway.Tests.Exchanges;
using Gatehouse.Gateway.Tests.Hostile;

namespace Gatehouse.Gateway.Tests.Faults;

/// <summary>A client's connection behind an answer that came whole and was bad: no sign told that it would end, so it must not.</summary>
public sealed class KeptConnectionTests
{
    [Theory]
    [InlineData("bad-json", 200, ExchangeEnd.UpstreamError)]
    [InlineData("error-event", 200, ExchangeEnd.UpstreamError)]
    [InlineData("html", 502, ExchangeEnd.UpstreamError)]
    [InlineData("status-400", 400, ExchangeEnd.ClientError)]
    [InlineData("status-500", 500, ExchangeEnd.UpstreamError)]
    [InlineData("reset-before-headers", 502, ExchangeEnd.UpstreamError)]
    [InlineData("no-usage", 200, ExchangeEnd.Ok)]
    public async Task The_next_call_on_it_is_answered(string fault, int status, ExchangeEnd end)
    {
        await using var gateway = await GatewayHarness.StartAsync();
        foreach (var door in Door.All)
        {
            using var client = await Hostile.RawClient.ConnectAsync(gateway.Address);
            await client.SendAsync(door.Post(gateway.Token, door.Good.Replace("-x\"", $"-x+{fault}\"", StringComparison.Ordinal)));
            (await client.ReadAsync()).ShouldNotBeNull().Status.ShouldBe(status);
            // When nothing runs any more, whatever was to end has ended.
            await AtRest.ShouldComeAsync(gateway);
            await client.SendAsync(door.Post(gateway.Token, door.Good));
            (await client.ReadAsync()).ShouldNotBeNull("the connection was ended without a sign").Status.ShouldBe(200);
        }

        (await gateway.RowsAsync()).Select(row => row.End).ShouldBe(Enumerable.Repeat<ExchangeEnd[]>([end, ExchangeEnd.Ok], 3).SelectMany(ends => ends));
    }
}
