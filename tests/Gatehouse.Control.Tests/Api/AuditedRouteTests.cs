using Gatehouse.Gateway.Access;
using Gatehouse.Gateway.Tenancy;

namespace Gatehouse.Control.Tests.Api;

/// <summary>Every route that changes something leaves a line in the audit log of who did it, with which token and from where; no other does.</summary>
public sealed class AuditedRouteTests(ApiStage stage) : IClassFixture<ApiStage>
{
    public static TheoryData<string> Changing => [.. RouteRow.All.Where(static row => row.IsChange).Select(static row => row.Name)];

    public static TheoryData<string> Asking => [.. RouteRow.All.Where(static row => !row.IsChange).Select(static row => row.Name)];

    [Theory]
    [MemberData(nameof(Changing))]
    public async Task A_change_is_written_down_with_who_made_it(string name)
    {
        var row = RouteRow.All.Single(row => row.Name == name);
        var served = 0;
        foreach (var role in (string[])["runner", "owner", "administrator"])
        {
            var owner = await stage.BelongingsAsync();
            var (token, status, user) = Caller(row, owner, role);
            if (status >= 300) continue;
            served++;
            // So that there is one to put back.
            (await stage.Editors.Settings.SetProxyEnabledAsync(Actor.OfThisMachine, true)).Error.ShouldBeNull();
            var before = await LinesAsync();

            var answered = await stage.CallAsync(row.Method, row.PathOf(owner), token, row.BodyOf(owner));

            answered.Status.ShouldBe(status, answered.Body);
            var added = (await LinesAsync()).Except(before).ToList();
            added.ShouldNotBeEmpty($"{role} changed something and nobody can tell");
            foreach (var line in added)
            {
                (line.Actor, line.Address).ShouldBe((user, "127.0.0.1"), role);
                line.TokenId.ShouldBe(await IdOfAsync(token), role);
                line.Detail.ShouldNotContain(Belongings.Canary);
            }
        }

        // One that nobody may do as the table asks for it (a project with a running workspace) is asked again below where it can be done.
        if (row.Admin < 300) served.ShouldBePositive();
    }

    [Theory]
    [MemberData(nameof(Asking))]
    public async Task A_question_is_not(string name)
    {
        var row = RouteRow.All.Single(row => row.Name == name);
        foreach (var role in (string[])["runner", "owner", "administrator"])
        {
            var owner = await stage.BelongingsAsync();
            var (token, status, _) = Caller(row, owner, role);
            if (status >= 300) continue;
            var (lines, state) = (await LinesAsync(), await owner.StateAsync());

            (await stage.CallAsync(row.Method, row.PathOf(owner), token, row.BodyOf(owner))).Status.ShouldBe(status);

            (await LinesAsync()).ShouldBe(lines, role);
            (await owner.StateAsync()).ShouldBe(state, role);
        }
    }

    [Fact]
    public async Task A_project_that_can_be_removed_leaves_a_line()
    {
        var owner = await stage.BelongingsAsync();
        (await stage.Editors.Workspaces.StopAsync(Actor.OfThisMachine, owner.Workspace.Id)).Error.ShouldBeNull();

        (await stage.CallAsync("DELETE", owner.Fill("/api/v1/projects/{project}", Uri.EscapeDataString), owner.Session)).Status.ShouldBe(204);

        (await LinesAsync()).ShouldContain(line => line.Action == "project.remove" && line.Actor == owner.User.Id && line.Subject == $"project:{owner.Project.Id}");
    }

    private (string Token, int Status, string User) Caller(RouteRow row, Belongings owner, string role) => role switch
    {
        "runner" => (owner.Runner, row.Runner, owner.User.Id),
        "owner" => (owner.Session, row.Owner, owner.User.Id),
        _ => (stage.AdminToken, row.Admin, Users.LocalId),
    };

    private async Task<Guid> IdOfAsync(string token)
    {
        var hint = TokenText.Hint(Secrets.Secret.From(token));
        return (await stage.Tokens.ListAsync()).Single(one => one.Hint == hint).Id;
    }

    private async Task<IReadOnlyList<AuditEntry>> LinesAsync() =>
        await stage.Editors.Audit.FindAsync(Actor.OfThisMachine, new AuditQuery(Limit: 10_000));
}
