using System.Net;
using System.Net.Sockets;
using Gatehouse.Processes;

namespace Gatehouse.Tests.Processes;

public sealed class PortHolderTests
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public void A_listener_of_this_process_is_found(string address)
    {
        using var listener = new TcpListener(IPAddress.Parse(address), 0);
        listener.Start();
        var holder = PortHolder.Find(((IPEndPoint)listener.LocalEndpoint).Port);
        holder.ShouldNotBeNull();
        holder.ProcessId.ShouldBe(Environment.ProcessId);
        holder.Program.ShouldNotBeEmpty();
    }

    [Fact]
    public void A_port_that_nobody_listens_on_has_no_holder()
    {
        int port;
        using (var listener = new TcpListener(IPAddress.Loopback, 0))
        {
            listener.Start();
            port = ((IPEndPoint)listener.LocalEndpoint).Port;
        }

        PortHolder.Find(port).ShouldBeNull();
    }

    [Fact]
    public void Where_there_is_no_process_table_nothing_is_known() => PortHolder.Find(80, "/nowhere").ShouldBeNull();
}
