using Gatehouse.Gateway.Credentials;
using Gatehouse.Gateway.Tenancy;
using Gatehouse.Secrets;
using static Gatehouse.Control.Tests.TenantFixture;

namespace Gatehouse.Control.Tests;

public sealed class AttachmentsTests : IAsyncLifetime
{
    private TenantFixture _fixture = null!;

    private TenantEditors Editors => _fixture.Editors;

    public async ValueTask InitializeAsync() => _fixture = await TenantFixture.CreateAsync();

    public async ValueTask DisposeAsync() => await _fixture.DisposeAsync();

    [Fact]
    public async Task Replacing_a_login_twice_leaves_exactly_one_active_attachment_with_the_newest()
    {
        foreach (var number in (int[])[1, 2, 3]) Ok(await Editors.Attachments.ConnectAsync(_fixture.Ann, "codex", File(number)));

        var resolved = (await _fixture.TableAsync()).Resolve("ann", "project-of-ann", "openai-codex");
        resolved.Source.ShouldBe(CredentialSource.UserAttachment);
        resolved.Credential!.Kind.ShouldBe(CredentialKind.AuthJson);
        resolved.Credential.Secret!.Reveal().ShouldBe(File(3).Secret.Reveal());
        (resolved.Credential.BaseUrl, resolved.Credential.Dialect).ShouldBe((null, null));
        (await Editors.Attachments.ListAsync(_fixture.Ann)).ShouldHaveSingleItem().IsActive.ShouldBeTrue();
        (await Editors.Configurations.ListAsync(_fixture.Ann)).ShouldHaveSingleItem();
        (await Editors.Credentials.ListAsync(_fixture.Ann)).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Disconnecting_takes_the_connection_away_and_what_is_next_serves()
    {
        Ok(await Editors.Attachments.ConnectAsync(_fixture.Ann, "claude-code", TenantFixture.Key(name: "mine")));
        Ok(await Editors.Attachments.ConnectAsync(_fixture.Ann, "claude-code", TenantFixture.Key(name: "the project's"), "ann's"));
        (await ResolveAsync("project-of-ann")).Source.ShouldBe(CredentialSource.ProjectAttachment);

        Ok(await Editors.Attachments.DisconnectAsync(_fixture.Ann, "claude-code", "ann's")).Removed.ShouldBe(1);

        var resolved = await ResolveAsync("project-of-ann");
        (resolved.Source, resolved.Credential!.Name).ShouldBe((CredentialSource.UserAttachment, "mine"));
        (await Editors.Credentials.ListAsync(_fixture.Ann)).ShouldHaveSingleItem().Name.ShouldBe("mine");
        Ok(await Editors.Attachments.DisconnectAsync(_fixture.Ann, "claude-code")).Removed.ShouldBe(1);
        (await ResolveAsync(null)).Source.ShouldBe(CredentialSource.Platform);
        Ok(await Editors.Attachments.DisconnectAsync(_fixture.Ann, "claude-code")).Removed.ShouldBe(0);
    }

    [Fact]
    public async Task Other_harnesses_and_places_are_untouched_by_a_replacement()
    {
        Ok(await Editors.Attachments.ConnectAsync(_fixture.Ann, "claude-code", TenantFixture.Key(name: "claude")));
        Ok(await Editors.Attachments.ConnectAsync(_fixture.Ann, "codex", TenantFixture.Key(OtherKey, "codex")));
        Ok(await Editors.Attachments.ConnectAsync(_fixture.Ann, "claude-code", TenantFixture.Key(name: "project"), "ann's"));
        Ok(await Editors.Attachments.ConnectAsync(_fixture.Bob, "claude-code", TenantFixture.Key(name: "bob")));

        Ok(await Editors.Attachments.ConnectAsync(_fixture.Ann, "claude-code", TenantFixture.Key(name: "new")));

        (await Editors.Credentials.ListAsync(_fixture.Admin)).Select(entry => entry.Name).Order().ShouldBe(["bob", "codex", "new", "project"]);
        (await Editors.Attachments.ListAsync(_fixture.Admin)).Count.ShouldBe(4);
    }

    [Fact]
    public async Task What_was_made_one_by_one_survives_being_replaced_and_disconnected()
    {
        var configuration = await ConfigurationAsync();
        Ok(await Editors.Attachments.AttachAsync(_fixture.Ann, configuration.Id));

        Ok(await Editors.Attachments.ConnectAsync(_fixture.Ann, "claude-code", TenantFixture.Key(name: "new")));
        Ok(await Editors.Attachments.AttachAsync(_fixture.Ann, configuration.Id));
        Ok(await Editors.Attachments.DisconnectAsync(_fixture.Ann, "claude-code"));

        (await Editors.Configurations.ListAsync(_fixture.Ann)).ShouldHaveSingleItem().Id.ShouldBe(configuration.Id);
        (await Editors.Credentials.ListAsync(_fixture.Ann)).ShouldHaveSingleItem().Name.ShouldBe("key");
    }

    [Fact]
    public async Task What_a_connection_made_stays_while_something_else_uses_it()
    {
        var connection = Ok(await Editors.Attachments.ConnectAsync(_fixture.Ann, "claude-code", TenantFixture.Key(name: "shared")));
        Ok(await Editors.Configurations.AddAsync(_fixture.Ann, "other", "opencode", connection.Credential.Id));

        Ok(await Editors.Attachments.DisconnectAsync(_fixture.Ann, "claude-code"));

        (await Editors.Credentials.ListAsync(_fixture.Ann)).ShouldHaveSingleItem().Name.ShouldBe("shared");
        (await Editors.Configurations.ListAsync(_fixture.Ann)).ShouldHaveSingleItem().Name.ShouldBe("other");
    }

    [Fact]
    public async Task A_bad_credential_changes_nothing_of_what_works()
    {
        Ok(await Editors.Attachments.ConnectAsync(_fixture.Ann, "codex", File(1)));
        var before = await _fixture.DumpAsync();

        foreach (var (harness, given) in ((string, NewCredential)[])[
            ("codex", new NewCredential { Name = "bad", Kind = CredentialKind.AuthJson, Secret = Secret.From("{}") }),
            ("codex", new NewCredential { Name = "unfit", Kind = CredentialKind.OAuthToken, Secret = Secret.From("sk-ant-oat01-abc") }),
            ("claude-code", File(2)),
            ("amp", TenantFixture.Key(OtherKey, provider: "openai")),
            ("no-such", TenantFixture.Key())])
        {
            (await Editors.Attachments.ConnectAsync(_fixture.Ann, harness, given)).Refusal.ShouldBe(EditRefusal.Invalid);
        }

        (await _fixture.DumpAsync()).ShouldBe(before);
    }

    [Fact]
    public async Task An_override_that_is_switched_off_stops_its_harness_and_a_default_that_is_off_is_passed_over()
    {
        var mine = Ok(await Editors.Attachments.ConnectAsync(_fixture.Ann, "claude-code", TenantFixture.Key(name: "mine")));
        var its = Ok(await Editors.Attachments.ConnectAsync(_fixture.Ann, "claude-code", TenantFixture.Key(name: "its"), "ann's"));

        Ok(await Editors.Attachments.SetActiveAsync(_fixture.Ann, its.Attachment.Id, false));
        (await ResolveAsync("project-of-ann")).Source.ShouldBe(CredentialSource.Halted);
        Ok(await Editors.Attachments.RemoveAsync(_fixture.Ann, its.Attachment.Id));
        (await ResolveAsync("project-of-ann")).Source.ShouldBe(CredentialSource.UserAttachment);
        Ok(await Editors.Attachments.SetActiveAsync(_fixture.Ann, mine.Attachment.Id, false));
        (await ResolveAsync("project-of-ann")).Source.ShouldBe(CredentialSource.Platform);
        Ok(await Editors.Attachments.SetActiveAsync(_fixture.Ann, mine.Attachment.Id, true));
        (await ResolveAsync("project-of-ann")).Source.ShouldBe(CredentialSource.UserAttachment);
    }

    [Fact]
    public async Task Removing_the_credential_says_that_it_is_missing_and_never_falls_back_to_the_platform_in_a_project()
    {
        var its = Ok(await Editors.Attachments.ConnectAsync(_fixture.Ann, "claude-code", TenantFixture.Key(), "ann's"));
        Ok(await Editors.Credentials.RemoveAsync(_fixture.Ann, its.Credential.Id));

        var resolved = await ResolveAsync("project-of-ann");

        (resolved.Source, resolved.Reason).ShouldBe((CredentialSource.Halted, StatusReason.CredentialMissing));
    }

    [Fact]
    public async Task A_configuration_fits_or_is_refused_also_when_it_is_changed()
    {
        Ok(await Editors.Credentials.AddAsync(_fixture.Ann, TenantFixture.Key()));
        Ok(await Editors.Credentials.AddAsync(_fixture.Ann, TenantFixture.Key(OtherKey, "unnamed")));
        Ok(await Editors.Credentials.AddAsync(_fixture.Ann, new NewCredential { Name = "token", Kind = CredentialKind.OAuthToken, Secret = Secret.From("sk-ant-oat01-abc") }));
        var configuration = Ok(await Editors.Configurations.AddAsync(_fixture.Ann, "one", "claude-code", "key"));

        Ok(await Editors.Configurations.UpdateAsync(_fixture.Ann, "one", new ConfigurationChange { Credential = new("token") }));
        (await Editors.Configurations.UpdateAsync(_fixture.Ann, "one", new ConfigurationChange { Credential = new("unnamed") })).Error!.ShouldContain("sk-ant-api");
        (await Editors.Configurations.AddAsync(_fixture.Ann, "two", "codex", "token")).Refusal.ShouldBe(EditRefusal.Invalid);
        (await Editors.Configurations.AddAsync(_fixture.Ann, "two", "opencode", "unnamed")).Error!.ShouldContain("whose key");
        (await Editors.Configurations.AddAsync(_fixture.Ann, "two", "gemini")).Error!.ShouldContain("platform's keys");
        (await Editors.Configurations.AddAsync(_fixture.Ann, "two", "no-such")).Refusal.ShouldBe(EditRefusal.Invalid);
        (await Editors.Configurations.AddAsync(_fixture.Ann, "two", "claude-code", "no-such")).Refusal.ShouldBe(EditRefusal.NotFound);

        Ok(await Editors.Configurations.UpdateAsync(_fixture.Ann, "one", new ConfigurationChange
        {
            Name = "renamed",
            Credential = new(null),
            Settings = HarnessSettings.Parse("""{"model":"claude-sonnet-5","later":true}"""),
            IsActive = false,
        }));
        var stored = (await Editors.Configurations.ListAsync(_fixture.Ann)).ShouldHaveSingleItem();
        (stored.Id, stored.Name, stored.CredentialId, stored.IsActive).ShouldBe((configuration.Id, "renamed", null, false));
        stored.Settings.ToJson().ShouldBe("""{"model":"claude-sonnet-5","later":true}""");
    }

    [Theory]
    [InlineData("baseUrl")]
    [InlineData("BASEURL")]
    [InlineData("dialect")]
    [InlineData("base_url")]
    public async Task Settings_can_not_say_where_a_key_is_sent(string name)
    {
        var settings = HarnessSettings.Parse($$"""{"{{name}}":"https://evil.example"}""");
        var configuration = await ConfigurationAsync();

        (await Editors.Configurations.AddAsync(_fixture.Ann, "one", "claude-code", "key", settings)).Error!.ShouldContain("sealed with it");
        (await Editors.Configurations.UpdateAsync(_fixture.Ann, configuration.Id, new ConfigurationChange { Settings = settings })).Refusal.ShouldBe(EditRefusal.Invalid);
        (await Editors.Attachments.ConnectAsync(_fixture.Ann, "claude-code", TenantFixture.Key(), settings: settings)).Refusal.ShouldBe(EditRefusal.Invalid);
    }

    [Fact]
    public async Task The_harness_knows_whose_key_it_is_when_the_key_does_not()
    {
        Ok(await Editors.Attachments.ConnectAsync(_fixture.Ann, "codex", TenantFixture.Key(OtherKey)));
        (await Editors.Attachments.ConnectAsync(_fixture.Ann, "claude-code", TenantFixture.Key(OtherKey))).Error!.ShouldContain("sk-ant-api");
    }

    [Fact]
    public async Task Anothers_configuration_is_not_attached_nor_is_ones_own_in_anothers_project()
    {
        var configuration = await ConfigurationAsync();

        (await Editors.Attachments.AttachAsync(_fixture.Bob, configuration.Id)).Refusal.ShouldBe(EditRefusal.NotFound);
        (await Editors.Attachments.AttachAsync(_fixture.Ann, configuration.Id, "project-of-bob")).Refusal.ShouldBe(EditRefusal.NotFound);
        (await Editors.Attachments.AttachAsync(_fixture.Admin, configuration.Id, "project-of-bob")).Refusal.ShouldBe(EditRefusal.NotFound, "not even an administrator mixes owners");
        Ok(await Editors.Attachments.AttachAsync(_fixture.Admin, configuration.Id, "project-of-ann")).UserId.ShouldBe("ann");
    }

    [Fact]
    public async Task Removing_a_configuration_takes_its_attachments_along_and_leaves_its_credential()
    {
        var configuration = await ConfigurationAsync();
        Ok(await Editors.Attachments.AttachAsync(_fixture.Ann, configuration.Id));

        Ok(await Editors.Configurations.RemoveAsync(_fixture.Ann, configuration.Id));

        (await Editors.Attachments.ListAsync(_fixture.Ann)).ShouldBeEmpty();
        (await Editors.Credentials.ListAsync(_fixture.Ann)).ShouldHaveSingleItem();
    }

    private async Task<HarnessConfiguration> ConfigurationAsync()
    {
        Ok(await Editors.Credentials.AddAsync(_fixture.Ann, TenantFixture.Key()));
        return Ok(await Editors.Configurations.AddAsync(_fixture.Ann, "configuration", "claude-code", "key"));
    }

    private async Task<ResolvedCredential> ResolveAsync(string? project) => (await _fixture.TableAsync()).Resolve("ann", project, "claude-code");

    private static NewCredential File(int number) => new()
    {
        Name = $"login {number}",
        Kind = CredentialKind.AuthJson,
        Secret = Secret.From($$$"""{"tokens":{"access_token":"a{{{number}}}","refresh_token":"r","id_token":"i"}}"""),
    };
}
