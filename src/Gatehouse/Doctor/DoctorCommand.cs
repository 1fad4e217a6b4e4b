using System.CommandLine;
using Gatehouse.CommandLine;
using Gatehouse.Terminals;

namespace Gatehouse.Doctor;

/// <summary><c>gatehouse doctor</c>: whether anything stands between the agents and their models.</summary>
internal static class DoctorCommand
{
    private static readonly Option<bool> s_fix = new("--fix") { Description = "Mend what can be mended, showing each change before it is made. Files of clients get a backup." };

    /// <summary>Builds the command.</summary>
    public static Command Build() => new Verb(
        "doctor",
        "Check everything that stands between the agents and their models: the gateway, its keys, database and disk, the providers, and what each agent's own configuration says. Exit code 1 when something fails. What each check means: docs/doctor.md.",
        "gatehouse doctor",
        "gatehouse doctor --fix",
        "gatehouse doctor --json | jq '.data.checks[] | select(.result == \"failed\")'") { s_fix, CommonOptions.Json }.Runs(RunAsync);

    private static async Task<Report> RunAsync(Invocation invocation)
    {
        var (found, repairs) = await ExamineAsync(invocation);
        if (repairs.Count == 0 || !invocation.Parsed.GetValue(s_fix)) return Shown(new DoctorView(found, []), invocation.Json);
        var done = new List<RepairDone>();
        foreach (var repair in repairs) done.Add(await MendAsync(repair, invocation.Json ? null : invocation.Terminal, invocation.Cancelled));
        (found, _) = await ExamineAsync(invocation);
        return Shown(new DoctorView(found, done), invocation.Json);
    }

    private static async Task<(IReadOnlyList<Diagnosis> Found, IReadOnlyList<Repair> Repairs)> ExamineAsync(Invocation invocation)
    {
        await using var scene = await Scene.FindAsync(invocation);
        var found = await Diagnosis.OfAsync(scene, DoctorChecks.All, invocation.Cancelled);
        return (found, Diagnosis.Repairs(found));
    }

    private static async Task<RepairDone> MendAsync(Repair repair, Terminal? terminal, CancellationToken cancellation)
    {
        var change = repair.Describe();
        terminal?.Say(change.TrimEnd('\n'));
        var problem = await repair.ApplyAsync(cancellation);
        if (problem is not null) terminal?.Say(terminal.Ink.Bad($"not done: {problem}"));
        terminal?.Say();
        return new RepairDone(repair.File, change, problem);
    }

    private static Report Shown(DoctorView view, bool json)
    {
        var faults = view.Found.Where(diagnosis => diagnosis.IsFailure).ToList();
        if (faults.Count == 0) return Report.Done(view.Print, view.Write);
        var report = Report.Negative(view.Print, view.Write);
        // A person reads them in the list; a program finds them where every command has them.
        return json ? report with { Problems = [.. faults.Select(Problem)] } : report;
    }

    private static Problem Problem(Diagnosis diagnosis)
    {
        var (check, result) = diagnosis;
        return new Problem($"{check.Id}: {(result.Subject.Length == 0 ? "" : $"{result.Subject}: ")}{result.Evidence}", result.Suggestion);
    }
}
