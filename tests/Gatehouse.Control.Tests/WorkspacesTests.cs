using Gatehouse.Gateway.Access;
using Gatehouse.Gateway.Tenancy;
using static Gatehouse.Control.Tests.TenantFixture;

namespace Gatehouse.Control.Tests;

public sealed class WorkspacesTests : IAsyncLifetime
{
    private TenantFixture _fixture = null!;

    private TenantEditors Editors => _fixture.Editors;

    public async ValueTask InitializeAsync() => _fixture = await TenantFixture.CreateAsync();

    public async ValueTask DisposeAsync() => await _fixture.DisposeAsync();

    [Fact]
    public async Task A_workspace_runs_for_the_projects_owner_and_stops_for_good_with_its_tokens()
    {
        var box = Ok(await Editors.Workspaces.AddAsync(_fixture.Ann, "ann's", "box"));
        (box.UserId, box.ProjectId, box.StoppedAt).ShouldBe(("ann", "project-of-ann", null));
        var token = Ok(await Editors.WorkspaceTokens.IssueAsync(_fixture.Ann, box.Id, "claude-code"));
        var runner = Ok(await Editors.WorkspaceTokens.IssueRunnerAsync(_fixture.Ann, box.Id));
        var other = Ok(await _fixture.Store.Tokens.CreateAsync("laptop"));

        Ok(await Editors.Workspaces.StopAsync(_fixture.Ann, "box")).StoppedAt.ShouldBe(_fixture.Store.Clock.GetUtcNow());

        var tokens = (await _fixture.Store.Tokens.ListAsync()).ToDictionary(one => one.Id);
        tokens[token.Token.Id].RevokedAt.ShouldBe(_fixture.Store.Clock.GetUtcNow());
        tokens[runner.Token.Id].RevokedAt.ShouldBe(_fixture.Store.Clock.GetUtcNow());
        tokens[other.Token.Id].RevokedAt.ShouldBeNull();
        (await Editors.Workspaces.StopAsync(_fixture.Ann, box.Id)).Refusal.ShouldBe(EditRefusal.Conflict);
        (await Editors.WorkspaceTokens.IssueAsync(_fixture.Ann, box.Id, "claude-code")).Refusal.ShouldBe(EditRefusal.Conflict);
        (await Editors.WorkspaceTokens.IssueRunnerAsync(_fixture.Ann, box.Id)).Refusal.ShouldBe(EditRefusal.Conflict);
        (await Editors.WorkspaceTokens.RenewAsync(_fixture.Ann, token.Token.Id)).Refusal.ShouldBe(EditRefusal.Conflict);
    }

    [Fact]
    public async Task A_workspace_token_is_bound_to_workspace_user_project_and_harness_for_two_hours()
    {
        var box = Ok(await Editors.Workspaces.AddAsync(_fixture.Ann, "ann's", "box"));

        var made = Ok(await Editors.WorkspaceTokens.IssueAsync(_fixture.Ann, box.Id, "claude", models: ["claude-*"]));

        var token = (await _fixture.Store.Tokens.ListAsync()).ShouldHaveSingleItem();
        (token.Kind, token.UserId, token.ProjectId, token.WorkspaceId, token.Harness)
            .ShouldBe((TokenKind.Workspace, "ann", "project-of-ann", box.Id, "claude-code"));
        token.ExpiresAt.ShouldBe(_fixture.Store.Clock.GetUtcNow().AddHours(2));
        token.Scopes.ShouldBe(TokenScopes.Proxy);
        token.Models!.Value.ShouldBe(["claude-*"]);
        made.Text.Reveal().ShouldStartWith("ghw_");
    }

    [Fact]
    public async Task A_runner_token_opens_no_model_call_and_is_bound_to_its_workspace()
    {
        var box = Ok(await Editors.Workspaces.AddAsync(_fixture.Ann, "ann's", "box"));

        var made = Ok(await Editors.WorkspaceTokens.IssueRunnerAsync(_fixture.Ann, box.Id)).Token;

        (made.Kind, made.WorkspaceId, made.Harness).ShouldBe((TokenKind.Runner, box.Id, null));
        (made.Kind.Reach() & TokenScopes.Proxy).ShouldBe(TokenScopes.None);
        (made.Scopes & TokenScopes.Proxy).ShouldBe(TokenScopes.None);
    }

    [Fact]
    public async Task A_harness_that_can_not_be_proxied_gets_no_token_and_is_told_why()
    {
        var box = Ok(await Editors.Workspaces.AddAsync(_fixture.Ann, "ann's", "box"));

        (await Editors.WorkspaceTokens.IssueAsync(_fixture.Ann, box.Id, "gemini")).Error!.ShouldContain("generateContent");
        (await Editors.WorkspaceTokens.IssueAsync(_fixture.Ann, box.Id, "no-such")).Refusal.ShouldBe(EditRefusal.Invalid);
        (await Editors.WorkspaceTokens.IssueAsync(_fixture.Ann, box.Id, "claude-code", TimeSpan.FromHours(25))).Refusal.ShouldBe(EditRefusal.Invalid);
        (await Editors.WorkspaceTokens.IssueAsync(_fixture.Ann, box.Id, "claude-code", TimeSpan.Zero)).Refusal.ShouldBe(EditRefusal.Invalid);
        (await Editors.WorkspaceTokens.IssueAsync(_fixture.Ann, box.Id, "claude-code", models: [])).Refusal.ShouldBe(EditRefusal.Invalid);
    }

    [Fact]
    public async Task Renewal_moves_the_expiry_of_the_same_text_and_never_nearer()
    {
        var box = Ok(await Editors.Workspaces.AddAsync(_fixture.Ann, "ann's", "box"));
        var made = Ok(await Editors.WorkspaceTokens.IssueAsync(_fixture.Ann, box.Id, "claude-code"));
        var hash = _fixture.Store.Ring.TokenHasher.Hash(made.Text.Utf8);
        _fixture.Store.Clock.Move(TimeSpan.FromMinutes(90));

        var renewed = Ok(await Editors.WorkspaceTokens.RenewAsync(_fixture.Ann, made.Token.Id));

        renewed.ExpiresAt.ShouldBe(_fixture.Store.Clock.GetUtcNow().AddHours(2));
        (await new AccessStore(_fixture.Store.Store).FindAsync(hash))!.Token.ExpiresAt.ShouldBe(renewed.ExpiresAt);
        Ok(await Editors.WorkspaceTokens.RenewAsync(_fixture.Ann, made.Token.Id, TimeSpan.FromMinutes(1))).ExpiresAt.ShouldBe(renewed.ExpiresAt);
        (await Editors.WorkspaceTokens.RenewAsync(_fixture.Ann, made.Token.Id, TimeSpan.FromHours(25))).Refusal.ShouldBe(EditRefusal.Invalid);
    }

    [Fact]
    public async Task An_expired_or_revoked_token_is_not_renewed()
    {
        var box = Ok(await Editors.Workspaces.AddAsync(_fixture.Ann, "ann's", "box"));
        var made = Ok(await Editors.WorkspaceTokens.IssueAsync(_fixture.Ann, box.Id, "claude-code"));
        var revoked = Ok(await Editors.WorkspaceTokens.IssueAsync(_fixture.Ann, box.Id, "claude-code"));
        Ok(await _fixture.Store.Tokens.RevokeAsync(_fixture.Ann, revoked.Token.Id.ToString()));
        (await Editors.WorkspaceTokens.RenewAsync(_fixture.Ann, revoked.Token.Id)).Refusal.ShouldBe(EditRefusal.Conflict);

        _fixture.Store.Clock.Move(TimeSpan.FromHours(2));

        (await Editors.WorkspaceTokens.RenewAsync(_fixture.Ann, made.Token.Id)).Refusal.ShouldBe(EditRefusal.Conflict);
        var client = Ok(await _fixture.Store.Tokens.CreateAsync("laptop"));
        (await Editors.WorkspaceTokens.RenewAsync(_fixture.Admin, client.Token.Id)).Refusal.ShouldBe(EditRefusal.NotFound);
    }

    [Fact]
    public async Task A_runner_serves_its_own_workspace_and_nothing_else()
    {
        var box = Ok(await Editors.Workspaces.AddAsync(_fixture.Ann, "ann's", "box"));
        var neighbour = Ok(await Editors.Workspaces.AddAsync(_fixture.Ann, "ann's", "neighbour"));
        var runnerToken = Ok(await Editors.WorkspaceTokens.IssueRunnerAsync(_fixture.Ann, box.Id)).Token;
        var foreign = Ok(await Editors.WorkspaceTokens.IssueAsync(_fixture.Ann, neighbour.Id, "claude-code")).Token;
        var runner = new Actor("ann", UserRole.Admin, runnerToken.Id, "192.0.2.9", box.Id);
        var made = Ok(await Editors.WorkspaceTokens.IssueAsync(runner, box.Id, "claude-code")).Token;
        _fixture.Store.Clock.Move(TimeSpan.FromHours(1));

        Ok(await Editors.WorkspaceTokens.RenewAsync(runner, made.Id));

        (await _fixture.Store.Tokens.ListAsync()).Single(token => token.Id == runnerToken.Id).ExpiresAt
            .ShouldBe(_fixture.Store.Clock.GetUtcNow() + WorkspaceTokens.RunnerLifetime, "its own token is renewed with it");
        (await Editors.WorkspaceTokens.IssueAsync(runner, neighbour.Id, "claude-code")).Refusal.ShouldBe(EditRefusal.NotFound);
        (await Editors.WorkspaceTokens.RenewAsync(runner, foreign.Id)).Refusal.ShouldBe(EditRefusal.NotFound);
        (await Editors.WorkspaceTokens.IssueRunnerAsync(runner, box.Id)).Refusal.ShouldBe(EditRefusal.Forbidden);
        (await Editors.Workspaces.ListAsync(runner)).ShouldHaveSingleItem().Id.ShouldBe(box.Id);
        (await Editors.Credentials.ListAsync(runner)).ShouldBeEmpty();
        (await Editors.Users.ListAsync(runner)).ShouldBeEmpty();
        (await Editors.Audit.FindAsync(runner, new AuditQuery())).ShouldBeEmpty();
        (await _fixture.Store.Tokens.CreateAsync("mine", actor: runner)).Refusal.ShouldBe(EditRefusal.Forbidden);
    }

    [Fact]
    public async Task A_member_makes_no_workspace_for_another_nor_in_anothers_project_and_an_administrator_may()
    {
        (await Editors.Workspaces.AddAsync(_fixture.Ann, "ann's", "box", "bob")).Refusal.ShouldBe(EditRefusal.NotFound);
        (await Editors.Workspaces.AddAsync(_fixture.Ann, "project-of-bob", "box")).Refusal.ShouldBe(EditRefusal.NotFound);

        var shared = Ok(await Editors.Workspaces.AddAsync(_fixture.Admin, "project-of-ann", "shared", "bob"));

        Ok(await Editors.Workspaces.FindAsync(_fixture.Bob, "shared")).Id.ShouldBe(shared.Id);
    }

    [Fact]
    public async Task A_name_means_the_workspace_that_runs()
    {
        var first = Ok(await Editors.Workspaces.AddAsync(_fixture.Ann, "ann's", "box"));
        Ok(await Editors.Workspaces.StopAsync(_fixture.Ann, first.Id));
        var second = Ok(await Editors.Workspaces.AddAsync(_fixture.Ann, "ann's", "box"));

        Ok(await Editors.Workspaces.FindAsync(_fixture.Ann, "box")).Id.ShouldBe(second.Id);
        Ok(await Editors.Workspaces.FindAsync(_fixture.Ann, first.Id)).Id.ShouldBe(first.Id);
        Ok(await Editors.Workspaces.AddAsync(_fixture.Ann, "ann's", "box"));
        (await Editors.Workspaces.FindAsync(_fixture.Ann, "box")).Refusal.ShouldBe(EditRefusal.Conflict);
    }

    [Fact]
    public async Task A_project_goes_with_its_stopped_workspaces_and_what_is_attached_for_it()
    {
        var box = Ok(await Editors.Workspaces.AddAsync(_fixture.Ann, "ann's", "box"));
        Ok(await Editors.Attachments.ConnectAsync(_fixture.Ann, "claude-code", TenantFixture.Key(), "ann's"));
        (await Editors.Projects.RemoveAsync(_fixture.Ann, "ann's")).Refusal.ShouldBe(EditRefusal.Conflict);
        Ok(await Editors.Workspaces.StopAsync(_fixture.Ann, box.Id));

        Ok(await Editors.Projects.RemoveAsync(_fixture.Ann, "ann's"));

        (await Editors.Projects.ListAsync(_fixture.Ann)).ShouldBeEmpty();
        (await Editors.Workspaces.ListAsync(_fixture.Ann)).ShouldBeEmpty();
        (await Editors.Attachments.ListAsync(_fixture.Ann)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Projects_are_renamed_and_only_administrators_let_the_platform_pay_for_one()
    {
        Ok(await Editors.Projects.UpdateAsync(_fixture.Ann, "ann's", new ProjectChange { Name = "web", ProviderMode = new(ProviderMode.Own) }));
        (await Editors.Projects.UpdateAsync(_fixture.Ann, "web", new ProjectChange { ProviderMode = new(ProviderMode.Platform) })).Refusal.ShouldBe(EditRefusal.Forbidden);
        (await Editors.Projects.AddAsync(_fixture.Ann, "second", mode: ProviderMode.Platform)).Refusal.ShouldBe(EditRefusal.Forbidden);
        (await Editors.Projects.AddAsync(_fixture.Ann, "web")).Refusal.ShouldBe(EditRefusal.Conflict);
        (await Editors.Projects.AddAsync(_fixture.Ann, "theirs", "bob")).Refusal.ShouldBe(EditRefusal.NotFound);

        Ok(await Editors.Projects.UpdateAsync(_fixture.Admin, "project-of-ann", new ProjectChange { ProviderMode = new(ProviderMode.Platform) }))
            .ProviderMode.ShouldBe(ProviderMode.Platform);
        Ok(await Editors.Projects.UpdateAsync(_fixture.Ann, "web", new ProjectChange { ProviderMode = new(null) })).ProviderMode.ShouldBeNull();
    }
}
