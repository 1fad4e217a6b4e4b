using Gatehouse.Control.Logins;
using Gatehouse.Control.Tests.Runtime;
using Gatehouse.Gateway.Credentials;
using Gatehouse.Gateway.Tenancy;
using Gatehouse.Secrets;

namespace Gatehouse.Control.Tests.Logins;

public sealed class LoginSyncTests : IAsyncLifetime
{
    private RuntimeFixture _fixture = null!;

    public async ValueTask InitializeAsync() => _fixture = await RuntimeFixture.CreateAsync();

    public async ValueTask DisposeAsync() => await _fixture.DisposeAsync();

    [Fact]
    public async Task A_refreshed_login_is_stored_and_an_older_or_equal_one_is_not()
    {
        await _fixture.ConnectAsync("openai-codex", CredentialKind.AuthJson, File(10));
        (await SyncAsync(File(10))).ShouldBe(new LoginSynced(false));
        (await SyncAsync(File(12))).ShouldBe(new LoginSynced(true));
        (await SyncAsync(File(11))).ShouldBe(new LoginSynced(false));
        (await StoredAsync()).ShouldBe(File(12));
    }

    [Fact]
    public async Task Two_that_sync_at_once_leave_the_newer_one()
    {
        await _fixture.ConnectAsync("openai-codex", CredentialKind.AuthJson, File(1));
        await Task.WhenAll(Enumerable.Range(2, 8).Select(hour => Task.Run(() => SyncAsync(File(hour)))));
        (await StoredAsync()).ShouldBe(File(9));
    }

    [Fact]
    public async Task Without_a_login_that_serves_nothing_is_stored_and_an_inactive_project_blocks_the_users_own()
    {
        (await SyncAsync(File(1))).ShouldBe(new LoginSynced(false, "credential_not_found"));
        await _fixture.ConnectAsync("openai-codex", CredentialKind.AuthJson, File(1));
        await _fixture.ConnectAsync("openai-codex", CredentialKind.AuthJson, File(2), project: _fixture.Project);
        var ofProject = (await _fixture.Editors.Attachments.ListAsync(_fixture.Owner)).Single(one => one.ProjectId is not null);
        await _fixture.Editors.Attachments.SetActiveAsync(_fixture.Owner, ofProject.Id, false);
        (await SyncAsync(File(5))).ShouldBe(new LoginSynced(false, "credential_not_found"));
        (await _fixture.Editors.Attachments.RemoveAsync(_fixture.Owner, ofProject.Id)).Error.ShouldBeNull();
        (await SyncAsync(File(5))).ShouldBe(new LoginSynced(true));
    }

    [Theory]
    [InlineData("__sam_proxy__")]
    [InlineData(" __platform_proxy__\n")]
    [InlineData("{\"tokens\":{}}")]
    [InlineData("not json")]
    [InlineData("")]
    public async Task What_is_no_login_never_replaces_one(string text)
    {
        await _fixture.ConnectAsync("openai-codex", CredentialKind.AuthJson, File(1));
        var refused = await Sync(_fixture.Runner, text);
        refused.Refusal.ShouldBe(EditRefusal.Invalid);
        (await StoredAsync()).ShouldBe(File(1));
    }

    [Fact]
    public async Task Only_the_workspaces_own_runner_may()
    {
        await _fixture.ConnectAsync("openai-codex", CredentialKind.AuthJson, File(1));
        (await Sync(_fixture.Owner, File(2))).Refusal.ShouldBe(EditRefusal.Forbidden);
        (await Sync(_fixture.Runner with { WorkspaceId = "other" }, File(2))).Refusal.ShouldBe(EditRefusal.NotFound);
        (await Sync(new Actor("somebody", UserRole.Member), File(2))).Refusal.ShouldBe(EditRefusal.NotFound);
        (await StoredAsync()).ShouldBe(File(1));
    }

    internal static string File(int hour) =>
        $$"""{"OPENAI_API_KEY":null,"tokens":{"access_token":"access-{{hour}}","refresh_token":"refresh-{{hour}}","id_token":"id-{{hour}}","account_id":"acct"},"last_refresh":"2026-11-21T{{hour:00}}:00:00.5Z"}""";

    private async Task<LoginSynced> SyncAsync(string file) => (await Sync(_fixture.Runner, file)).Value.ShouldNotBeNull();

    private async Task<Edited<LoginSynced>> Sync(Actor actor, string file)
    {
        var table = (await TenantLoad.LoadAsync(_fixture.Store.Store, _fixture.Store.Ring, _ => null)).Table;
        return await new LoginSync(_fixture.Editors.Credentials).SyncAsync(actor, table, _fixture.Workspace, "codex", Secret.From(file));
    }

    private async Task<string> StoredAsync()
    {
        var entry = (await _fixture.Editors.Credentials.ListAsync(_fixture.Owner)).ShouldHaveSingleItem();
        return (await _fixture.Editors.Credentials.OpenAsync(_fixture.Owner, entry.Id)).Value!.Secret!.Reveal();
    }
}
