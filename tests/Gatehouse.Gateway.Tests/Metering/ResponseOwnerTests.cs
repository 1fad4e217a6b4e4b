using Gatehouse.Gateway.Metering;
using Gatehouse.Storage;

namespace Gatehouse.Gateway.Tests.Metering;

public sealed class ResponseOwnerTests : IDisposable
{
    private readonly LedgerFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static ExchangeRecord Responses(string? id, bool owns = true, string? credential = "cred-1")
    {
        var exchange = LedgerFolder.Exchange();
        (exchange.End, exchange.Operation, exchange.Provider, exchange.UserId) = (ExchangeEnd.Ok, ExchangeOperation.Responses, "openai", "user-1");
        (exchange.ResponseId, exchange.OwnsResponse, exchange.CredentialId, exchange.TokenId) = (id, owns, credential, Guid.CreateVersion7());
        return exchange;
    }

    private static Task<ResponseOwner?> FindAsync(Store store, string id) =>
        store.FindResponseOwnerAsync(id, TimeProvider.System, LedgerFolder.Ceiling);

    private static async Task SettleAsync(Ledger ledger, ExchangeRecord exchange)
    {
        ledger.Admit(exchange);
        ledger.Settle(exchange);
        await LedgerFolder.FlushAsync(ledger);
    }

    [Fact]
    public async Task An_answer_that_the_provider_keeps_has_an_owner_and_others_have_none()
    {
        await using var store = await _folder.OpenStoreAsync();
        await using var ledger = LedgerFolder.OpenLedger(store);
        var kept = Responses("resp_kept");
        await SettleAsync(ledger, kept);
        await SettleAsync(ledger, Responses("resp_not_kept", owns: false));
        await SettleAsync(ledger, Responses(id: null));
        var owner = (await FindAsync(store, "resp_kept")).ShouldNotBeNull();
        owner.ShouldBe(new ResponseOwner(
            "resp_kept", "openai", "cred-1", "user-1", kept.TokenId, kept.StartedAtMicros, kept.StartedAtMicros + (30L * 86_400_000_000)));
        (await FindAsync(store, "resp_not_kept")).ShouldBeNull();
    }

    [Fact]
    public async Task The_first_owner_of_an_id_stays()
    {
        await using var store = await _folder.OpenStoreAsync();
        await using var ledger = LedgerFolder.OpenLedger(store);
        await SettleAsync(ledger, Responses("resp_same", credential: "mine"));
        await SettleAsync(ledger, Responses("resp_same", credential: "theirs"));
        (await FindAsync(store, "resp_same"))!.CredentialId.ShouldBe("mine");
    }

    [Fact]
    public async Task An_owner_without_user_token_or_credential_comes_back_without_them()
    {
        await using var store = await _folder.OpenStoreAsync();
        await using var ledger = LedgerFolder.OpenLedger(store);
        var bare = Responses("resp_bare", credential: null);
        (bare.UserId, bare.TokenId) = (null, null);
        await SettleAsync(ledger, bare);
        var owner = (await FindAsync(store, "resp_bare")).ShouldNotBeNull();
        (owner.CredentialId, owner.UserId, owner.TokenId).ShouldBe((null, null, null));
    }

    [Fact]
    public async Task An_expired_owner_is_unknown_and_is_deleted_at_the_next_start()
    {
        await using var store = await _folder.OpenStoreAsync();
        await using (var ledger = LedgerFolder.OpenLedger(store))
        {
            var old = Responses("resp_old");
            old.StartedAtMicros -= (long)(ResponseOwner.Kept + TimeSpan.FromMinutes(1)).TotalMicroseconds;
            await SettleAsync(ledger, old);
            await SettleAsync(ledger, Responses("resp_new"));
            (await FindAsync(store, "resp_old")).ShouldBeNull();
        }

        await using (LedgerFolder.OpenLedger(store))
        {
            using var limit = new CancellationTokenSource(LedgerFolder.Ceiling);
            while (await CountAsync(store) != 1) await Task.Delay(5, limit.Token);
        }

        (await FindAsync(store, "resp_new")).ShouldNotBeNull();
    }

    private static Task<long> CountAsync(Store store) =>
        store.ReadAsync(c => Dapper.SqlMapper.ExecuteScalar<long>(c, "SELECT count(*) FROM response_owners"));
}
