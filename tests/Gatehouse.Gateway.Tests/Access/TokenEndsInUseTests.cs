using Gatehouse.Dialects;
using Gatehouse.Gateway.Access;
using Gatehouse.Gateway.Metering;
using Gatehouse.Gateway.Tenancy;
using Gatehouse.Gateway.Tests.Exchanges;
using Gatehouse.Gateway.Tests.Faults;

namespace Gatehouse.Gateway.Tests.Access;

/// <summary>A token that ends while an answer runs: the answer ends too, visibly and in the caller's own words.</summary>
public sealed class TokenEndsInUseTests
{
    private static readonly DateTimeOffset _then = TimeProvider.System.GetUtcNow();

    public static TheoryData<Dialect, string> Ends
    {
        get
        {
            var ends = new TheoryData<Dialect, string>();
            foreach (var dialect in Caller.All)
            {
                foreach (var how in (string[])["revoked", "locked out", "workspace stopped", "project removed", "expired"]) ends.Add(dialect, how);
            }
            return ends;
        }
    }

    [Theory]
    [MemberData(nameof(Ends))]
    public async Task A_running_stream_ends_with_the_dialects_error(Dialect dialect, string how)
    {
        var silent = new TaskCompletionSource();
        await using var upstream = new ScriptedUpstream(async (connection, _) =>
        {
            await connection.WriteAsync(ScriptedUpstream.StreamHead + First(dialect));
            await silent.Task;
            connection.Close();
        });
        await using var gateway = await StartAsync(upstream);
        var token = await gateway.MintAsync("in use", token => token with
        {
            UserId = "ann",
            WorkspaceId = "w",
            ProjectId = "p",
            Harness = "generic",
            ExpiresAt = how == "expired" ? DateTimeOffset.UtcNow.AddSeconds(2) : null,
        }, TokenKind.Workspace);
        await using var client = await RawClient.PostAsync(
            gateway, Caller.Path(dialect), Caller.Body(dialect, "m", stream: true), $"authorization: Bearer {token}");
        await client.UntilAsync(answer => answer.Text.Contains(First(dialect), StringComparison.Ordinal));

        await EndAsync(gateway, how);
        var answer = await client.AnswerAsync();
        silent.SetResult();

        answer.IsCut.ShouldBeTrue();
        answer.Count(Caller.ErrorEvent(dialect)).ShouldBe(1);
        answer.Text.ShouldContain(how == "expired" ? "expired" : "was revoked");
        answer.Text.ShouldNotContain(token);
        var row = (await gateway.RowsAsync()).Single();
        (row.End, row.ErrorType).ShouldBe((ExchangeEnd.Refused, "token_ended"));
        var again = await gateway.SendAsync(gateway.Post(Caller.Path(dialect), "{}", token));
        ((int)again.Response.StatusCode).ShouldBe(401);
    }

    [Fact]
    public async Task A_stream_goes_on_when_its_token_is_renewed_before_it_expires_and_when_another_is_revoked()
    {
        var (renewed, revoked) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var upstream = new ScriptedUpstream(async (connection, _) =>
        {
            await connection.WriteAsync(ScriptedUpstream.StreamHead + First(Dialect.Anthropic));
            await revoked.Task.WaitAsync(GatewayHarness.Ceiling);
            await connection.WriteAsync("event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n");
            connection.Close();
        });
        await using var gateway = await StartAsync(upstream);
        var expires = DateTimeOffset.UtcNow.AddSeconds(1.5);
        var access = new AccessStore(gateway.Store);
        var token = await gateway.MintAsync("renewed", token => token with { ExpiresAt = expires });
        await gateway.MintAsync("other");
        await using var client = await RawClient.PostAsync(
            gateway, "/v1/messages", Caller.Body(Dialect.Anthropic, "m", stream: true), $"authorization: Bearer {token}");
        await client.UntilAsync(answer => answer.Text.Contains(First(Dialect.Anthropic), StringComparison.Ordinal));

        (await access.RenewAsync(await IdAsync(access, "renewed"), expires.AddHours(1), DateTimeOffset.UtcNow)).ShouldBeTrue();
        await access.RevokeAsync(await IdAsync(access, "other"), DateTimeOffset.UtcNow);
        // Past the first expiry, with time for several looks at the token.
        await Task.Delay(expires.AddSeconds(1.5) - DateTimeOffset.UtcNow);
        revoked.SetResult();

        (await client.AnswerAsync()).IsWhole.ShouldBeTrue();
        (await gateway.RowsAsync()).Single().End.ShouldBe(ExchangeEnd.Ok);
    }

    [Fact]
    public async Task A_token_made_together_with_its_workspace_is_never_ahead_of_it()
    {
        await using var upstream = new ScriptedUpstream((connection, _) =>
            connection.WriteAsync("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}"));
        await using var gateway = await StartAsync(upstream);
        for (var i = 0; i < 5; i++)
        {
            var id = $"new{i}";
            await new TenantStore(gateway.Store).AddWorkspaceAsync(new Workspace(id, "p", "ann", id, _then, null));
            var token = await gateway.MintAsync(id, token => token with { UserId = "ann", ProjectId = "p", WorkspaceId = id, Harness = "generic" }, TokenKind.Workspace);

            var (response, _) = await gateway.SendAsync(gateway.Post("/v1/messages", """{"model":"m","max_tokens":1,"messages":[]}""", token));

            ((int)response.StatusCode).ShouldBe(200);
            gateway.Server.Tenants.Current.FindWorkspace(id).ShouldNotBeNull();
        }
    }

    private static async Task<GatewayHarness> StartAsync(ScriptedUpstream upstream)
    {
        var gateway = await GatewayHarness.StartAsync(upstream.Address);
        var tenants = new TenantStore(gateway.Store);
        await tenants.AddUserAsync(new User("ann", "Ann", UserRole.Member, ProviderMode.Platform, _then, null));
        await tenants.AddProjectAsync(new Project("p", "ann", "web", null, _then));
        await tenants.AddWorkspaceAsync(new Workspace("w", "p", "ann", "box", _then, null));
        return gateway;
    }

    private static async Task EndAsync(GatewayHarness gateway, string how)
    {
        var (tenants, access) = (new TenantStore(gateway.Store), new AccessStore(gateway.Store));
        switch (how)
        {
            case "revoked":
                (await access.RevokeAsync(await IdAsync(access, "in use"), _then)).ShouldBeTrue();
                break;
            case "locked out":
                (await tenants.UpdateUserAsync(new User("ann", "Ann", UserRole.Member, null, _then, _then))).ShouldBeTrue();
                break;
            case "workspace stopped":
                (await tenants.StopWorkspaceAsync("w", _then)).ShouldBeTrue();
                break;
            case "project removed":
                await AccessDatabase.ExecuteAsync(gateway.Store, "UPDATE workspaces SET stopped_at = 1");
                (await tenants.RemoveProjectAsync("p", _then)).ShouldBeTrue();
                break;
        }
    }

    private static async Task<Guid> IdAsync(AccessStore access, string name) =>
        (await access.LoadAsync()).Single(stored => stored.Token.Name == name).Token.Id;

    private static string First(Dialect dialect) => dialect switch
    {
        Dialect.Anthropic => "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"m\"}}\n\n",
        Dialect.OpenAiChat => "data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}}]}\n\n",
        _ => "event: response.created\ndata: {\"type\":\"response.created\",\"sequence_number\":0,\"response\":{\"id\":\"r\"}}\n\n",
    };
}
