using System.Text;
using Gatehouse.Gateway.Credentials;
using Gatehouse.Gateway.Tenancy;
using Gatehouse.Gateway.Tests.Canary;
using Gatehouse.Gateway.Tests.Faults;
using Gatehouse.Gateway.Tests.Hostile;

namespace Gatehouse.Gateway.Tests.Workspaces;

/// <summary>Users' keys and their providers' addresses are planted; afterwards neither may be found where it does not belong.</summary>
public sealed class TenantCanaryTests
{
    [Fact]
    public async Task No_key_or_address_of_a_users_credential_comes_to_light()
    {
        using var log = new CapturedLog();
        await using var own = new ScriptedUpstream(QuoteAsync);
        await using var stage = await TenantStage.StartAsync(log);
        var gateway = stage.Gateway;
        using var spans = new Spans();
        var run = new CanaryRun(gateway, log);
        var (place, refused) = (Planted.New("the address's path"), Planted.New("a host that is not there"));
        var keys = new List<Planted>();
        foreach (var (kind, harness) in (IEnumerable<(CredentialKind, string)>)[
            (CredentialKind.AnthropicCompatible, "claude-code"), (CredentialKind.OpenAiCompatible, "opencode"), (CredentialKind.OAuthToken, "aider"),
            (CredentialKind.AuthJson, "openai-codex"), (CredentialKind.ApiKey, "crush"), (CredentialKind.AnthropicCompatible, "qwen-code")])
        {
            var sent = harness is "claude-code" or "opencode";
            var key = Planted.New($"{kind} of {harness}", sent ? [Place.Upstream] : []);
            keys.Add(key);
            var address = harness == "qwen-code" ? $"https://{refused.Secret}.invalid/x" : kind.NeedsBaseUrl() ? $"{own.Address}/{place.Secret}" : null;
            await stage.ConnectAsync(kind, address, harness, secret: kind == CredentialKind.AuthJson ? $$$"""{"tokens":{"access_token":"{{{key.Secret}}}"}}""" : key.Secret);
            var token = await stage.TokenAsync(harness);
            foreach (var door in Door.All)
                foreach (var body in (string[])[door.Good, door.Good.Insert(1, "\"stream\":true,"), "{not json"])
                {
                    var path = $"/ai/proxy/{token}/{(door == Door.Messages ? "anthropic" : "openai")}{door.Path}";
                    var answer = await run.SendAsync(
                        $"POST {path} HTTP/1.1\r\nHost: localhost\r\nx-api-key: sentinel\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}");
                    if (sent && body != "{not json") answer!.Body.ShouldContain("quoted", Case.Sensitive, $"{harness} reached its provider");
                }

            await run.SendAsync($"GET /ai/proxy/{token}/openai/v1/models HTTP/1.1\r\nHost: localhost\r\n\r\n");
        }

        foreach (var call in own.Calls) run.Received(call.Head + "\n\n" + Encoding.UTF8.GetString(call.Body));
        var traces = await run.GatherAsync();
        foreach (var line in spans.Lines) traces.Add(Place.Log, "span", line);
        foreach (var key in keys) traces.Find(key.Secret).Select(f => f.Place).Distinct().ShouldBeSubsetOf(key.Allowed, key.Name);
        foreach (var key in keys.Take(2)) traces.Find(key.Secret).ShouldContain(f => f.Place == Place.Upstream, $"positive control: {key.Name}");
        traces.Find(place.Secret).Select(f => f.Place).Distinct().ShouldBe([Place.Upstream]);

        // To whom usage is put down is told by the host's name, which the ledger therefore has.
        traces.Find(refused.Secret).Select(f => f.Place).Distinct().ShouldBeSubsetOf([Place.Ledger, Place.Files]);
    }

    // Quotes everything that it was sent, in the head and in the body, with the statuses in turn.
    private static async Task QuoteAsync(Upstream.RawConnection connection, Upstream.RawRequest request)
    {
        var key = request["x-api-key"] ?? request["authorization"]!["Bearer ".Length..];
        var body = $"{{\"type\":\"error\",\"error\":{{\"type\":\"authentication_error\",\"message\":\"quoted {key}\",\"code\":\"{key}\",\"param\":null}}}}";
        await connection.WriteAsync(
            $"HTTP/1.1 401 No\r\ncontent-type: application/json\r\nx-quoted: {key}\r\nrequest-id: req_1\r\ncontent-length: {body.Length}\r\n\r\n{body}");
    }
}
