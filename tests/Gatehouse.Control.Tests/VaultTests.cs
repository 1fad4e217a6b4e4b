using Gatehouse.Gateway.Credentials;
using Gatehouse.Secrets;

namespace Gatehouse.Control.Tests;

public sealed class VaultTests : IAsyncLifetime
{
    private const string Canary = "sk-canary-7fQ2vX9-0123456789";
    private StoreFixture _fixture = null!;

    public async ValueTask InitializeAsync() => _fixture = await StoreFixture.CreateAsync();

    public async ValueTask DisposeAsync() => await _fixture.DisposeAsync();

    [Fact]
    public async Task A_key_is_sealed_listed_without_it_and_opened_by_the_ring()
    {
        var added = (await _fixture.Vault.AddAsync("Anthropic", "team", Secret.From($"  {Canary}\n"))).Value!;

        var listed = (await _fixture.Vault.ListAsync()).ShouldHaveSingleItem();
        listed.ShouldBe(added);
        listed.Provider.ShouldBe("anthropic");
        listed.Hint.ShouldBe("6789");
        listed.Opens.ShouldBeTrue();
        listed.ToString().ShouldNotContain(Canary);
        var row = (await new VaultStore(_fixture.Store).LoadAsync()).Single();
        row.Open(_fixture.Ring)!.Secret.Reveal().ShouldBe(Canary);
        row.KeyId.ShouldBe(_fixture.Ring.KeyId(KeyPurpose.Vault));
    }

    [Fact]
    public async Task The_database_alone_reveals_no_key()
    {
        await _fixture.Vault.AddAsync("anthropic", "team", Secret.From(Canary));
        await _fixture.CloseAsync();

        _fixture.DiskHolds(Canary[..12]).ShouldBeFalse();
        _fixture.DiskHolds("anthropic").ShouldBeTrue();
    }

    [Theory]
    [InlineData("")]
    [InlineData("  \n")]
    [InlineData("two words")]
    [InlineData("line\nbreak: canary-7fQ2vX9")]
    [InlineData("ümlaut-key")]
    public async Task A_key_that_could_not_travel_in_a_header_is_refused(string key)
    {
        var refused = await _fixture.Vault.AddAsync("anthropic", "team", Secret.From(key));

        refused.Value.ShouldBeNull();
        refused.Error!.ShouldNotContain("canary");
        (await _fixture.Vault.ListAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_short_key_gives_no_hint()
    {
        (await _fixture.Vault.AddAsync("local", "a", Secret.From("1234567890123456789"))).Value!.Hint.ShouldBe("");
        (await _fixture.Vault.AddAsync("local", "b", Secret.From("12345678901234567890"))).Value!.Hint.ShouldBe("7890");
    }

    [Fact]
    public async Task A_second_key_of_the_same_name_is_refused()
    {
        await _fixture.Vault.AddAsync("anthropic", "team", Secret.From(Canary));

        (await _fixture.Vault.AddAsync("ANTHROPIC", "team", Secret.From("other"))).Error!.ShouldContain("already");
        (await _fixture.Vault.AddAsync("openai", "team", Secret.From("other"))).Error.ShouldBeNull();
    }

    [Fact]
    public async Task A_key_is_removed_by_id_name_or_provider_and_name()
    {
        var one = (await _fixture.Vault.AddAsync("anthropic", "one", Secret.From(Canary))).Value!;
        await _fixture.Vault.AddAsync("anthropic", "two", Secret.From(Canary));
        await _fixture.Vault.AddAsync("anthropic", "three", Secret.From(Canary));

        (await _fixture.Vault.RemoveAsync(one.Id.ToString())).Value!.Name.ShouldBe("one");
        (await _fixture.Vault.RemoveAsync("two")).Value!.Name.ShouldBe("two");
        (await _fixture.Vault.RemoveAsync("anthropic/three")).Value!.Name.ShouldBe("three");
        (await _fixture.Vault.RemoveAsync("three")).Error!.ShouldContain("no credential");
        (await _fixture.Vault.ListAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_name_that_may_mean_two_keys_removes_none()
    {
        await _fixture.Vault.AddAsync("anthropic", "team", Secret.From(Canary));
        await _fixture.Vault.AddAsync("openai", "team", Secret.From(Canary));

        var refused = await _fixture.Vault.RemoveAsync("team");

        refused.Error!.ShouldContain("anthropic/team");
        refused.Error!.ShouldContain("openai/team");
        (await _fixture.Vault.ListAsync()).Count.ShouldBe(2);
    }

    [Theory]
    [InlineData("UPDATE credentials SET provider = 'local'")]
    [InlineData("UPDATE credentials SET sealed = (SELECT sealed FROM credentials WHERE provider = 'openai') WHERE provider = 'anthropic'")]
    [InlineData("UPDATE credentials SET sealed = x'01' WHERE provider = 'anthropic'")]
    public async Task A_row_that_was_edited_in_the_database_is_listed_as_broken(string edit)
    {
        await _fixture.Vault.AddAsync("anthropic", "a", Secret.From(Canary));
        await _fixture.Vault.AddAsync("openai", "b", Secret.From(Canary));
        await _fixture.Store.WriteAsync((connection, transaction) =>
        {
            using var command = connection.CreateCommand();
            command.CommandText = edit;
            command.Transaction = transaction;
            return command.ExecuteNonQuery();
        });

        (await _fixture.Vault.ListAsync()).Single(c => c.Name == "a").Opens.ShouldBeFalse();
    }
}
