using System.Net;
using System.Net.Sockets;
using Gatehouse.Gateway.Credentials;
using Gatehouse.Gateway.Metering;
using Gatehouse.Gateway.Tests.Canary;
using Gatehouse.Gateway.Tests.Exchanges;
using Gatehouse.Gateway.Tests.Upstream;

namespace Gatehouse.Gateway.Tests.Workspaces;

/// <summary>What a workspace, the log and the ledger learn when a user's own provider refuses, fails or may not be called.</summary>
public sealed class OwnProviderFaultTests
{
    [Theory]
    [InlineData(CredentialKind.AnthropicCompatible, Calls.Messages, 401)]
    [InlineData(CredentialKind.AnthropicCompatible, Calls.Messages, 403)]
    [InlineData(CredentialKind.AnthropicCompatible, Calls.Chat, 401)]
    [InlineData(CredentialKind.OpenAiCompatible, Calls.Chat, 401)]
    [InlineData(CredentialKind.OpenAiCompatible, Calls.Chat, 403)]
    [InlineData(CredentialKind.OpenAiCompatible, Calls.Messages, 403)]
    public async Task The_providers_refusal_passes_without_the_key_that_it_quotes(CredentialKind kind, string path, int status)
    {
        using var log = new CapturedLog();
        var error = kind == CredentialKind.AnthropicCompatible
            ? $$$"""{"type":"error","error":{"type":"authentication_error","message":"bad key {{{TenantStage.Secret}}}, try again"}}"""
            : $$$"""{"error":{"message":"bad key {{{TenantStage.Secret}}}, try again","type":"invalid_request_error","param":null,"code":"invalid_api_key"}}""";
        await using var own = TenantStage.Answering(status, error, $"content-type: application/json\r\nx-quoted: {TenantStage.Secret}\r\nx-gatehouse-error: forged");
        await using var stage = await TenantStage.StartAsync(log);
        await stage.ConnectAsync(kind, own.Address);
        var (response, body) = await Calls.ByPathAsync(stage.Gateway, await stage.TokenAsync(), path);

        ((int)response.StatusCode).ShouldBe(status);
        Calls.OwnWord(response).ShouldBeNull("the provider's error is not ours");
        body.ShouldContain("try again");
        own.Calls.ShouldHaveSingleItem();
        var row = (await stage.Gateway.RowsAsync()).ShouldHaveSingleItem();
        (row.End, row.Status, row.UpstreamStatus).ShouldBe((ExchangeEnd.ClientError, status, status));
        ShouldNotHold(TenantStage.Secret, response, body, log, row);
    }

    [Theory]
    [InlineData(429)]
    [InlineData(503)]
    [InlineData(529)]
    public async Task When_to_come_back_is_told_on(int status)
    {
        await using var own = TenantStage.Answering(status, """{"type":"error","error":{"type":"x","message":"later"}}""", "content-type: application/json\r\nretry-after: 17");
        await using var stage = await TenantStage.StartAsync();
        await stage.ConnectAsync(CredentialKind.AnthropicCompatible, own.Address);
        foreach (var path in (string[])[Calls.Messages, Calls.Chat])
        {
            var (response, _) = await Calls.ByPathAsync(stage.Gateway, await stage.TokenAsync(), path);
            response.Headers.GetValues("retry-after").ShouldBe(["17"]);
        }
    }

    public static TheoryData<string, int, string> Failures => new()
    {
        { "refused", 502, "connect_failed" },
        { "unresolved", 502, "name_not_resolved" },
        { "no-tls", 502, "tls_failed" },
        { "reset", 502, "upstream_reset" },
        { "not-http", 502, "upstream_protocol" },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task A_failed_call_names_neither_host_nor_key(string fault, int status, string word)
    {
        using var log = new CapturedLog();
        await using var own = new RawUpstream(async connection =>
        {
            // What begins with a TLS hello has no head to be read to its end.
            if (fault != "no-tls") await connection.ReadRequestAsync();
            if (fault == "reset") connection.Reset();
            else await connection.WriteAsync("SSH-2.0-OpenSSH_9.6\r\n\r\n\r\n");
            connection.Close();
        });
        var port = new Uri(own.Address).Port;
        var (address, host) = fault switch
        {
            "refused" => ($"http://127.0.0.1:{FreePort()}", "127.0.0.1"),
            "unresolved" => ("https://tracer-host.invalid/path", "tracer-host"),
            "no-tls" => ($"https://127.0.0.1:{port}", "127.0.0.1"),
            _ => ($"http://127.0.0.1:{port}/tracer-path", "127.0.0.1"),
        };
        await using var stage = await TenantStage.StartAsync(log);
        using var spans = new Spans();
        await stage.ConnectAsync(CredentialKind.AnthropicCompatible, address);
        foreach (var path in (string[])[Calls.Messages, Calls.Chat])
        {
            var (response, body) = await Calls.ByPathAsync(stage.Gateway, await stage.TokenAsync(), path);
            ((int)response.StatusCode).ShouldBe(status, body);
            Calls.OwnWord(response).ShouldBe(word);
            foreach (var row in await stage.Gateway.RowsAsync())
            {
                row.ErrorType.ShouldBe(word);
                // To whom usage is put down is told by the host's name; nothing else of the address is kept.
                foreach (var secret in (string[])[TenantStage.Secret, "tracer-path", "https:", "http:"])
                    ShouldNotHold(secret, response, body, log, row);
                ShouldNotHold(host, response, body, log, new ExchangeRecord());
            }
        }

        log.Entries.ShouldContain(entry => entry.Contains(word, StringComparison.Ordinal), "the log says what kind of failure it was");
        spans.Lines.ShouldNotContain(line => line.Contains("tenant:", StringComparison.Ordinal) && line.Contains(host, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("http://127.0.0.1:{port}", "", 403, "credential_unusable")]
    [InlineData("http://example.com", TenantStage.Loopback, 403, "credential_unusable")]
    [InlineData("http://localhost:{port}", TenantStage.Loopback, 403, "credential_unusable")]
    [InlineData("https://user:pass@127.0.0.1:{port}", TenantStage.Loopback, 403, "credential_unusable")]
    [InlineData("https://127.0.0.1:{port}?a=b", TenantStage.Loopback, 403, "credential_unusable")]
    [InlineData("ftp://127.0.0.1:{port}", TenantStage.Loopback, 403, "credential_unusable")]
    [InlineData("https://127.0.0.1:{port}", "", 403, "credential_unusable")]
    [InlineData("https://localhost:{port}", "", 403, "credential_unusable")]
    [InlineData("https://[::1]:{port}", "", 403, "credential_unusable")]
    [InlineData("https://[::ffff:127.0.0.1]:{port}", "", 403, "credential_unusable")]
    [InlineData("https://2130706433:{port}", "", 403, "credential_unusable")]
    [InlineData("https://10.1.2.3", "", 403, "credential_unusable")]
    [InlineData("https://169.254.169.254", "", 403, "credential_unusable")]
    [InlineData("https://[64:ff9b::7f00:1]:{port}", "", 502, "address_refused")]
    [InlineData("https://198.18.0.1", "", 502, "address_refused")]
    [InlineData("https://169.254.169.254", """, "workspaces": { "privateHosts": ["169.254.169.254"] }""", 502, "address_refused")]
    [InlineData("http://127.0.0.1:{gateway}", TenantStage.Loopback, 502, "address_refused")]
    public async Task A_private_or_plain_address_is_the_operators_to_open(string address, string config, int status, string word)
    {
        await using var own = TenantStage.Answering(200, Calls.Message(1, 1));
        await using var stage = await TenantStage.StartAsync(configExtra: config);
        var port = new Uri(own.Address).Port;
        await stage.ConnectAsync(CredentialKind.AnthropicCompatible, address
            .Replace("{port}", $"{port}", StringComparison.Ordinal)
            .Replace("{gateway}", $"{stage.Gateway.Address.Port}", StringComparison.Ordinal));
        var (response, body) = await Calls.ByPathAsync(stage.Gateway, await stage.TokenAsync(), Calls.Messages);
        ((int)response.StatusCode).ShouldBe(status, body);
        Calls.OwnWord(response).ShouldBe(word);
        body.ShouldNotContain($"{port}");
        own.Calls.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_host_that_the_operator_closes_again_is_closed()
    {
        await using var own = TenantStage.Answering(200, Calls.Message(1, 1));
        await using var stage = await TenantStage.StartAsync();
        await stage.ConnectAsync(CredentialKind.AnthropicCompatible, own.Address);
        var token = await stage.TokenAsync();
        (await Calls.ByPathAsync(stage.Gateway, token, Calls.Messages)).Response.StatusCode.ShouldBe(HttpStatusCode.OK);
        var file = stage.Gateway.ConfigFile;
        await File.WriteAllTextAsync(file, (await File.ReadAllTextAsync(file)).Replace("\"127.0.0.1\"]", "\"127.0.0.2\"]", StringComparison.Ordinal));
        await GatewayHarness.EventuallyAsync(
            async () => (await Calls.ByPathAsync(stage.Gateway, token, Calls.Messages)).Response.StatusCode == HttpStatusCode.Forbidden, "the host is closed");
    }

    [Fact]
    public async Task Metrics_and_health_name_no_user_credential_or_host()
    {
        await using var own = TenantStage.Answering(200, Calls.Message(1, 1));
        await using var stage = await TenantStage.StartAsync();
        await stage.ConnectAsync(CredentialKind.AnthropicCompatible, own.Address);
        await Calls.ByPathAsync(stage.Gateway, await stage.TokenAsync(), Calls.Messages, Calls.Body(Calls.Messages, "made-up-model"));
        foreach (var path in (string[])["/metrics", "/health"])
        {
            var text = await stage.Gateway.Client.GetStringAsync(new Uri(stage.Gateway.Address, path));
            foreach (var name in (string[])["tenant:", "credential/", TenantStage.User, TenantStage.Project, TenantStage.Workspace, "made-up-model"])
                text.ShouldNotContain(name);
            if (path == "/metrics") text.ShouldContain("\"tenant\"");
        }
    }

    private static void ShouldNotHold(string secret, HttpResponseMessage response, string body, CapturedLog log, ExchangeRecord row)
    {
        body.ShouldNotContain(secret);
        response.Headers.ToString().ShouldNotContain(secret);
        log.Entries.ShouldNotContain(entry => entry.Contains("Exchange", StringComparison.Ordinal) && entry.Contains(secret, StringComparison.Ordinal));
        System.Text.Json.JsonSerializer.Serialize(row).ShouldNotContain(secret);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
