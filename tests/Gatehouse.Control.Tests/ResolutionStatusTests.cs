using Gatehouse.Gateway.Credentials;
using Gatehouse.Gateway.Tenancy;
using Gatehouse.Secrets;
using static Gatehouse.Control.Tests.TenantFixture;

namespace Gatehouse.Control.Tests;

public sealed class ResolutionStatusTests : IAsyncLifetime
{
    private TenantFixture _fixture = null!;

    private TenantEditors Editors => _fixture.Editors;

    public async ValueTask InitializeAsync() => _fixture = await TenantFixture.CreateAsync();

    public async ValueTask DisposeAsync() => await _fixture.DisposeAsync();

    [Fact]
    public async Task Every_harness_has_a_line()
    {
        var lines = await OfAsync(_fixture.Ann, null, null);

        lines.Select(line => line.Harness).ShouldBe(Gatehouse.Catalog.HarnessCatalog.Embedded.All.Select(one => one.Name));
        lines.ShouldAllBe(line => line.Source == CredentialSource.Unresolved && line.Reason == null);
    }

    [Theory]
    [InlineData(null, null, false, true, CredentialSource.Unresolved)]
    [InlineData(null, null, true, true, CredentialSource.Platform)]
    [InlineData(null, ProviderMode.Own, true, true, CredentialSource.Unresolved)]
    [InlineData(ProviderMode.Platform, null, false, true, CredentialSource.Platform)]
    [InlineData(ProviderMode.Platform, ProviderMode.Own, false, true, CredentialSource.Unresolved)]
    [InlineData(ProviderMode.Platform, null, false, false, CredentialSource.Unresolved)]
    public async Task The_platform_shows_only_where_it_may_serve(
        ProviderMode? user, ProviderMode? project, bool fallback, bool proxyOn, CredentialSource expected)
    {
        Ok(await Editors.Users.UpdateAsync(_fixture.Admin, "ann", new UserChange { ProviderMode = new(user) }));
        Ok(await Editors.Projects.UpdateAsync(_fixture.Admin, "project-of-ann", new ProjectChange { ProviderMode = new(project) }));
        Ok(await Editors.Settings.SetDefaultModeAsync(_fixture.Admin, fallback ? ProviderModeDefault.Fallback : ProviderModeDefault.OptIn));
        Ok(await Editors.Settings.SetProxyEnabledAsync(_fixture.Admin, proxyOn));

        (await LineAsync("claude-code", "project-of-ann")).Source.ShouldBe(expected);
        (await LineAsync("amp", "project-of-ann")).Source.ShouldBe(CredentialSource.Unresolved, "no key of the platform serves it");
    }

    [Fact]
    public async Task A_broken_default_is_told_although_the_platform_serves()
    {
        var mine = Ok(await Editors.Attachments.ConnectAsync(_fixture.Ann, "claude-code", TenantFixture.Key(name: "mine")));
        Ok(await Editors.Users.UpdateAsync(_fixture.Admin, "ann", new UserChange { ProviderMode = new(ProviderMode.Platform) }));
        Ok(await Editors.Credentials.UpdateAsync(_fixture.Ann, mine.Credential.Id, new CredentialChange { IsActive = false }));

        var line = await LineAsync("claude-code", null);

        (line.Source, line.Reason, line.CredentialName, line.Kind).ShouldBe((CredentialSource.Platform, StatusReason.CredentialInactive, "mine", CredentialKind.ApiKey));
    }

    [Fact]
    public async Task A_halted_project_says_so_and_why()
    {
        var its = Ok(await Editors.Attachments.ConnectAsync(_fixture.Ann, "claude-code", TenantFixture.Key(name: "its"), "ann's"));
        Ok(await Editors.Configurations.UpdateAsync(_fixture.Ann, its.Configuration.Id, new ConfigurationChange { IsActive = false }));

        var line = await LineAsync("claude-code", "project-of-ann");

        (line.Source, line.Halted, line.Reason, line.ConfigurationName).ShouldBe((CredentialSource.Halted, true, StatusReason.ConfigurationInactive, "its"));
    }

    [Fact]
    public async Task A_login_file_that_will_not_last_is_told_with_its_warnings()
    {
        Ok(await Editors.Attachments.ConnectAsync(_fixture.Ann, "codex", new NewCredential
        {
            Name = "login",
            Kind = CredentialKind.AuthJson,
            Secret = Secret.From("""{"tokens":{"access_token":"a"}}"""),
        }));

        var line = await LineAsync("openai-codex", null);

        (line.Source, line.Kind, line.Refusal).ShouldBe((CredentialSource.UserAttachment, CredentialKind.AuthJson, null));
        line.Warnings.Count.ShouldBe(2);
        line.ToString().ShouldNotContain("access_token");
    }

    [Fact]
    public async Task Others_users_and_projects_have_no_status()
    {
        var table = await _fixture.TableAsync();
        var now = _fixture.Store.Clock.GetUtcNow();

        ResolutionStatus.For(_fixture.Bob, table, "ann", null, now).Refusal.ShouldBe(EditRefusal.NotFound);
        ResolutionStatus.For(_fixture.Bob, table, null, "project-of-ann", now).Refusal.ShouldBe(EditRefusal.NotFound);
        ResolutionStatus.For(_fixture.Bob, table, "bob", "project-of-ann", now).Refusal.ShouldBe(EditRefusal.NotFound);
        ResolutionStatus.For(_fixture.Bob, table, "bob", "no such", now).Refusal.ShouldBe(EditRefusal.NotFound);
        ResolutionStatus.For(_fixture.Admin, table, "ann", "project-of-ann", now).Refusal.ShouldBeNull();
    }

    [Fact]
    public async Task Anothers_project_is_told_as_one_that_there_is_not()
    {
        var table = await _fixture.TableAsync();
        var now = _fixture.Store.Clock.GetUtcNow();
        foreach (var user in new[] { null, "bob", "ann" })
        {
            var anothers = ResolutionStatus.For(_fixture.Bob, table, user, "project-of-ann", now).Error.ShouldNotBeNull();
            var nobodys = ResolutionStatus.For(_fixture.Bob, table, user, "no such", now).Error.ShouldNotBeNull();

            anothers.ShouldBe(nobodys.Replace("no such", "project-of-ann", StringComparison.Ordinal));
        }
    }

    private async Task<IReadOnlyList<HarnessStatus>> OfAsync(Actor actor, string? user, string? project) =>
        Ok(ResolutionStatus.For(actor, await _fixture.TableAsync(), user, project, _fixture.Store.Clock.GetUtcNow()));

    private async Task<HarnessStatus> LineAsync(string harness, string? project) =>
        (await OfAsync(_fixture.Ann, null, project)).Single(line => line.Harness == harness);
}
