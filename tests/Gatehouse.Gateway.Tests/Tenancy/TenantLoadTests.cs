using Gatehouse.Gateway.Access;
using Gatehouse.Gateway.Credentials;
using Gatehouse.Gateway.Tenancy;
using Gatehouse.Gateway.Tests.Access;
using Gatehouse.Secrets;
using Gatehouse.Storage;

namespace Gatehouse.Gateway.Tests.Tenancy;

public sealed class TenantLoadTests : IAsyncLifetime
{
    private const string Key = "sk-canary-of-tenants-0123456789";
    private static readonly DateTimeOffset _then = DateTimeOffset.FromUnixTimeSeconds(1_790_000_000);
    private readonly AccessDatabase _database = new();
    private readonly Dictionary<string, string> _environment = [];
    private Store _store = null!;
    private KeyRing _ring = null!;
    private TenantStore _tenants = null!;
    private AttachmentStore _attachments = null!;

    public async ValueTask InitializeAsync()
    {
        _store = await _database.OpenAsync();
        _ring = (await new DataKeyStore(_store, TimeProvider.System).OpenAsync(_database.MasterKey)).Ring!;
        (_tenants, _attachments) = (new TenantStore(_store), new AttachmentStore(_store));
        await _tenants.AddUserAsync(new User("ann", "Ann", UserRole.Member, ProviderMode.Own, _then, null));
        await _tenants.AddProjectAsync(new Project("p", "ann", "web", ProviderMode.Platform, _then));
        await _tenants.AddWorkspaceAsync(new Workspace("w", "p", "ann", "box", _then, null));
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task Everything_that_was_stored_is_in_the_table()
    {
        await ConnectAsync("one", "claude-code", null);

        var table = (await LoadAsync()).Table;

        table.FindUser("ann").ShouldBe(new User("ann", "Ann", UserRole.Member, ProviderMode.Own, _then, null));
        table.FindProject("p").ShouldBe(new Project("p", "ann", "web", ProviderMode.Platform, _then));
        table.FindWorkspace("w").ShouldBe(new Workspace("w", "p", "ann", "box", _then, null));
        var resolved = table.Resolve("ann", "p", "claude-code");
        resolved.Source.ShouldBe(CredentialSource.UserAttachment);
        resolved.Credential!.Secret!.Reveal().ShouldBe(Key);
        resolved.Configuration!.Settings.Model.ShouldBe("claude-sonnet-5");
    }

    [Fact]
    public async Task Who_is_unknown_or_locked_out_or_in_no_such_project_resolves_to_nothing()
    {
        await _tenants.UpdateUserAsync(new User("ann", "Ann", UserRole.Member, null, _then, null));
        var table = (await LoadAsync()).Table;
        table.Resolve("bob", null, "claude-code").Source.ShouldBe(CredentialSource.Unresolved);
        table.Resolve("ann", "no such", "claude-code").Source.ShouldBe(CredentialSource.Unresolved);

        await _tenants.UpdateUserAsync(new User("ann", "Ann", UserRole.Member, null, _then, _then));
        (await LoadAsync()).Table.Resolve("ann", null, "claude-code").Source.ShouldBe(CredentialSource.Unresolved);
    }

    [Fact]
    public async Task Bytes_of_one_row_put_into_another_are_found_and_told_and_the_others_work()
    {
        await ConnectAsync("one", "claude-code", null);
        await ConnectAsync("two", "openai-codex", null);
        await ConnectAsync("three", "opencode", null);
        await AccessDatabase.ExecuteAsync(
            _store, "UPDATE owned_credentials SET sealed = (SELECT sealed FROM owned_credentials WHERE id = 'two') WHERE id = 'one'");

        var loaded = await LoadAsync();

        loaded.Problems.ShouldHaveSingleItem().ShouldContain("one");
        loaded.Problems[0].ShouldNotContain(Key);
        loaded.Table.Resolve("ann", null, "claude-code").Reason.ShouldBe(StatusReason.CredentialUnreadable);
        loaded.Table.Resolve("ann", null, "openai-codex").Credential.ShouldNotBeNull();
        loaded.Table.Resolve("ann", null, "opencode").Credential.ShouldNotBeNull();
    }

    [Theory]
    [InlineData("UPDATE owned_credentials SET sealed = X'' WHERE id = 'one'", StatusReason.CredentialUnreadable)]
    [InlineData("UPDATE owned_credentials SET owner_id = 'bob' WHERE id = 'one'", StatusReason.CredentialMissing)]
    [InlineData("UPDATE owned_credentials SET kind = 'of-later' WHERE id = 'one'", StatusReason.CredentialMissing)]
    [InlineData("UPDATE owned_credentials SET kind = 'oauth-token' WHERE id = 'one'", StatusReason.CredentialUnreadable)]
    [InlineData("UPDATE owned_credentials SET key_id = X'00000000000000000000000000000000' WHERE id = 'one'", null)]
    [InlineData("UPDATE harness_configurations SET settings = '{{{' WHERE id = 'one'", null)]
    [InlineData("UPDATE harness_configurations SET settings = '[1]' WHERE id = 'one'", null)]
    [InlineData("UPDATE harness_configurations SET harness = 'amp' WHERE id = 'one'", StatusReason.ConfigurationMissing)]
    public async Task One_bad_row_never_fails_the_others(string change, StatusReason? reason)
    {
        await ConnectAsync("one", "claude-code", null);
        await ConnectAsync("two", "openai-codex", null);
        await AccessDatabase.ExecuteAsync(_store, change);

        var table = (await LoadAsync()).Table;

        table.Resolve("ann", null, "claude-code").Reason.ShouldBe(reason);
        table.Resolve("ann", null, "openai-codex").Credential!.Secret!.Reveal().ShouldBe(Key);
    }

    [Fact]
    public async Task The_kill_switch_may_stand_in_the_environment()
    {
        (await LoadAsync()).Table.Settings.ProxyEnabled.ShouldBeTrue();
        _environment["AI_PROXY_ENABLED"] = "false";
        (await LoadAsync()).Table.Settings.ProxyEnabled.ShouldBeFalse();
    }

    [Fact]
    public async Task Roles_and_modes_of_a_later_version_grant_nothing()
    {
        await AccessDatabase.ExecuteAsync(_store, "UPDATE users SET role = 'emperor', provider_mode = 'boundless'");

        var user = (await LoadAsync()).Table.FindUser("ann")!;

        user.Role.ShouldBe(UserRole.Member);
        user.ProviderMode.ShouldBe(ProviderMode.Own);
    }

    [Fact]
    public async Task One_place_never_has_two_active_attachments_even_in_the_database()
    {
        await ConnectAsync("one", "claude-code", null);

        await Should.ThrowAsync<Exception>(() => AccessDatabase.ExecuteAsync(
            _store, "INSERT INTO attachments SELECT 'another', configuration_id, harness, user_id, project_id, is_active, created_at FROM attachments"));
    }

    [Fact]
    public async Task Replacing_one_secret_at_once_from_two_sides_keeps_the_first()
    {
        await ConnectAsync("one", "claude-code", null);
        var row = (await _attachments.CredentialsAsync()).ShouldHaveSingleItem();

        (await _attachments.ReplaceAsync(row.Replace(_ring, Content("first"), _then))).ShouldBeTrue();
        (await _attachments.ReplaceAsync(row.Replace(_ring, Content("second"), _then))).ShouldBeFalse();

        (await LoadAsync()).Table.FindCredential("one")!.Secret!.Reveal().ShouldBe("first");
    }

    private Task<LoadedTenants> LoadAsync() => TenantLoad.LoadAsync(_store, _ring, _environment.GetValueOrDefault);

    private Task ConnectAsync(string id, string harness, string? project) => _attachments.ConnectAsync(
        OwnedCredential.Seal(_ring, id, "ann", id, CredentialKind.ApiKey, Content(Key), _then),
        new HarnessConfiguration(id, "ann", id, harness, id, HarnessSettings.None with { Model = "claude-sonnet-5" }, true),
        new Attachment(id, id, harness, "ann", project, true));

    private static CredentialContent Content(string secret) => new() { Secret = Secret.From(secret) };
}
