using Gatehouse.Dialects;
using Gatehouse.Gateway.Exchanges;
using Gatehouse.Gateway.Metering;
using Gatehouse.Gateway.Tests.Metering;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Gateway.Tests.Conversations;

public sealed class OwnedResponsesTests : IDisposable
{
    private readonly LedgerFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_owner_is_known_before_the_caller_can_see_the_end_and_use_the_id()
    {
        await using var store = await _folder.OpenStoreAsync();
        await using var ledger = LedgerFolder.OpenLedger(store);
        var owners = LedgerFolder.NoOwners();
        var exchange = new Exchange(
            new DefaultHttpContext(), new DataRoute(ExchangeOperation.Responses, null), ledger, owners, TimeProvider.System, TimeProvider.System.GetTimestamp(),
            new ExchangeIds());
        exchange.Record.Provider = "up";
        exchange.Record.UpstreamDialect = Dialect.OpenAiResponses;
        exchange.Record.ResponseId = "resp_1";
        exchange.Record.OwnsResponse = true;
        exchange.Admit();
        // An exchange is settled before the bytes that end its answer are flushed.
        exchange.Settle(ExchangeEnd.Ok);
        var (known, owner) = await owners.FindAsync("resp_1");
        known.ShouldBeTrue();
        owner.ShouldNotBeNull().Provider.ShouldBe("up");
    }

    [Fact]
    public async Task The_first_owner_of_an_id_stays_as_in_the_store()
    {
        var owners = LedgerFolder.NoOwners();
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() * 1000;
        owners.Remember(new ResponseOwner("resp_1", "up", null, "first", null, now, now + 60_000_000));
        owners.Remember(new ResponseOwner("resp_1", "tenant:other", null, "second", null, now, now + 60_000_000));
        (await owners.FindAsync("resp_1")).Owner.ShouldNotBeNull().UserId.ShouldBe("first");

        owners.Remember(new ResponseOwner("resp_2", "up", null, "first", null, now - 2, now - 1));
        owners.Remember(new ResponseOwner("resp_2", "up", null, "second", null, now, now + 60_000_000));
        (await owners.FindAsync("resp_2")).Owner.ShouldNotBeNull().UserId.ShouldBe("second", "the first one's time was over");
    }
}
