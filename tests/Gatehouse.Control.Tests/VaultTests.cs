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
        var added = (await _fixture.Vault.AddAsync(Actor.OfThisMachine, "Anthropic", "team", Secret.From($"  {Canary}\n"))).Value!;

        var listed = (await _fixture.Vault.ListAsync(Actor.OfThisMachine)).ShouldHaveSingleItem();
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
        await _fixture.Vault.AddAsync(Actor.OfThisMachine, "anthropic", "team", Secret.From(Canary));
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
        var refused = await _fixture.Vault.AddAsync(Actor.OfThisMachine, "anthropic", "team", Secret.From(key));

        refused.Value.ShouldBeNull();
        refused.Error!.ShouldNotContain("canary");
        (await _fixture.Vault.ListAsync(Actor.OfThisMachine)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_short_key_gives_no_hint()
    {
        (await _fixture.Vault.AddAsync(Actor.OfThisMachine, "local", "a", Secret.From("1234567890123456789"))).Value!.Hint.ShouldBe("");
        (await _fixture.Vault.AddAsync(Actor.OfThisMachine, "local", "b", Secret.From("12345678901234567890"))).Value!.Hint.ShouldBe("7890");
    }

    [Fact]
    public async Task A_second_key_of_the_same_name_is_refused()
    {
        await _fixture.Vault.AddAsync(Actor.OfThisMachine, "anthropic", "team", Secret.From(Canary));

        (await _fixture.Vault.AddAsync(Actor.OfThisMachine, "ANTHROPIC", "team", Secret.From("other"))).Error!.ShouldContain("already");
        (await _fixture.Vault.AddAsync(Actor.OfThisMachine, "openai", "team", Secret.From("other"))).Error.ShouldBeNull();
    }

    [Fact]
    public async Task A_key_is_removed_by_id_name_or_provider_and_name()
    {
        var one = (await _fixture.Vault.AddAsync(Actor.OfThisMachine, "anthropic", "one", Secret.From(Canary))).Value!;
        await _fixture.Vault.AddAsync(Actor.OfThisMachine, "anthropic", "two", Secret.From(Canary));
        await _fixture.Vault.AddAsync(Actor.OfThisMachine, "anthropic", "three", Secret.From(Canary));

        (await _fixture.Vault.RemoveAsync(Actor.OfThisMachine, one.Id.ToString())).Value!.Name.ShouldBe("one");
        (await _fixture.Vault.RemoveAsync(Actor.OfThisMachine, "two")).Value!.Name.ShouldBe("two");
        (await _fixture.Vault.RemoveAsync(Actor.OfThisMachine, "anthropic/three")).Value!.Name.ShouldBe("three");
        (await _fixture.Vault.RemoveAsync(Actor.OfThisMachine, "three")).Error!.ShouldContain("no credential");
        (await _fixture.Vault.ListAsync(Actor.OfThisMachine)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_key_is_replaced_in_its_place_and_every_change_is_written_down()
    {
        var actor = new Actor("local", Gateway.Tenancy.UserRole.Admin, Guid.NewGuid(), "192.0.2.7");
        var added = (await _fixture.Vault.AddAsync(actor, "anthropic", "team", Secret.From(Canary))).Value!;
        const string next = "sk-canary-other-0123456789wxyz";

        var replaced = (await _fixture.Vault.ReplaceAsync(actor, "team", Secret.From($"{next}\n"))).Value!;

        (replaced.Id, replaced.Provider, replaced.CreatedAt, replaced.Hint).ShouldBe((added.Id, "anthropic", added.CreatedAt, "wxyz"));
        (await new VaultStore(_fixture.Store).LoadAsync()).Single().Open(_fixture.Ring)!.Secret.Reveal().ShouldBe(next);
        (await _fixture.Vault.ReplaceAsync(actor, "team", Secret.From("two words"))).Refusal.ShouldBe(EditRefusal.Invalid);
        (await _fixture.Vault.ReplaceAsync(actor, "nobody", Secret.From(next))).Refusal.ShouldBe(EditRefusal.NotFound);
        (await _fixture.Vault.RemoveAsync(actor, "team")).Error.ShouldBeNull();
        var lines = await new AuditLog(new Gateway.Tenancy.AuditStore(_fixture.Store)).FindAsync(actor, new Gateway.Tenancy.AuditQuery());
        lines.Select(line => line.Action).ShouldBe(["platform-credential.remove", "platform-credential.replace", "platform-credential.add"], ignoreOrder: true);
        lines.ShouldAllBe(line => line.Subject == $"platform-credential:{added.Id}" && line.Actor == "local" && line.TokenId == actor.TokenId && line.Address == "192.0.2.7");
        lines.ShouldAllBe(line => line.Detail == """{"provider":"anthropic","name":"team"}""");
    }

    [Fact]
    public async Task An_altered_key_is_mended_by_giving_it_again()
    {
        await _fixture.Vault.AddAsync(Actor.OfThisMachine, "anthropic", "team", Secret.From(Canary));
        await _fixture.Store.WriteAsync((connection, transaction) =>
        {
            using var command = connection.CreateCommand();
            command.CommandText = "UPDATE credentials SET sealed = x'01'";
            command.Transaction = transaction;
            return command.ExecuteNonQuery();
        });
        (await _fixture.Vault.OpenAsync(Actor.OfThisMachine, "team")).Refusal.ShouldBe(EditRefusal.Conflict);

        (await _fixture.Vault.ReplaceAsync(Actor.OfThisMachine, "team", Secret.From(Canary))).Value!.Opens.ShouldBeTrue();
    }

    [Fact]
    public async Task A_name_that_may_mean_two_keys_removes_none()
    {
        await _fixture.Vault.AddAsync(Actor.OfThisMachine, "anthropic", "team", Secret.From(Canary));
        await _fixture.Vault.AddAsync(Actor.OfThisMachine, "openai", "team", Secret.From(Canary));

        var refused = await _fixture.Vault.RemoveAsync(Actor.OfThisMachine, "team");

        refused.Error!.ShouldContain("anthropic/team");
        refused.Error!.ShouldContain("openai/team");
        (await _fixture.Vault.ListAsync(Actor.OfThisMachine)).Count.ShouldBe(2);
    }

    [Theory]
    [InlineData("UPDATE credentials SET provider = 'local'")]
    [InlineData("UPDATE credentials SET sealed = (SELECT sealed FROM credentials WHERE provider = 'openai') WHERE provider = 'anthropic'")]
    [InlineData("UPDATE credentials SET sealed = x'01' WHERE provider = 'anthropic'")]
    public async Task A_row_that_was_edited_in_the_database_is_listed_as_broken(string edit)
    {
        await _fixture.Vault.AddAsync(Actor.OfThisMachine, "anthropic", "a", Secret.From(Canary));
        await _fixture.Vault.AddAsync(Actor.OfThisMachine, "openai", "b", Secret.From(Canary));
        await _fixture.Store.WriteAsync((connection, transaction) =>
        {
            using var command = connection.CreateCommand();
            command.CommandText = edit;
            command.Transaction = transaction;
            return command.ExecuteNonQuery();
        });

        (await _fixture.Vault.ListAsync(Actor.OfThisMachine)).Single(c => c.Name == "a").Opens.ShouldBeFalse();
    }
}
