using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Gatehouse.Control.Tests.Api;

/// <summary>What a provider says of a key, told without its words; a login is never sent anywhere.</summary>
public sealed class ValidateCallTests(ApiStage stage) : IClassFixture<ApiStage>
{
    private const string Key = "validated-canary-0123456789";

    [Theory]
    [InlineData("200 OK", "401 No", "valid")]
    [InlineData("200 OK", "200 OK", "unknown")]
    [InlineData("401 No", "401 No", "invalid")]
    [InlineData("403 No", "401 No", "invalid")]
    [InlineData("429 Later", "429 Later", "rate-limited")]
    [InlineData("503 Down", "503 Down", "unreachable")]
    [InlineData("404 None", "404 None", "unknown")]
    public async Task The_providers_status_decides(string withKey, string without, string outcome)
    {
        using var provider = new ListingProvider(withKey, without);
        var answered = await ValidateAsync("openai-compatible", Key, $",\"baseUrl\":\"{provider.Address}\"");
        answered.Status.ShouldBe(200, answered.Body);
        answered.Json.GetProperty("outcome").GetString().ShouldBe(outcome);
        answered.Body.ShouldNotContain("vendor's words");
        answered.Body.ShouldNotContain(Key);
        provider.Heard.ShouldNotBeEmpty();
        provider.Heard.ShouldAllBe(static head => head.StartsWith("GET /v1/models ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_provider_that_is_not_there_is_unreachable()
    {
        string address;
        using (var gone = new ListingProvider("200 OK", "200 OK")) address = gone.Address;
        (await ValidateAsync("openai-compatible", Key, $",\"baseUrl\":\"{address}\"")).Json.GetProperty("outcome").GetString().ShouldBe("unreachable");
    }

    [Theory]
    [InlineData("gone", "unreachable")]
    [InlineData("no-such-provider", "unknown")]
    public async Task One_of_the_platforms_keys_is_asked_about_at_its_provider(string provider, string outcome)
    {
        var added = await stage.CallAsync(
            "POST", "/api/v1/platform-credentials", stage.AdminToken, $$"""{"provider":"{{provider}}","name":"validated","secret":"{{Key}}"}""");
        added.Status.ShouldBe(201, added.Body);
        // By what people call it, too; the slash is part of that.
        var answered = await stage.CallAsync("POST", $"/api/v1/platform-credentials/{Uri.EscapeDataString($"{provider}/validated")}/validate", stage.AdminToken);
        answered.Status.ShouldBe(200, answered.Body);
        answered.Json.GetProperty("outcome").GetString().ShouldBe(outcome);
        answered.Body.ShouldNotContain(Key);
    }

    [Theory]
    [InlineData("oauth-token", "sk-ant-oat01-0123456789abcdef")]
    [InlineData("auth-json", """{"tokens":{"access_token":"a"}}""")]
    public async Task A_login_is_looked_at_and_not_sent(string kind, string secret)
    {
        var answered = await ValidateAsync(kind, secret, "");
        answered.Json.GetProperty("outcome").GetString().ShouldBe("not-probed", answered.Body);
        answered.Json.GetProperty("warnings").GetArrayLength().ShouldBe(kind == "auth-json" ? 2 : 0);
    }

    private async Task<Answered> ValidateAsync(string kind, string secret, string more)
    {
        var body = $$"""{"name":"checked","kind":"{{kind}}","secret":{{JsonSerializer.Serialize(secret)}}{{more}}}""";
        var added = await stage.CallAsync("POST", "/api/v1/credentials", stage.Other.Session, body);
        added.Status.ShouldBe(201, added.Body);
        return await stage.CallAsync("POST", $"/api/v1/credentials/{added.Json.GetProperty("id").GetString()}/validate", stage.Other.Session);
    }

    /// <summary>A provider that answers one status to whoever presents the key, and another to everyone else.</summary>
    private sealed class ListingProvider : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly List<string> _heard = [];

        public ListingProvider(string withKey, string without)
        {
            _listener.Start();
            _ = ServeAsync(withKey, without);
        }

        public string Address => $"http://{_listener.LocalEndpoint}/v1";

        public IReadOnlyList<string> Heard
        {
            get { lock (_heard) return [.. _heard]; }
        }

        public void Dispose() => _listener.Dispose();

        private async Task ServeAsync(string withKey, string without)
        {
            try
            {
                while (true)
                {
                    using var client = await _listener.AcceptTcpClientAsync();
                    using var reader = new StreamReader(client.GetStream());
                    var head = new StringBuilder();
                    while (await reader.ReadLineAsync() is { Length: > 0 } line) head.Append(line).Append('\n');
                    lock (_heard) _heard.Add(head.ToString());
                    var status = head.ToString().Contains($"Bearer {Key}", StringComparison.Ordinal) ? withKey : without;
                    const string body = """{"error":"the vendor's words"}""";
                    await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
                        $"HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {body.Length}\r\nconnection: close\r\n\r\n{body}"));
                }
            }
            catch (Exception e) when (e is ObjectDisposedException or SocketException or IOException)
            {
                // The test is over.
            }
        }
    }
}
