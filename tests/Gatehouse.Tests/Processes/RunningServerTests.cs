using Gatehouse.Processes;

namespace Gatehouse.Tests.Processes;

public sealed class RunningServerTests
{
    [Theory]
    [InlineData("http://127.0.0.1:8484", "http://127.0.0.1:8484/")]
    [InlineData("http://0.0.0.0:8484", "http://127.0.0.1:8484/")]
    [InlineData("http://[::]:8484", "http://[::1]:8484/")]
    [InlineData("http://10.1.2.3:80", "http://10.1.2.3/")]
    [InlineData("http://localhost:8484", "http://localhost:8484/")]
    public void An_address_bound_on_all_interfaces_is_reached_on_loopback(string bound, string reached) =>
        RunningServer.Reachable(bound).AbsoluteUri.ShouldBe(reached);
}
