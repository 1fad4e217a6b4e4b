using Gatehouse.Gateway.Metering;
using Gatehouse.Gateway.Tests.Exchanges;

namespace Gatehouse.Gateway.Tests.Faults;

/// <summary>What callers and the ledger are told when a provider is where no call may go.</summary>
public sealed class RefusedAddressTests
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.8.9.10")]
    [InlineData("localhost")]
    [InlineData("[::ffff:127.0.0.1]")]
    public async Task A_provider_at_our_own_address_is_not_called_and_no_setting_is_advised(string host)
    {
        await using var gateway = await GatewayHarness.StartAsync();
        var text = await File.ReadAllTextAsync(gateway.ConfigFile);
        await File.WriteAllTextAsync(gateway.ConfigFile, text.Replace(gateway.Simulator!.Address.Authority, $"{host}:{gateway.Address.Port}", StringComparison.Ordinal));
        var answers = new List<string>();
        await GatewayHarness.EventuallyAsync(
            async () =>
            {
                foreach (var dialect in Caller.All)
                {
                    await using var client = await RawClient.PostAsync(gateway, Caller.Path(dialect), Caller.Body(dialect, "m", stream: false));
                    var answer = await client.AnswerAsync();
                    if (answer.Status == 200) return false;
                    answer.Status.ShouldBe(502);
                    answers.Add(Caller.ErrorMessage(dialect, answer.Json));
                }

                return true;
            },
            "the changed file is in force");

        foreach (var answer in answers)
        {
            answer.ShouldContain("it is Gatehouse's own address");
            answer.ShouldNotContain("allowPrivateNetwork");
        }

        var last = (await gateway.RowsAsync())[^1];
        (last.End, last.ErrorType).ShouldBe((ExchangeEnd.Refused, "address_refused"));
    }
}
