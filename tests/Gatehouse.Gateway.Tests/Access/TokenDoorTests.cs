using System.Net;
using Gatehouse.Gateway.Access;
using Gatehouse.Gateway.Exchanges;
using Gatehouse.Gateway.Metering;
using Gatehouse.Gateway.Tenancy;
using Gatehouse.Gateway.Tests.Exchanges;

namespace Gatehouse.Gateway.Tests.Access;

/// <summary>Which token opens which door of a running gateway: every kind and state at every data route.</summary>
public sealed class TokenDoorTests
{
    /// <summary>Each call of the data plane as clients write it; a test holds the list to be whole.</summary>
    private static readonly (string Method, string Path)[] s_calls =
    [
        ("POST", "/messages"), ("POST", "/messages/count_tokens"), ("POST", "/chat/completions"), ("POST", "/responses"), ("POST", "/responses/compact"),
        ("POST", "/responses/input_tokens"), ("GET", "/responses/resp_1"), ("DELETE", "/responses/resp_1"), ("GET", "/responses/resp_1/input_items"),
        ("GET", "/models"), ("HEAD", "/models"), ("GET", "/models/claude-x"),
    ];

    /// <summary>The ways to each of them.</summary>
    private static readonly string[] s_bases = ["/v1", "", "/v1/v1", "/anthropic/v1", "/openai/v1", "/ai/v1", "/ai/anthropic/v1", "/ai/openai/v1"];

    [Fact]
    public void No_call_of_the_data_plane_is_left_out_here()
    {
        var matches = s_calls.Select(call => DataRoutes.Match("/v1" + call.Path, call.Method)).ToList();
        matches.ShouldAllBe(match => match.Kind == PathKind.Exchange || match.Kind == PathKind.Models);
        matches.Where(match => match.Kind == PathKind.Exchange).Select(match => match.Route.Operation).ShouldBe(Enum.GetValues<ExchangeOperation>(), ignoreOrder: true);
    }

    [Fact]
    public async Task Only_clients_services_and_workspaces_reach_models_and_only_while_they_may()
    {
        await using var gateway = await GatewayHarness.StartAsync();
        await new TenantStore(gateway.Store).AddUserAsync(new User("gone", "gone", UserRole.Member, null, default, DateTimeOffset.UnixEpoch));
        var refused = new (string Token, HttpStatusCode Status)[]
        {
            (await gateway.MintAsync("runner", t => t with { Scopes = TokenScopes.None }, TokenKind.Runner), HttpStatusCode.Forbidden),
            (await gateway.MintAsync("runner that claims more", t => t with { Scopes = TokenScopes.Proxy }, TokenKind.Runner), HttpStatusCode.Forbidden),
            (await gateway.MintAsync("admin", t => t with { Scopes = TokenScopes.Admin }, TokenKind.Admin), HttpStatusCode.Forbidden),
            (await gateway.MintAsync("metrics only", t => t with { Scopes = TokenScopes.Metrics }), HttpStatusCode.Forbidden),
            (await gateway.MintAsync("no scope", t => t with { Scopes = TokenScopes.None }), HttpStatusCode.Forbidden),
            (await gateway.MintAsync("expired", t => t with { ExpiresAt = DateTimeOffset.UnixEpoch }), HttpStatusCode.Unauthorized),
            (await gateway.MintAsync("revoked", t => t with { RevokedAt = DateTimeOffset.UnixEpoch }), HttpStatusCode.Unauthorized),
            (await gateway.MintAsync("locked out", t => t with { UserId = "gone" }), HttpStatusCode.Unauthorized),
            (TokenText.Mint(TokenKind.Client).Reveal(), HttpStatusCode.Unauthorized),
            ("sk-of-a-vendor", HttpStatusCode.Unauthorized),
        };

        foreach (var (token, status) in refused)
        {
            foreach (var (method, path) in s_bases.SelectMany(static way => s_calls.Select(call => (call.Method, way + call.Path))))
            {
                using var request = gateway.Post(path, "{}", token);
                request.Method = new HttpMethod(method);
                if (method != "POST") request.Content = null;
                var (response, body) = await gateway.SendAsync(request);
                response.StatusCode.ShouldBe(status, $"{method} {path} {body}");
                body.ShouldNotContain(token);
            }
        }
        (await gateway.RowsAsync()).ShouldBeEmpty("what is refused at the door is no exchange");
    }

    [Fact]
    public async Task A_token_revoked_under_load_is_refused_to_everyone_and_stays_refused()
    {
        await using var gateway = await GatewayHarness.StartAsync();
        var token = await gateway.MintAsync("busy");
        var id = (await new AccessStore(gateway.Store).LoadAsync()).Single(stored => stored.Token.Name == "busy").Token.Id;
        var (served, revoked) = (0, new TaskCompletionSource());

        var callers = Enumerable.Range(0, 16).Select(_ => Task.Run(async () =>
        {
            var refused = 0;
            while (refused < 3)
            {
                var (response, _) = await gateway.SendAsync(gateway.Post(
                    "/v1/messages", """{"model":"claude-x","max_tokens":16,"messages":[{"role":"user","content":"hi"}]}""", token));
                if (response.StatusCode == HttpStatusCode.OK)
                {
                    refused.ShouldBe(0, "once refused, always refused");
                    if (Interlocked.Increment(ref served) == 50) revoked.SetResult();
                    continue;
                }
                response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
                refused++;
            }
        })).ToList();
        await Task.WhenAny(revoked.Task, Task.WhenAny(callers).Unwrap()).WaitAsync(GatewayHarness.Ceiling);
        (await new AccessStore(gateway.Store).RevokeAsync(id, TimeProvider.System.GetUtcNow())).ShouldBeTrue();

        await Task.WhenAll(callers).WaitAsync(GatewayHarness.Ceiling);
    }
}
