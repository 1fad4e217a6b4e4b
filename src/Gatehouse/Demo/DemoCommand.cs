using System.CommandLine;
using Gatehouse.Callers;
using Gatehouse.CommandLine;
using Gatehouse.Processes;
using Gatehouse.Terminals;

namespace Gatehouse.Demo;

/// <summary><c>gatehouse demo</c>: the whole of it at work, with nothing configured and nothing left behind.</summary>
internal static class DemoCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Build() => new Verb(
        "demo",
        "See it work: a gateway with an empty database, a simulated provider behind it on a real socket, and a streamed exchange with a tool call in each of the three dialects. Needs nothing, keeps nothing, takes seconds.",
        "gatehouse demo") { CommonOptions.Json }.Runs(RunAsync);

    private static async Task<Report> RunAsync(Invocation invocation)
    {
        using var signals = new StopSignals();
        var terminal = invocation.Json ? Terminal.Muted() : invocation.Terminal;
        var started = TimeProvider.System.GetTimestamp();
        await using var stage = await DemoStage.SetAsync(terminal, signals.Asked);
        terminal.Say(
            $"{terminal.Ink.Strong($"Gatehouse {ProgramVersion.Text}")}: everything below goes over real sockets on this machine.");
        terminal.Say($"  caller    presents the client token {stage.Token.Token.Hint}, made for this demo");
        terminal.Say($"  gateway   {stage.Gateway.GetLeftPart(UriPartial.Authority)}, with an empty database in a temporary folder");
        terminal.Say(
            $"  provider  {stage.Provider.GetLeftPart(UriPartial.Authority)}, simulated; its key is sealed in the gateway's vault");

        var faults = new List<string>();
        var performance = new Performance(stage, terminal);
        foreach (var dialect in CallerDialects.All)
            faults.AddRange(await performance.PlayAsync(dialect, signals.Asked));
        var record = await DemoRecord.ReadAsync(stage, signals.Asked);
        record.Print(terminal);
        faults.AddRange(record.Faults(performance.Sent));
        if (faults.Count > 0) return Report.Failed([.. faults.Select(fault => new Problem(fault))]);
        if (invocation.Json) return Report.Done(data: record.Write);

        var seconds = TimeProvider.System.GetElapsedTime(started).TotalSeconds;
        terminal.Say();
        terminal.Say(terminal.Ink.Good($"All three dialects went through, and the ledger has every call ({seconds:0.0} s)."));
        terminal.Say("Next: gatehouse serve");
        return Report.Done();
    }
}
