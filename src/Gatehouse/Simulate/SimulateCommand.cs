using System.CommandLine;
using System.Globalization;
using Gatehouse.CommandLine;
using Gatehouse.Processes;
using Gatehouse.Simulator;

namespace Gatehouse.Simulate;

/// <summary><c>gatehouse simulate</c>: the simulated provider alone.</summary>
internal static class SimulateCommand
{
    private static readonly Option<int> s_port = new("--port")
    {
        Description = "The port to listen on, on 127.0.0.1; 0 takes a free one.",
        HelpName = "N",
        Required = true,
    };

    private static readonly Option<string?> s_scenario = new("--scenario")
    {
        Description = "A file of answers and faults to play before the default ones.",
        HelpName = "FILE",
    };

    static SimulateCommand() => s_port.Validators.Add(result =>
    {
        if (result.Tokens.Count == 1 && int.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, out var port)
            && port is < 0 or > 65535)
            result.AddError($"{port} is not a port. Write a number from 0 to 65535.");
    });

    /// <summary>Builds the command.</summary>
    public static Command Build() => new Verb(
        "simulate",
        "Run the simulated provider alone, until it is told to stop. It speaks all three dialects, is as strict as the real ones, and plays faults on demand. Prints its address on standard output.",
        "gatehouse simulate --port 9001",
        "gatehouse simulate --port 9001 --scenario faults.json") { s_port, s_scenario, CommonOptions.Json }.Runs(RunAsync);

    private static async Task<Report> RunAsync(Invocation invocation)
    {
        using var signals = new StopSignals();
        var port = invocation.Parsed.GetValue(s_port);
        var scenario = invocation.Parsed.GetValue(s_scenario);
        if (scenario is not null && Directory.Exists(scenario))
            return Report.Misused([new Problem($"The scenario {scenario} is a folder.", "Name the file in it.")]);
        if (scenario is not null && !File.Exists(scenario))
            return Report.Misused([new Problem($"The scenario file {scenario} is not there.", "Create it, or name another.")]);
        try
        {
            await using var simulator = await SimulatorServer.StartAsync(
                new SimulatorOptions { Url = $"http://127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)}", ScenarioFile = scenario },
                    signals.Asked);
            var address = simulator.Address.AbsoluteUri.TrimEnd('/');
            Report.Done(terminal => terminal.Say(address), json =>
            {
                json.WriteStartObject();
                json.WriteString("address", address);
                json.WriteEndObject();
            }).Print(invocation.Terminal, "simulate", invocation.Json);
            invocation.Terminal.Note("The simulated provider runs. Any key will do; Ctrl+C stops it.");
            await signals.WaitAsync();
            return Report.Told();
        }
        catch (InvalidDataException bad)
        {
            return Report.Misused([new Problem(bad.Message)]);
        }
        catch (Exception e) when (PortInUse.Explain(e, port, "--port N, or --port 0 for a free one") is { } refused)
        {
            return Report.Failed(refused);
        }
    }
}
