using Gatehouse.Gateway.Access;
using Gatehouse.Secrets;

namespace Gatehouse.Gateway.Tests.Access;

public sealed class DataKeyStoreTests : IAsyncDisposable
{
    private readonly AccessDatabase _database = new();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task The_first_start_makes_key_file_and_ring_and_the_next_one_opens_them()
    {
        var keys = new DataKeyStore(await _database.OpenAsync(), TimeProvider.System);

        var first = await keys.OpenAsync(_database.MasterKey);
        var second = await keys.OpenAsync(_database.MasterKey);

        first.Error.ShouldBeNull();
        first.KeyFileCreated.ShouldBeTrue();
        first.Origin.ShouldBe(_database.KeyFile);
        second.KeyFileCreated.ShouldBeFalse();
        second.Ring!.TokenHasher.Hash("token"u8).ShouldBe(first.Ring!.TokenHasher.Hash("token"u8));
    }

    [Fact]
    public async Task First_starts_at_the_same_time_agree_on_one_ring()
    {
        var stores = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => _database.OpenAsync()));

        var opened =
            await Task.WhenAll(stores.Select(store => new DataKeyStore(store, TimeProvider.System).OpenAsync(_database.MasterKey)));

        opened.ShouldAllBe(one => one.Error == null);
        opened.Select(one => one.Ring!.TokenHasher.Hash("token"u8)).Distinct().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_wrong_master_key_is_refused_and_changes_nothing()
    {
        var keys = new DataKeyStore(await _database.OpenAsync(), TimeProvider.System);
        var first = await keys.OpenAsync(_database.MasterKey);
        var wrong = _database.MasterKey with { Environment = _ => Convert.ToHexString(new byte[32]) };

        var refused = await keys.OpenAsync(wrong);

        refused.Ring.ShouldBeNull();
        refused.Error!.ShouldContain("not the one");
        (await keys.OpenAsync(_database.MasterKey)).Ring!.TokenHasher.Hash("token"u8).ShouldBe(first.Ring!.TokenHasher.Hash("token"u8));
    }

    [Fact]
    public async Task A_lost_key_file_is_not_made_anew()
    {
        var keys = new DataKeyStore(await _database.OpenAsync(), TimeProvider.System);
        await keys.OpenAsync(_database.MasterKey);
        File.Delete(_database.KeyFile);

        var refused = await keys.OpenAsync(_database.MasterKey);

        refused.Ring.ShouldBeNull();
        refused.Error!.ShouldContain("Put the key back");
        File.Exists(_database.KeyFile).ShouldBeFalse();
    }

    [Fact]
    public async Task A_database_of_before_there_were_several_keys_per_purpose_opens_with_what_it_held()
    {
        var old = await _database.OpenAsync(step => string.CompareOrdinal(step.Name, "20261121-1010") < 0);
        var before = (await new DataKeyStore(old, TimeProvider.System).OpenAsync(_database.MasterKey)).Ring!;
        var box = before.Seal(KeyPurpose.Vault, "row", "sealed before"u8);
        await old.DisposeAsync();

        var keys = new DataKeyStore(await _database.OpenAsync(), TimeProvider.System);
        var after = (await keys.OpenAsync(_database.MasterKey)).Ring!;

        after.TryOpen(KeyPurpose.Vault, "row", box).ShouldBe("sealed before"u8.ToArray());
        after.TokenHasher.Hash("token"u8).ShouldBe(before.TokenHasher.Hash("token"u8));
        (await keys.AddVaultKeyAsync(after, _database.MasterKey.Load(false).Key!)).ShouldBeNull();
        after.KeyId(KeyPurpose.Vault).ShouldNotBe(before.KeyId(KeyPurpose.Vault));
        after.TryOpen(KeyPurpose.Vault, "row", box).ShouldNotBeNull();
        before.TryOpen(KeyPurpose.Vault, "row", after.Seal(KeyPurpose.Vault, "row", "new"u8)).ShouldBeNull();
    }

    [Fact]
    public async Task The_master_key_can_be_replaced_and_hashes_survive()
    {
        var keys = new DataKeyStore(await _database.OpenAsync(), TimeProvider.System);
        var first = await keys.OpenAsync(_database.MasterKey);
        var next = new string('7', 64);

        var present = _database.MasterKey.Load(mayCreate: false).Key!;
        (await keys.RewrapAsync(present, MasterKey.TryParse(next)!)).ShouldBeNull();

        var after = await keys.OpenAsync(_database.MasterKey with { Environment = _ => next });
        after.Ring!.TokenHasher.Hash("token"u8).ShouldBe(first.Ring!.TokenHasher.Hash("token"u8));
        (await keys.OpenAsync(_database.MasterKey)).Error!.ShouldContain("not the one");
    }
}
