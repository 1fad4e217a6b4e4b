using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Gatehouse.Gateway.Upstream;

namespace Gatehouse.Gateway.Tests.Upstream;

/// <summary>Held by every way of HTTP/1.1.</summary>
public abstract class AddressGuardTests(Way way)
{
    [Theory]
    [InlineData("1.1.1.1", nameof(AddressKind.Public))]
    [InlineData("172.15.255.255", nameof(AddressKind.Public))]
    [InlineData("172.32.0.0", nameof(AddressKind.Public))]
    [InlineData("100.63.255.255", nameof(AddressKind.Public))]
    [InlineData("100.128.0.0", nameof(AddressKind.Public))]
    [InlineData("2606:4700::1111", nameof(AddressKind.Public))]
    [InlineData("::ffff:1.1.1.1", nameof(AddressKind.Public))]
    [InlineData("64:ff9b::1.1.1.1", nameof(AddressKind.Public))]
    [InlineData("2002:101:101::1", nameof(AddressKind.Public))]
    [InlineData("127.0.0.1", nameof(AddressKind.Loopback))]
    [InlineData("127.255.255.254", nameof(AddressKind.Loopback))]
    [InlineData("::1", nameof(AddressKind.Loopback))]
    [InlineData("::ffff:127.0.0.1", nameof(AddressKind.Loopback))]
    [InlineData("10.0.0.1", nameof(AddressKind.Private))]
    [InlineData("172.16.0.1", nameof(AddressKind.Private))]
    [InlineData("172.31.255.255", nameof(AddressKind.Private))]
    [InlineData("192.168.1.1", nameof(AddressKind.Private))]
    [InlineData("100.64.0.1", nameof(AddressKind.Private))]
    [InlineData("192.0.2.1", nameof(AddressKind.Private))]
    [InlineData("198.18.0.1", nameof(AddressKind.Private))]
    [InlineData("198.51.100.1", nameof(AddressKind.Private))]
    [InlineData("203.0.113.1", nameof(AddressKind.Private))]
    [InlineData("240.0.0.1", nameof(AddressKind.Private))]
    [InlineData("192.0.0.1", nameof(AddressKind.Private))]
    [InlineData("192.88.99.1", nameof(AddressKind.Private))]
    [InlineData("100::1", nameof(AddressKind.Private))]
    [InlineData("2001:2::1", nameof(AddressKind.Private))]
    [InlineData("2001:10::1", nameof(AddressKind.Private))]
    [InlineData("2001:20::1", nameof(AddressKind.Private))]
    [InlineData("3fff::1", nameof(AddressKind.Private))]
    [InlineData("5f00::1", nameof(AddressKind.Private))]
    [InlineData("fc00::1", nameof(AddressKind.Private))]
    [InlineData("fdff::1", nameof(AddressKind.Private))]
    [InlineData("fec0::1", nameof(AddressKind.Private))]
    [InlineData("2001:db8::1", nameof(AddressKind.Private))]
    [InlineData("::ffff:10.0.0.1", nameof(AddressKind.Private))]
    [InlineData("::10.0.0.1", nameof(AddressKind.Private))]
    [InlineData("64:ff9b::10.0.0.1", nameof(AddressKind.Private))]
    [InlineData("64:ff9b:1::a00:1", nameof(AddressKind.Private))]
    [InlineData("64:ff9b:1::101:101", nameof(AddressKind.Private))]
    [InlineData("2002:a00:1::1", nameof(AddressKind.Private))]
    [InlineData("2001:0:101:101::f5ff:fffe", nameof(AddressKind.Private))]
    [InlineData("2606:4700::5efe:10.0.0.1", nameof(AddressKind.Private))]
    [InlineData("::ffff:0:10.0.0.1", nameof(AddressKind.Private))]
    [InlineData("0.0.0.0", nameof(AddressKind.Forbidden))]
    [InlineData("0.1.2.3", nameof(AddressKind.Forbidden))]
    [InlineData("::", nameof(AddressKind.Forbidden))]
    [InlineData("169.254.169.254", nameof(AddressKind.Forbidden))]
    [InlineData("169.254.0.1", nameof(AddressKind.Forbidden))]
    [InlineData("fe80::1", nameof(AddressKind.Forbidden))]
    [InlineData("fd00:ec2::254", nameof(AddressKind.Forbidden))]
    [InlineData("fd20:ce::254", nameof(AddressKind.Forbidden))]
    [InlineData("fd00:42::42", nameof(AddressKind.Forbidden))]
    [InlineData("100.100.100.200", nameof(AddressKind.Forbidden))]
    [InlineData("192.0.0.192", nameof(AddressKind.Forbidden))]
    [InlineData("168.63.129.16", nameof(AddressKind.Forbidden))]
    [InlineData("224.0.0.1", nameof(AddressKind.Forbidden))]
    [InlineData("255.255.255.255", nameof(AddressKind.Forbidden))]
    [InlineData("ff02::1", nameof(AddressKind.Forbidden))]
    [InlineData("::ffff:169.254.169.254", nameof(AddressKind.Forbidden))]
    [InlineData("64:ff9b::a9fe:a9fe", nameof(AddressKind.Forbidden))]
    [InlineData("64:ff9b:1::a9fe:a9fe", nameof(AddressKind.Forbidden))]
    [InlineData("2002:a9fe:a9fe::1", nameof(AddressKind.Forbidden))]
    [InlineData("2001:0:a9fe:a9fe::1", nameof(AddressKind.Forbidden))]
    public void Addresses_are_sorted_by_what_connecting_would_mean(string address, string kind) =>
        AddressKinds.Of(IPAddress.Parse(address)).ToString().ShouldBe(kind);

    [Theory]
    [InlineData("1.1.1.1", true, false, true)]
    [InlineData("1.1.1.1", true, true, true)]
    [InlineData("1.1.1.1", false, false, false)]
    [InlineData("1.1.1.1", false, true, false)]
    [InlineData("127.0.0.1", true, false, false)]
    [InlineData("127.0.0.1", false, true, true)]
    [InlineData("10.0.0.1", true, false, false)]
    [InlineData("::1", false, true, true)]
    [InlineData("::ffff:127.0.0.1", false, true, true)]
    [InlineData("127.0.0.1", false, false, false)]
    [InlineData("10.0.0.1", true, true, true)]
    [InlineData("10.0.0.1", false, true, false)]
    [InlineData("192.168.1.1", false, true, false)]
    [InlineData("fc00::1", false, true, false)]
    [InlineData("100.64.0.1", false, true, false)]
    [InlineData("::ffff:10.0.0.1", false, true, false)]
    [InlineData("::ffff:10.0.0.1", true, false, false)]
    [InlineData("169.254.169.254", false, true, false)]
    [InlineData("0.0.0.0", false, true, false)]
    public void Private_networks_are_opened_per_provider_and_plain_http_goes_to_this_machine_alone(string address, bool https, bool allowPrivate, bool allowed)
    {
        var guard = new AddressGuard(() => []);

        (guard.Refuse(IPAddress.Parse(address), 443, https, allowPrivate) is null).ShouldBe(allowed);
    }

    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1")]
    [InlineData("127.0.0.1", "::1")]
    [InlineData("127.0.0.1", "127.0.0.2")]
    [InlineData("127.0.0.1", "::ffff:127.0.0.1")]
    [InlineData("0.0.0.0", "127.0.0.1")]
    [InlineData("::", "::1")]
    [InlineData("10.1.2.3", "10.1.2.3")]
    public void Our_own_address_is_refused_whatever_the_provider_allows(string bound, string target)
    {
        var guard = new AddressGuard(() => [new IPEndPoint(IPAddress.Parse(bound), 8484)]);

        guard.Refuse(IPAddress.Parse(target), 8484, https: true, allowPrivateNetwork: true).ShouldBe("it is Gatehouse's own address");
        guard.Refuse(IPAddress.Parse(target), 8485, https: true, allowPrivateNetwork: true).ShouldBeNull();
    }

    [Fact]
    public void Every_address_of_this_machine_is_our_own_on_our_port()
    {
        var guard = new AddressGuard(() => [new IPEndPoint(IPAddress.Any, 8484)]);
        var mine = NetworkInterface.GetAllNetworkInterfaces().SelectMany(n => n.GetIPProperties().UnicastAddresses).Select(u => u.Address);

        foreach (var address in mine) guard.Refuse(address, 8484, https: true, allowPrivateNetwork: true).ShouldNotBeNull(address.ToString());
    }

    [Fact]
    public async Task A_call_to_our_own_port_fails_before_it_is_made()
    {
        await using var server = RawUpstream.Answering(RawUpstream.Ok);
        using var upstream = Calls.Upstream(way, own: () => [new IPEndPoint(IPAddress.Loopback, server.Port)]);

        var outcome = await upstream.SendAsync(Calls.Request(Calls.Provider(server.Address)), CancellationToken.None);

        outcome.Fault.ShouldBe(UpstreamFault.AddressRefused);
        outcome.Detail.ShouldBe($"127.0.0.1:{server.Port} may not be reached: it is Gatehouse's own address.");
        server.Connections.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("http://127.0.0.1")]
    [InlineData("http://2130706433")]
    [InlineData("http://0x7f.1")]
    [InlineData("http://[::ffff:127.0.0.1]")]
    [InlineData("http://localhost")]
    public async Task Spelling_an_address_differently_gains_nothing(string address)
    {
        await using var server = RawUpstream.Answering(RawUpstream.Ok);
        using var upstream = Calls.Upstream(way);

        var outcome = await upstream.SendAsync(
            Calls.Request(Calls.Provider($"{address}:{server.Port}", allowPrivate: false)), CancellationToken.None);

        outcome.Fault.ShouldBe(UpstreamFault.AddressRefused, outcome.Detail);
        server.Connections.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_name_that_resolves_elsewhere_the_second_time_is_judged_again()
    {
        await using var server = RawUpstream.Answering("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{}");
        var asked = 0;
        using var upstream = Calls.Upstream(way, resolve: (_, _) => Task.FromResult<IPAddress[]>(
            [Interlocked.Increment(ref asked) == 1 ? IPAddress.Loopback : IPAddress.Parse("169.254.169.254")]));
        var provider = Calls.Provider($"http://rebinding.test:{server.Port}");

        await Calls.SendAsync(upstream, server, Calls.Request(provider));
        var second = await upstream.SendAsync(Calls.Request(provider), CancellationToken.None);

        second.Fault.ShouldBe(UpstreamFault.AddressRefused, second.Detail);
        asked.ShouldBe(2);
        server.Connections.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_public_name_that_points_inside_is_refused()
    {
        await using var server = RawUpstream.Answering(RawUpstream.Ok);
        using var upstream = Calls.Upstream(way, resolve: (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Loopback, IPAddress.IPv6Loopback]));

        var outcome = await upstream.SendAsync(
            Calls.Request(Calls.Provider($"https://api.example:{server.Port}", allowPrivate: false)), CancellationToken.None);

        outcome.Fault.ShouldBe(UpstreamFault.AddressRefused);
        server.Connections.ShouldBeEmpty();
    }

    [Fact]
    public async Task Plain_http_ends_where_a_name_leads_off_this_machine()
    {
        await using var server = RawUpstream.Answering(RawUpstream.Ok);
        using var upstream = Calls.Upstream(way, resolve: (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Parse("10.0.0.1")]));

        var outcome = await upstream.SendAsync(Calls.Request(Calls.Provider($"http://inside.test:{server.Port}")), CancellationToken.None);

        outcome.Fault.ShouldBe(UpstreamFault.AddressRefused, outcome.Detail);
        outcome.Detail.ShouldBe($"inside.test:{server.Port} may not be reached: it is not this machine's, and everywhere else https is required.");
    }

    [Fact]
    public async Task Only_the_addresses_that_pass_are_tried()
    {
        await using var server = RawUpstream.Answering(RawUpstream.Ok);
        using var upstream = Calls.Upstream(way, resolve: (_, _) =>
            Task.FromResult<IPAddress[]>([IPAddress.Parse("169.254.169.254"), IPAddress.Loopback]));

        var seen = await Calls.SendAsync(upstream, server, Calls.Request(Calls.Provider($"http://mixed.test:{server.Port}")));

        seen["host"].ShouldBe($"mixed.test:{server.Port}");
    }

    [Fact]
    public async Task The_next_address_is_tried_when_one_refuses()
    {
        await using var server = RawUpstream.Answering(RawUpstream.Ok);
        using var upstream = Calls.Upstream(way, resolve: (_, _) =>
            Task.FromResult<IPAddress[]>([IPAddress.Parse("127.0.0.9"), IPAddress.Loopback]));

        await Calls.SendAsync(upstream, server, Calls.Request(Calls.Provider($"http://two.test:{server.Port}")));

        server.Connections.Count.ShouldBe(1);
    }
}

public sealed class OwnAddressGuardTests() : AddressGuardTests(Way.OwnConnections);

public sealed class HandlerAddressGuardTests() : AddressGuardTests(Way.Handler);
