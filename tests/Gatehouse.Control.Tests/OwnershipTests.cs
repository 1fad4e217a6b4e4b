using System.Reflection;
using Gatehouse.Gateway.Admission;
using Gatehouse.Gateway.Tenancy;
using Gatehouse.Secrets;
using static Gatehouse.Control.Tests.TenantFixture;

namespace Gatehouse.Control.Tests;

/// <summary>What belongs to Ann does not exist for Bob, nor for a runner of hers, and neither changes any of it, whatever they ask for.</summary>
public sealed class OwnershipTests : IAsyncLifetime
{
    // Every edit and look that names something of Ann's: the editor's method, and what it came to.
    private static readonly Dictionary<string, Func<TenantEditors, Actor, Hers, Task<EditRefusal?>>> s_all = new()
    {
        ["Users.FindAsync"] = async (e, a, _) => (await e.Users.FindAsync(a, "ann")).Refusal,
        ["Users.UpdateAsync"] = async (e, a, _) => (await e.Users.UpdateAsync(a, "ann", new UserChange { Name = "x" })).Refusal,
        ["Projects.FindAsync"] = async (e, a, _) => (await e.Projects.FindAsync(a, "project-of-ann")).Refusal,
        ["Projects.UpdateAsync"] = async (e, a, _) => (await e.Projects.UpdateAsync(a, "project-of-ann", new ProjectChange { Name = "x" })).Refusal,
        ["Projects.RemoveAsync"] = async (e, a, _) => (await e.Projects.RemoveAsync(a, "project-of-ann")).Refusal,
        ["Projects.AddAsync"] = async (e, a, _) => (await e.Projects.AddAsync(a, "x", "ann")).Refusal,
        ["Workspaces.AddAsync"] = async (e, a, _) => (await e.Workspaces.AddAsync(a, "project-of-ann", "x")).Refusal,
        ["Workspaces.FindAsync"] = async (e, a, h) => (await e.Workspaces.FindAsync(a, h.Workspace)).Refusal,
        ["Workspaces.StopAsync"] = async (e, a, h) => (await e.Workspaces.StopAsync(a, h.Workspace)).Refusal,
        ["WorkspaceTokens.IssueAsync"] = async (e, a, h) => (await e.WorkspaceTokens.IssueAsync(a, h.Workspace, "claude-code")).Refusal,
        ["WorkspaceTokens.IssueRunnerAsync"] = async (e, a, h) => (await e.WorkspaceTokens.IssueRunnerAsync(a, h.Workspace)).Refusal,
        ["WorkspaceTokens.RenewAsync"] = async (e, a, h) => (await e.WorkspaceTokens.RenewAsync(a, h.Token)).Refusal,
        ["Credentials.AddAsync"] = async (e, a, _) => (await e.Credentials.AddAsync(a, TenantFixture.Key(), "ann")).Refusal,
        ["Credentials.FindAsync"] = async (e, a, h) => (await e.Credentials.FindAsync(a, h.Credential)).Refusal,
        ["Credentials.OpenAsync"] = async (e, a, h) => (await e.Credentials.OpenAsync(a, h.Credential)).Refusal,
        ["Credentials.UpdateAsync"] = async (e, a, h) => (await e.Credentials.UpdateAsync(a, h.Credential, new CredentialChange { IsActive = false })).Refusal,
        ["Credentials.ReplaceAsync"] = async (e, a, h) => (await e.Credentials.ReplaceAsync(a, h.Credential, Secret.From(AnthropicKey))).Refusal,
        ["Credentials.RemoveAsync"] = async (e, a, h) => (await e.Credentials.RemoveAsync(a, h.Credential)).Refusal,
        ["Configurations.AddAsync"] = async (e, a, h) => (await e.Configurations.AddAsync(a, "x", "claude-code", h.Credential)).Refusal,
        ["Configurations.FindAsync"] = async (e, a, h) => (await e.Configurations.FindAsync(a, h.Configuration)).Refusal,
        ["Configurations.UpdateAsync"] = async (e, a, h) => (await e.Configurations.UpdateAsync(a, h.Configuration, new ConfigurationChange { Name = "x" })).Refusal,
        ["Configurations.RemoveAsync"] = async (e, a, h) => (await e.Configurations.RemoveAsync(a, h.Configuration)).Refusal,
        ["Limits.ShowAsync"] = async (e, a, _) => (await e.Limits.ShowAsync(a, "ann")).Refusal,
        ["Limits.SetAsync"] = async (e, a, _) => (await e.Limits.SetAsync(a, "ann", LimitSettings.None)).Refusal,
        ["Limits.ResetAsync"] = async (e, a, _) => (await e.Limits.ResetAsync(a, "ann")).Refusal,
        ["Attachments.AttachAsync"] = async (e, a, h) => (await e.Attachments.AttachAsync(a, h.Configuration)).Refusal,
        ["Attachments.ConnectAsync"] = async (e, a, _) => (await e.Attachments.ConnectAsync(a, "claude-code", TenantFixture.Key(), "project-of-ann")).Refusal,
        ["Attachments.SetActiveAsync"] = async (e, a, h) => (await e.Attachments.SetActiveAsync(a, h.Attachment, false)).Refusal,
        ["Attachments.RemoveAsync"] = async (e, a, h) => (await e.Attachments.RemoveAsync(a, h.Attachment)).Refusal,
        ["Attachments.DisconnectAsync"] = async (e, a, _) => (await e.Attachments.DisconnectAsync(a, "claude-code", ownerId: "ann")).Refusal,
        ["Connections.OpenAsync"] = async (e, a, h) => (await e.Connections.OpenAsync(a, h.Table, "claude-code", ownerId: "ann")).Refusal,
        ["Connections.RepairAsync"] = async (e, a, h) => (await e.Connections.RepairAsync(a, h.Table, "claude-code", project: "project-of-ann")).Refusal,
    };

    // What belongs to nobody but the platform: told as forbidden to everyone but administrators.
    private static readonly Dictionary<string, Func<TenantEditors, Actor, Task<EditRefusal?>>> s_platform = new()
    {
        ["Users.AddAsync"] = async (e, a) => (await e.Users.AddAsync(a, "x")).Refusal,
        ["Limits.AllowAsync"] = async (e, a) => (await e.Limits.AllowAsync(a, "ann", LimitCeilings.None)).Refusal,
        ["Settings.GetAsync"] = async (e, a) => (await e.Settings.GetAsync(a)).Refusal,
        ["Settings.SetProxyEnabledAsync"] = async (e, a) => (await e.Settings.SetProxyEnabledAsync(a, false)).Refusal,
        ["Settings.SetDefaultModeAsync"] = async (e, a) => (await e.Settings.SetDefaultModeAsync(a, ProviderModeDefault.Fallback)).Refusal,
        ["Settings.SetAllowedModelsAsync"] = async (e, a) => (await e.Settings.SetAllowedModelsAsync(a, null)).Refusal,
        ["Settings.SetDefaultModelAsync"] = async (e, a) => (await e.Settings.SetDefaultModelAsync(a, "codex", "m")).Refusal,
        ["Settings.SetLimitDefaultsAsync"] = async (e, a) => (await e.Settings.SetLimitDefaultsAsync(a, LimitDefaults.None)).Refusal,
        ["Settings.SetLimitCeilingsAsync"] = async (e, a) => (await e.Settings.SetLimitCeilingsAsync(a, LimitCeilings.None)).Refusal,
        ["Settings.ResetAsync"] = async (e, a) => (await e.Settings.ResetAsync(a, PlatformSettingRows.ProxyEnabled)).Refusal,
        ["Vault.AddAsync"] = async (e, a) => (await e.Vault.AddAsync(a, "openai", "x", Secret.From(OtherKey))).Refusal,
        ["Vault.FindAsync"] = async (e, a) => (await e.Vault.FindAsync(a, VaultKey)).Refusal,
        ["Vault.OpenAsync"] = async (e, a) => (await e.Vault.OpenAsync(a, VaultKey)).Refusal,
        ["Vault.ReplaceAsync"] = async (e, a) => (await e.Vault.ReplaceAsync(a, VaultKey, Secret.From(OtherKey))).Refusal,
        ["Vault.RemoveAsync"] = async (e, a) => (await e.Vault.RemoveAsync(a, VaultKey)).Refusal,
    };

    private const string VaultKey = "ownership";

    private TenantFixture _fixture = null!;
    private Hers _hers = null!;

    public static TheoryData<string> Names => [.. s_all.Keys];

    public static TheoryData<string> PlatformNames => [.. s_platform.Keys];

    public async ValueTask InitializeAsync()
    {
        _fixture = await TenantFixture.CreateAsync();
        var editors = _fixture.Editors;
        var workspace = Ok(await editors.Workspaces.AddAsync(_fixture.Ann, "ann's", "box")).Id;
        var connection = Ok(await editors.Attachments.ConnectAsync(_fixture.Ann, "claude-code", TenantFixture.Key()));
        Ok(await editors.Attachments.ConnectAsync(_fixture.Ann, "claude-code", TenantFixture.Key(), "ann's"));
        Ok(await editors.Vault.AddAsync(_fixture.Admin, "anthropic", VaultKey, Secret.From(AnthropicKey)));
        _hers = new Hers(
            await _fixture.TableAsync(),
            workspace,
            Ok(await editors.WorkspaceTokens.IssueAsync(_fixture.Ann, workspace, "claude-code")).Token.Id,
            connection.Credential.Id,
            connection.Configuration.Id,
            connection.Attachment.Id);
    }

    public async ValueTask DisposeAsync() => await _fixture.DisposeAsync();

    [Theory]
    [MemberData(nameof(Names))]
    public async Task For_another_member_it_does_not_exist_and_is_untouched(string name)
    {
        var before = await _fixture.DumpAsync();

        (await s_all[name](_fixture.Editors, _fixture.Bob, _hers)).ShouldBe(EditRefusal.NotFound);

        (await _fixture.DumpAsync()).ShouldBe(before);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task For_a_runner_of_another_workspace_it_does_not_exist_even_if_it_is_her_own(string name)
    {
        var before = await _fixture.DumpAsync();
        var runner = new Actor("ann", UserRole.Admin, Guid.NewGuid(), null, "another workspace");

        (await s_all[name](_fixture.Editors, runner, _hers)).ShouldBeOneOf(EditRefusal.NotFound, EditRefusal.Forbidden);

        (await _fixture.DumpAsync()).ShouldBe(before);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task An_administrator_may(string name) => (await s_all[name](_fixture.Editors, _fixture.Admin, _hers)).ShouldBeOneOf(null, EditRefusal.Conflict);

    [Theory]
    [MemberData(nameof(PlatformNames))]
    public async Task What_is_the_platforms_is_forbidden_to_members_and_runners(string name)
    {
        var before = await _fixture.DumpAsync();

        (await s_platform[name](_fixture.Editors, _fixture.Bob)).ShouldBe(EditRefusal.Forbidden);
        (await s_platform[name](_fixture.Editors, new Actor("local", UserRole.Admin, null, null, "w"))).ShouldBe(EditRefusal.Forbidden);
        (await _fixture.DumpAsync()).ShouldBe(before);
        (await s_platform[name](_fixture.Editors, _fixture.Admin)).ShouldBeNull();
    }

    [Fact]
    public async Task Lists_show_each_member_their_own()
    {
        var editors = _fixture.Editors;
        (await editors.Users.ListAsync(_fixture.Bob)).ShouldAllBe(one => one.Id == "bob");
        (await editors.Projects.ListAsync(_fixture.Bob)).ShouldAllBe(one => one.OwnerId == "bob");
        (await editors.Workspaces.ListAsync(_fixture.Bob)).ShouldBeEmpty();
        (await editors.Credentials.ListAsync(_fixture.Bob)).ShouldBeEmpty();
        (await editors.Configurations.ListAsync(_fixture.Bob)).ShouldBeEmpty();
        (await editors.Attachments.ListAsync(_fixture.Bob)).ShouldBeEmpty();
        (await editors.Vault.ListAsync(_fixture.Bob)).ShouldBeEmpty();
        (await _fixture.Store.Tokens.ListAsync(_fixture.Bob)).ShouldBeEmpty();
        (await _fixture.Store.Tokens.ListAsync(_fixture.Ann)).ShouldHaveSingleItem();
        (await editors.Attachments.ListAsync(_fixture.Admin)).Count.ShouldBe(2);
    }

    [Fact]
    public async Task Members_make_and_revoke_tokens_of_their_own_only()
    {
        var tokens = _fixture.Store.Tokens;
        Ok(await tokens.CreateAsync("mine", actor: _fixture.Bob, binding: new TokenBinding("bob")));
        (await tokens.CreateAsync("hers", actor: _fixture.Bob, binding: new TokenBinding("ann"))).Refusal.ShouldBe(EditRefusal.Forbidden);
        (await tokens.CreateAsync("nobody's", actor: _fixture.Bob)).Refusal.ShouldBe(EditRefusal.Forbidden);
        (await tokens.CreateAsync("theirs", actor: _fixture.Bob, binding: new TokenBinding("bob", "project-of-ann"))).Refusal.ShouldBe(EditRefusal.Forbidden);
        (await tokens.CreateAsync("admin", Gateway.Access.TokenKind.Admin, actor: _fixture.Bob, binding: new TokenBinding("bob"))).Refusal.ShouldBe(EditRefusal.Forbidden);
        (await tokens.CreateAsync("bound", actor: _fixture.Admin, binding: new TokenBinding("ann", null, "w"))).Refusal.ShouldBe(EditRefusal.Invalid);
        (await tokens.CreateAsync("kind", Gateway.Access.TokenKind.Runner, actor: _fixture.Admin)).Refusal.ShouldBe(EditRefusal.Invalid);

        (await tokens.RevokeAsync(_fixture.Bob, _hers.Token.ToString())).Refusal.ShouldBe(EditRefusal.NotFound);
        Ok(await tokens.RevokeAsync(_fixture.Bob, "mine"));
        Ok(await tokens.RevokeAsync(_fixture.Admin, _hers.Token.ToString()));
    }

    [Fact]
    public void No_method_of_an_editor_goes_unasked()
    {
        var asked = s_all.Keys.Concat(s_platform.Keys).ToHashSet();
        var methods = typeof(TenantEditors).GetProperties()
            .SelectMany(editor => editor.PropertyType.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
                .Where(method => method.GetParameters().Any(parameter => parameter.ParameterType == typeof(Actor)))
                .Select(method => $"{editor.Name}.{method.Name}"))
            .Where(name => !name.EndsWith(".ListAsync", StringComparison.Ordinal) && name != "Audit.FindAsync")
            .ToHashSet();

        methods.Except(asked).ShouldBeEmpty();
        asked.Except(methods).ShouldBeEmpty();
    }

    private sealed record Hers(TenantTable Table, string Workspace, Guid Token, string Credential, string Configuration, string Attachment);
}
