using Gatehouse.Gateway.Metering;

namespace Gatehouse.Gateway.Tests.Exchanges;

public sealed class KeylessProviderTests
{
    private const string Call = """{"model":"gpt-x","messages":[{"role":"user","content":"hi"}]}""";

    [Fact]
    public async Task A_server_of_ones_own_that_names_no_key_is_called_without_one()
    {
        await using var gateway = await GatewayHarness.StartAsync(namesKey: false);
        var (response, body) = await gateway.SendAsync(gateway.Post("/v1/chat/completions", Call));
        // The simulated provider wants a key and says so itself: the call reached it, and it had none.
        ((int)response.StatusCode).ShouldBe(401, body);
        gateway.Simulator!.Received.All.Single(r => r.Method == "POST").Header("authorization").ShouldBeNull();
        (await gateway.RowsAsync()).Single().CredentialSource.ShouldBe("none");
    }

    [Fact]
    public async Task A_provider_whose_key_is_missing_is_not_called_and_the_answer_says_how_to_add_one()
    {
        await using var gateway = await GatewayHarness.StartAsync(providerKey: null);
        var (response, body) = await gateway.SendAsync(gateway.Post("/v1/chat/completions", Call));
        ((int)response.StatusCode).ShouldBe(503);
        body.ShouldContain("gatehouse credential add up");

        // Callers are not the operator: which variables the gateway looks into is nothing to them.
        body.ShouldNotContain("_KEY");
        gateway.Simulator!.Received.All.ShouldNotContain(r => r.Method == "POST");
        var row = (await gateway.RowsAsync()).Single();
        row.End.ShouldBe(ExchangeEnd.Refused);
        row.ErrorType.ShouldBe("credential_missing");
    }
}
