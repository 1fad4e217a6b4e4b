using Gatehouse.Control.Api;
using Gatehouse.Gateway.Access;

namespace Gatehouse.Control.Tests.Api;

/// <summary>Every route with every role: who is let in, who is not, and that nobody touches or sees what is another's.</summary>
public sealed class RouteTableTests(ApiStage stage) : IClassFixture<ApiStage>
{
    public static TheoryData<string> Rows => [.. RouteRow.All.Select(static row => row.Name)];

    [Fact]
    public void Every_route_has_a_row_and_every_row_a_route() =>
        RouteRow.All.Select(static row => row.Name).Order().ShouldBe(
            ApiRoutes.All.Where(static route => route.Who != Opens.Everyone).Select(static route => $"{route.Method} {route.Pattern}").Order());

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Whoever_may_not_is_refused_and_touches_nothing(string name)
    {
        var (row, owner) = (Row(name), await stage.BelongingsAsync());
        var expired = await ApiStage.MintAsync(stage.Past, TokenKind.Admin, owner.User.Id, DateTimeOffset.UnixEpoch.AddYears(51));
        var client = await ApiStage.MintAsync(stage.Tokens, TokenKind.Client, Users.LocalId, null);
        var service = await ApiStage.MintAsync(stage.Tokens, TokenKind.Service, Users.LocalId, null);
        (string Role, string? Token, int Expected)[] roles =
        [
            ("none", null, 401), ("expired", expired, 401), ("client", client, 403), ("service", service, 403),
            ("workspace", owner.WorkspaceToken.Text.Reveal(), 403), ("another's workspace", stage.Other.WorkspaceToken.Text.Reveal(), 403),
            ("another's runner", stage.Other.Runner, row.OtherRunner), ("runner", owner.Runner, row.Runner),
            ("another member", stage.Other.Session, row.Other), ("owner", owner.Session, row.Owner), ("administrator", stage.AdminToken, row.Admin),
        ];
        var before = await owner.StateAsync();
        foreach (var (role, token, expected) in roles.Where(static one => one.Expected >= 400))
        {
            var answered = await stage.CallAsync(row.Method, row.PathOf(owner), token, row.BodyOf(owner));
            answered.Status.ShouldBe(expected, $"{role}: {answered.Body}");
            answered.Response.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json", role);
            answered.Code.ShouldNotBeNullOrEmpty(role);
            answered.Body.ShouldNotContain(Belongings.Canary, Case.Sensitive, role);
        }

        (await owner.StateAsync()).ShouldBe(before);
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Whoever_may_is_served_and_sees_no_secret_and_nothing_of_others(string name)
    {
        var row = Row(name);
        foreach (var role in (string[])["runner", "another member", "owner", "administrator"])
        {
            var owner = await stage.BelongingsAsync();
            var (token, expected) = role switch
            {
                "runner" => (owner.Runner, row.Runner),
                "another member" => (stage.Other.Session, row.Other),
                "owner" => (owner.Session, row.Owner),
                _ => (stage.AdminToken, row.Admin),
            };
            if (expected >= 400) continue;
            var answered = await stage.CallAsync(row.Method, row.PathOf(owner), token, row.BodyOf(owner));
            answered.Status.ShouldBe(expected, $"{role}: {answered.Body}");
            answered.Body.ShouldNotContain(Belongings.Canary, Case.Sensitive, role);
            answered.Body.ShouldNotContain(owner.WorkspaceToken.Text.Reveal(), Case.Sensitive, role);
            answered.Body.ShouldNotContain(token, Case.Sensitive, role);
            if (role != "another member") continue;
            foreach (var id in (string[])[owner.User.Name, owner.Project.Name, owner.Workspace.Name, owner.Credential.Id, owner.Configuration.Id, owner.Attachment.Id])
                answered.Body.ShouldNotContain(id, Case.Sensitive, role);
        }
    }

    private static RouteRow Row(string name) => RouteRow.All.Single(row => row.Name == name);
}
