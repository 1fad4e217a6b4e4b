using Gatehouse.Gateway.Server;

namespace Gatehouse.Gateway.Tests.Server;

public sealed class HostCheckTests
{
    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("localhost", true)]
    [InlineData("LOCALHOST", true)]
    [InlineData("[::1]", true)]
    [InlineData("gate.example", true)]
    [InlineData("evil.example", false)]
    [InlineData("127.0.0.1.evil.example", false)]
    [InlineData("", false)]
    [InlineData("10.0.0.1", false)]
    public void On_loopback_only_its_names_and_the_configured_ones_may_come_in(string host, bool allowed) =>
        new HostCheck(["127.0.0.1"], ["gate.example"]).Allows(host).ShouldBe(allowed);

    [Theory]
    [InlineData("localhost", true)]
    [InlineData("127.0.0.1", true)]
    [InlineData("[::1]", true)]
    [InlineData("evil.example", false)]
    [InlineData("10.0.0.1", false)]
    public void Bound_to_localhost_its_addresses_may_come_in_too(string host, bool allowed) => new HostCheck(["localhost"], []).Allows(host).ShouldBe(allowed);

    [Theory]
    [InlineData("10.0.0.1", true)]
    [InlineData("[2001:db8::1]", true)]
    [InlineData("evil.example", false)]
    public void Bound_to_every_address_any_literal_address_may_but_no_unknown_name(string host, bool allowed) =>
        new HostCheck(["0.0.0.0"], []).Allows(host).ShouldBe(allowed);
}
