using System.Net;
using Gatehouse.Gateway.Access;
using Gatehouse.Gateway.Tenancy;
using Gatehouse.Gateway.Tests.Exchanges;

namespace Gatehouse.Gateway.Tests.Access;

/// <summary>Which token opens which door of a running gateway: every kind and state at every data route.</summary>
public sealed class TokenDoorTests
{
    private static readonly string[] s_paths =
        ["/v1/messages", "/v1/messages/count_tokens", "/v1/chat/completions", "/v1/responses", "/ai/anthropic/v1/messages", "/ai/v1/chat/completions", "/ai/v1/responses"];

    private static readonly string[] s_lists = ["/v1/models", "/ai/v1/models", "/ai/anthropic/v1/models"];

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
            foreach (var path in s_paths)
            {
                var (response, body) = await gateway.SendAsync(gateway.Post(path, "{}", token));
                response.StatusCode.ShouldBe(status, $"{path} {body}");
                body.ShouldNotContain(token);
            }
            foreach (var path in s_lists)
            {
                var request = gateway.Post(path, "", token);
                (request.Method, request.Content) = (HttpMethod.Get, null);
                (await gateway.SendAsync(request)).Response.StatusCode.ShouldBe(status, path);
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
