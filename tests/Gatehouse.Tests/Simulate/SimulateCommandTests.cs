using System.Net;
using System.Net.Sockets;
using Gatehouse.Processes;
using Gatehouse.Tests.Running;

namespace Gatehouse.Tests.Simulate;

public sealed class SimulateCommandTests
{
    [Fact]
    public async Task It_prints_its_address_alone_and_runs_until_told_to_stop()
    {
        using var home = new TemporaryHome();
        await using var simulator = GateServer.Start(home, "simulate --port 0");
        var address = await simulator.LineAsync("http://127.0.0.1:");
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Authorization = new("Bearer", "any-key");
        (await http.GetAsync($"{address}/v1/models")).StatusCode.ShouldBe(HttpStatusCode.OK);
        simulator.SendTerminate();
        (await simulator.ExitAsync()).ShouldBe(0, simulator.Error);
        simulator.Output.Trim().ShouldBe(address);
    }

    [Fact]
    public async Task A_closed_terminal_stops_it_and_not_where_that_is_ignored()
    {
        using var home = new TemporaryHome();
        await using (var simulator = GateServer.Start(home, "simulate --port 0"))
        {
            await simulator.LineAsync("http://127.0.0.1:");
            simulator.SendHangup();
            (await simulator.ExitAsync()).ShouldBe(0, simulator.Error);
        }

        await using var kept = GateServer.StartDeafToHangups(home, "simulate --port 0");
        var address = await kept.LineAsync("http://127.0.0.1:");
        kept.SendHangup();
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Authorization = new("Bearer", "any-key");
        (await http.GetAsync($"{address}/v1/models")).StatusCode.ShouldBe(HttpStatusCode.OK);
        kept.SendTerminate();
        (await kept.ExitAsync()).ShouldBe(0, kept.Error);
    }

    [Fact]
    public async Task A_port_in_use_is_told_with_its_holder()
    {
        using var home = new TemporaryHome();
        using var holder = new TcpListener(IPAddress.Loopback, 0);
        holder.Start();
        var port = ((IPEndPoint)holder.LocalEndpoint).Port;
        var ran = await Gate.RunAsync(home, $"simulate --port {port}");
        ran.ExitCode.ShouldBe(1, ran.ToString());
        ran.Error.ShouldContain($"Port {port} is in use by process {Environment.ProcessId}");
        ran.Error.ShouldContain("--port N");
    }

    [Fact]
    public void A_port_that_this_user_may_not_have_is_told_with_those_that_it_may()
    {
        // Who may have which port is the machine's affair: what the web server throws where it is refused is put in by hand.
        var told = PortInUse.Explain(new SocketException((int)SocketError.AccessDenied), 80, "--port N");
        told!.What.ShouldBe("This user may not listen on port 80.");
        told.Fix!.ShouldContain("1024");
        told.Fix!.ShouldContain("--port N");
        PortInUse.Explain(new IOException("of another kind"), 80, "--port N").ShouldBeNull();
    }

    [Fact]
    public async Task A_scenario_that_is_at_fault_is_exit_2_and_named()
    {
        using var home = new TemporaryHome();
        var file = home.Write("scenario.json", "{ not json");
        var ran = await Gate.RunAsync(home, ["simulate", "--port", "0", "--scenario", file]);
        ran.ExitCode.ShouldBe(2, ran.ToString());
        ran.Error.Split(file).Length.ShouldBe(2, ran.Error);
    }
}
