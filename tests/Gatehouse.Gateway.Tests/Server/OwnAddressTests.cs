using System.Net;
using System.Net.Sockets;
using System.Text;
using Gatehouse.Gateway.Access;
using Gatehouse.Gateway.Admission;
using Gatehouse.Gateway.Configuration;
using Gatehouse.Gateway.Server;
using Gatehouse.Gateway.Telemetry;
using Gatehouse.Gateway.Tests.Access;
using Gatehouse.Gateway.Tests.Exchanges;
using Gatehouse.Gateway.Upstream;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gatehouse.Gateway.Tests.Server;

/// <summary>
/// Reports are open to this machine, also where it calls itself by an address that is not loopback. Tests listen on loopback alone, so the addresses are put in by hand here,
/// and that a connection brings its own is shown apart.
/// </summary>
public sealed class OwnAddressTests
{
    [Theory]
    [InlineData("192.0.2.7", "192.0.2.7", null, 200)]
    [InlineData("2001:db8::7", "2001:db8::7", null, 200)]
    [InlineData("127.0.0.1", "127.0.0.1", null, 200)]
    [InlineData("192.0.2.8", "192.0.2.7", null, 401)]
    [InlineData("192.0.2.7", "127.0.0.1", null, 401)]
    [InlineData("192.0.2.7", "192.0.2.7", "X-Forwarded-For", 401)]
    [InlineData("192.0.2.7", "192.0.2.7", "Via", 401)]
    public async Task Reports_are_told_to_callers_from_the_gateways_own_address_and_to_others_with_a_token_only(string from, string to, string? header, int status)
    {
        await using var gateway = await GatewayHarness.StartAsync();
        var access = new AccessFixture();
        using var metrics = new GatewayMetrics();
        var state = new ServerState(
            gateway.Configuration, new ExchangeGate(), new BodyBudget(), gateway.Ledger, new UpstreamHealth(TimeProvider.System), gateway.Server.Credentials, () => 0);
        var system = new SystemEndpoints(gateway.Configuration, access.Authenticator, state, metrics);

        foreach (var (path, word) in ((string, string)[])[("/health", "\"status\""), ("/metrics", "gatehouse_in_flight")])
        {
            foreach (var token in (string?[])[null, access.Add(name: path, with: one => one with { Scopes = TokenScopes.Metrics })])
            {
                var http = new DefaultHttpContext { Request = { Method = "GET", Path = path } };
                (http.Connection.RemoteIpAddress, http.Connection.LocalIpAddress) = (IPAddress.Parse(from), IPAddress.Parse(to));
                if (header is not null) http.Request.Headers[header] = "192.0.2.9";
                if (token is not null) http.Request.Headers.Authorization = $"Bearer {token}";
                var body = new MemoryStream();
                http.Response.Body = body;

                await system.HandleAsync(http, path);

                http.Response.StatusCode.ShouldBe(token is null ? status : 200, path);
                if (http.Response.StatusCode == 200) Encoding.UTF8.GetString(body.ToArray()).ShouldContain(word);
                else Encoding.UTF8.GetString(body.ToArray()).ShouldNotContain(word);
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_connection_brings_the_addresses_of_both_its_ends(bool platformSockets)
    {
        var ceiling = TestContext.Current.CancellationToken;
        var seen = new List<(IPAddress?, IPAddress?)>();
        await using var host = await KestrelHost.StartAsync(
            new GatehouseConfig { Listen = [new ListenAddress(IPAddress.Loopback, 0)] },
            NullLoggerFactory.Instance,
            TimeProvider.System,
            http =>
            {
                seen.Add((http.Connection.RemoteIpAddress, http.Connection.LocalIpAddress));
                return Task.CompletedTask;
            },
            ceiling,
            platformSockets);
        foreach (var own in (IPAddress[])[IPAddress.Loopback, IPAddress.Parse("127.0.0.2")])
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(own, 0));
            await socket.ConnectAsync(IPAddress.Loopback, new Uri(host.Addresses[0]).Port, ceiling);
            await socket.SendAsync("GET / HTTP/1.1\r\nhost: localhost\r\n\r\n"u8.ToArray(), ceiling);
            (await socket.ReceiveAsync(new byte[1024], ceiling)).ShouldBeGreaterThan(0);
            seen[^1].ShouldBe((own, IPAddress.Loopback));
        }

        await host.StopAsync(ceiling);
    }
}
