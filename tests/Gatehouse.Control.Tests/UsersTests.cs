using Gatehouse.Gateway.Tenancy;
using static Gatehouse.Control.Tests.TenantFixture;

namespace Gatehouse.Control.Tests;

public sealed class UsersTests : IAsyncLifetime
{
    private TenantFixture _fixture = null!;

    private Users Users => _fixture.Editors.Users;

    public async ValueTask InitializeAsync() => _fixture = await TenantFixture.CreateAsync();

    public async ValueTask DisposeAsync() => await _fixture.DisposeAsync();

    [Fact]
    public async Task A_single_person_needs_no_set_up()
    {
        await using var fixture = await StoreFixture.CreateAsync();
        var editors = new TenantEditors(fixture.Store, fixture.Ring, fixture.Clock);

        (await editors.Users.EnsureLocalAsync()).ShouldBeTrue();
        (await editors.Users.EnsureLocalAsync()).ShouldBeFalse();

        var user = (await editors.Users.ListAsync(Actor.OfThisMachine)).ShouldHaveSingleItem();
        (user.Id, user.Name, user.Role, user.ProviderMode).ShouldBe(("local", "local", UserRole.Admin, ProviderMode.Platform));
        var project = (await editors.Projects.ListAsync(Actor.OfThisMachine)).ShouldHaveSingleItem();
        (project.Id, project.Name, project.OwnerId).ShouldBe(("default", "default", "local"));
    }

    [Fact]
    public async Task First_starts_at_the_same_time_make_one_user()
    {
        await using var fixture = await StoreFixture.CreateAsync();
        var stores = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => fixture.OpenAnotherAsync()));

        var made = await Task.WhenAll(stores.Select(store => new TenantEditors(store, fixture.Ring, fixture.Clock).Users.EnsureLocalAsync()));

        made.Count(one => one).ShouldBe(1);
    }

    [Fact]
    public async Task A_user_is_added_renamed_and_locked_out_by_an_administrator()
    {
        var added = Ok(await Users.AddAsync(_fixture.Admin, "Eve", UserRole.Member, ProviderMode.Own));
        Ok(await Users.UpdateAsync(_fixture.Admin, "Eve", new UserChange { Name = "Eva", Role = UserRole.Admin, ProviderMode = new(null), Disabled = true }));

        var user = Ok(await Users.FindAsync(_fixture.Admin, added.Id));
        (user.Name, user.Role, user.ProviderMode, user.DisabledAt).ShouldBe(("Eva", UserRole.Admin, null, _fixture.Store.Clock.GetUtcNow()));
        Ok(await Users.UpdateAsync(_fixture.Admin, added.Id, new UserChange { Disabled = false })).DisabledAt.ShouldBeNull();
    }

    [Fact]
    public async Task Names_are_not_taken_twice()
    {
        (await Users.AddAsync(_fixture.Admin, "ann")).Refusal.ShouldBe(EditRefusal.Conflict);
        (await Users.AddAsync(_fixture.Admin, "other", id: "ann")).Refusal.ShouldBe(EditRefusal.Conflict);
        (await Users.UpdateAsync(_fixture.Admin, "ann", new UserChange { Name = "bob" })).Refusal.ShouldBe(EditRefusal.Conflict);
        (await Users.AddAsync(_fixture.Admin, "a\nb")).Refusal.ShouldBe(EditRefusal.Invalid);
        (await Users.AddAsync(_fixture.Admin, "c", id: new string('x', 201))).Refusal.ShouldBe(EditRefusal.Invalid);
    }

    [Theory]
    [InlineData("cred-ann-a+b/c==")]
    [InlineData("with: colon; and é")]
    [InlineData("'; DROP TABLE users; --")]
    public async Task Ids_of_any_characters_survive(string id)
    {
        Ok(await Users.AddAsync(_fixture.Admin, "odd", id: id));

        Ok(await Users.FindAsync(_fixture.Admin, id)).Name.ShouldBe("odd");
        Ok(await Users.UpdateAsync(_fixture.Admin, id, new UserChange { Name = "odder" })).Id.ShouldBe(id);
    }

    [Fact]
    public async Task Members_neither_raise_themselves_nor_let_the_platform_pay()
    {
        foreach (var change in (UserChange[])[
            new() { Role = UserRole.Admin }, new() { Disabled = false }, new() { ProviderMode = new(ProviderMode.Platform) }, new() { ProviderMode = new(null) }])
        {
            (await Users.UpdateAsync(_fixture.Ann, "ann", change)).Refusal.ShouldBe(EditRefusal.Forbidden);
        }
        Ok(await Users.UpdateAsync(_fixture.Ann, "ann", new UserChange { Name = "Ann", ProviderMode = new(ProviderMode.Own) }))
            .ProviderMode.ShouldBe(ProviderMode.Own);
        (await Users.AddAsync(_fixture.Ann, "friend")).Refusal.ShouldBe(EditRefusal.Forbidden);
        (await Users.ListAsync(_fixture.Ann)).ShouldHaveSingleItem().Id.ShouldBe("ann");
    }

    [Fact]
    public async Task The_last_administrator_stays_one()
    {
        foreach (var change in (UserChange[])[new() { Role = UserRole.Member }, new() { Disabled = true }])
        {
            (await Users.UpdateAsync(_fixture.Admin, "local", change)).Refusal.ShouldBe(EditRefusal.Conflict);
        }
        Ok(await Users.UpdateAsync(_fixture.Admin, "ann", new UserChange { Role = UserRole.Admin }));
        Ok(await Users.UpdateAsync(_fixture.Admin, "local", new UserChange { Role = UserRole.Member }));
    }
}
